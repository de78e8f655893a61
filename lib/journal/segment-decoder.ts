import type { DeviceIdType, Entry, SealedPath } from '../protocol/entry.js';
import { EventTime } from '../protocol/event-time.js';
import type { HeadTexts } from '../protocol/head.js';
import { applyDifference, type HeadTemplate } from './head-template.js';
import { type IdRun, parseRuns } from './id-runs.js';
import { featureOf, HEADER_TEXT, RecordType, type SegmentName } from './journal-format.js';
import { type Damage, RecordLines } from './record-lines.js';

export interface DecodedSeal {
  readonly ids: readonly IdRun[];
  readonly path: SealedPath;
  readonly head: string;
}

export interface DecodedImport {
  readonly token: string;
  readonly firstId: number;
  readonly count: number;
}

interface Device {
  readonly deviceId: string;
  readonly idType: DeviceIdType;
  readonly tz: number;
}

const COMMA = 44;
const MINUS = 45;
const ZERO = 48;
const NINE = 57;
const LETTER_A = 97;
const LINES_A_SLICE = 2_000;

/**
 * Reads one segment. `index` looks at every line and understands all but the entries; `entries` then builds those that
 * are wanted: most entries of a segment are settled, and what is settled is only known once all lines were seen.
 */
export class SegmentDecoder {
  readonly seals: DecodedSeal[] = [];
  readonly settled: IdRun[] = [];
  readonly importsBegun: DecodedImport[] = [];
  readonly importsEnded: string[] = [];
  /** Good entry records whose device line, or that of their text, was damaged. */
  orphans = 0;
  readonly #bytes: Buffer;
  readonly #lines: RecordLines;
  readonly #devices = new Map<number, Device>();
  readonly #templates = new Map<number, HeadTemplate>();
  readonly #openings = new Map<number, string>();
  readonly #time = new EventTime();
  readonly #frames = new Map<number, HeadTexts & { readonly path: SealedPath }>();
  /** Starts and ends of entry records, and of seals until `index` is through: devices may be repeated behind them. */
  readonly #entryPlaces: number[] = [];
  readonly #sealPlaces: number[] = [];
  #firstId: number;
  #firstTime: number;
  #foreign = false;

  /** `name` stands in for a damaged header. */
  constructor(bytes: Buffer, name: SegmentName) {
    this.#bytes = bytes;
    this.#lines = new RecordLines(bytes);
    this.#firstId = name.firstId;
    this.#firstTime = name.firstTime;
  }

  get damage(): Damage {
    return this.#lines.damage;
  }

  /** True when the header is of a format this version does not know; nothing was read then. */
  get foreign(): boolean {
    return this.#foreign;
  }

  /** A generator, so that the caller can let the event loop breathe between slices. */
  *index(): Generator<void, void, void> {
    while (!this.#foreign && this.#lines.read(LINES_A_SLICE, (start, end) => this.#record(start, end))) yield;
    for (let i = 0; i < this.#sealPlaces.length; i += 2) {
      this.#seal(this.#sealPlaces[i] as number, this.#sealPlaces[i + 1] as number);
    }
  }

  /** Adds the entries `wanted` says yes to, in the order of the file; a generator as well. */
  *entries(wanted: (id: number) => boolean, into: Entry[]): Generator<void, void, void> {
    const places = this.#entryPlaces;
    for (let i = 0; i < places.length; i += 2) {
      if (i % LINES_A_SLICE === 0) yield;
      const start = places[i] as number;
      const fields = new Fields(this.#bytes, start + 1, places[i + 1] as number);
      const id = this.#firstId + fields.number();
      if (!wanted(id)) continue;
      const device = this.#devices.get(fields.number());
      const timestamp = this.#firstTime + fields.number();
      const type = this.#bytes[start];
      const trace = type === RecordType.openedTrace;
      const opened = trace || type === RecordType.openedEvent || type === RecordType.timedEvent;
      const opening = opened ? this.#openings.get(fields.number()) : '';
      if (!device || opening === undefined) {
        this.orphans++;
        continue;
      }
      const { deviceId, idType, tz } = device;
      const plain = opened || type === RecordType.event;
      const code = plain ? '' : fields.text();
      const weight = plain ? 1 : fields.number();
      const kind = !trace && (plain || code[0] === 'e') ? 'event' : 'request';
      const feature = trace ? 'apm' : plain ? 'events' : featureOf(code.slice(1));
      const time = type === RecordType.timedEvent ? this.#time.text(timestamp, tz) : '';
      const body = opening + fields.rest() + time;
      into.push({ id, deviceId, idType, tz, kind, feature, timestamp, weight, body });
    }
  }

  #record(start: number, end: number): void {
    if (this.#foreign) return;
    const fields = new Fields(this.#bytes, start + 1, end);
    switch (this.#bytes[start]) {
      case RecordType.event:
      case RecordType.openedEvent:
      case RecordType.timedEvent:
      case RecordType.openedTrace:
      case RecordType.entry:
        this.#entryPlaces.push(start, end);
        return;
      case RecordType.seal:
      case RecordType.framedSeal:
        this.#sealPlaces.push(start, end);
        return;
      case RecordType.device: {
        const ref = fields.number();
        const idType = idTypeOf(fields.text());
        const tz = Number(fields.text());
        this.#devices.set(ref, { deviceId: JSON.parse(fields.rest()) as string, idType, tz });
        return;
      }
      case RecordType.opening: {
        const ref = fields.number();
        this.#openings.set(ref, fields.rest());
        return;
      }
      case RecordType.frame: {
        const ref = fields.number();
        const [path, before, middle, after] = JSON.parse(fields.rest()) as [SealedPath, string, string, string];
        this.#frames.set(ref, { path, before, middle, after });
        return;
      }
      case RecordType.template: {
        const ref = fields.number();
        const [path, before, after] = JSON.parse(fields.rest()) as [SealedPath, string, string];
        this.#templates.set(ref, { path, before, after });
        return;
      }
      case RecordType.settle:
        for (const run of parseRuns(fields.rest(), this.#firstId)) this.settled.push(run);
        return;
      case RecordType.importBegin: {
        const token = fields.text();
        const firstId = this.#firstId + fields.number();
        this.importsBegun.push({ token, firstId, count: fields.number() });
        return;
      }
      case RecordType.importEnd:
        this.importsEnded.push(fields.rest());
        return;
      case RecordType.header: {
        const text = fields.rest();
        if (!text.startsWith(HEADER_TEXT)) {
          this.#foreign = true;
          return;
        }
        const [firstId = '', firstTime = ''] = text.slice(HEADER_TEXT.length).split(',');
        this.#firstId = Number.parseInt(firstId, 36);
        this.#firstTime = Number.parseInt(firstTime, 36);
      }
    }
  }

  #seal(start: number, end: number): void {
    const fields = new Fields(this.#bytes, start + 1, end);
    if (this.#bytes[start] === RecordType.framedSeal) return this.#framedSeal(fields);
    const template = this.#templates.get(fields.number());
    const deviceField = fields.text();
    const equalStart = fields.number();
    const equalEnd = fields.number();
    const rest = fields.rest();
    const semicolon = rest.indexOf(';');
    let deviceId: string | undefined = '';
    if (deviceField.startsWith('"')) deviceId = deviceField.slice(1, -1);
    else if (deviceField) deviceId = this.#devices.get(Number.parseInt(deviceField, 36))?.deviceId;
    if (!template || deviceId === undefined) return;
    const middle = rest.slice(semicolon + 1);
    this.seals.push({
      ids: parseRuns(rest.slice(0, semicolon), this.#firstId),
      path: template.path,
      head: applyDifference(template, deviceId, { equalStart, equalEnd, middle }),
    });
  }

  #framedSeal(fields: Fields): void {
    const frame = this.#frames.get(fields.number());
    const device = this.#devices.get(fields.number());
    const timestamp = this.#firstTime + fields.number();
    if (!frame || !device) return;
    const { path, before, middle, after } = frame;
    const head = `${before}${device.deviceId}${middle}${timestamp}${after}`;
    this.seals.push({ ids: parseRuns(fields.rest(), this.#firstId), path, head });
  }
}

function idTypeOf(text: string): DeviceIdType {
  return text === '1' ? 1 : text === '9' ? 9 : 0;
}

/** Comma-separated fields of one record. */
class Fields {
  readonly #bytes: Buffer;
  readonly #end: number;
  #at: number;

  constructor(bytes: Buffer, start: number, end: number) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  text(): string {
    const start = this.#at;
    let at = start;
    // A device id written out is the one field that may contain a comma.
    if (this.#bytes[at] === 0x22) at = this.#bytes.indexOf(0x22, at + 1);
    while (at < this.#end && this.#bytes[at] !== COMMA) at++;
    this.#at = at + 1;
    return this.#bytes.toString('utf8', start, at);
  }

  /** By hand, because three substrings an entry cost more than all else. */
  number(): number {
    let value = 0;
    let sign = 1;
    for (; this.#at < this.#end; this.#at++) {
      const byte = this.#bytes[this.#at] as number;
      if (byte === COMMA) break;
      if (byte === MINUS) sign = -1;
      else value = value * 36 + byte - (byte > NINE ? LETTER_A - 10 : ZERO);
    }
    this.#at++;
    return value * sign;
  }

  rest(): string {
    return this.#bytes.toString('utf8', this.#at, this.#end);
  }
}
