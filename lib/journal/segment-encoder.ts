import type { EntryDraft, EntryOrigin, SealedPath } from '../protocol/entry.js';
import type { HeadCut, HeadFrame } from '../protocol/head.js';
import { type CutHead, cutHead, differenceTo, type HeadDifference, type HeadTemplate } from './head-template.js';
import { formatRuns, type IdRun, putRuns, runsOf } from './id-runs.js';
import {
  featureCode,
  HEADER_TEXT,
  MOST_OPENINGS,
  REPEAT_DEVICE_EVERY,
  REPEAT_TEMPLATE_EVERY,
  RecordType,
  type SegmentName,
} from './journal-format.js';
import type { RecordSink } from './record-sink.js';

/** A device a segment has named. */
class Device {
  readonly encoder: number;
  readonly ref: number;
  readonly idType: number;
  readonly tz: number;
  uses = 0;

  constructor(encoder: number, ref: number, idType: number, tz: number) {
    this.encoder = encoder;
    this.ref = ref;
    this.idType = idType;
    this.tz = tz;
  }
}

/** A text that was written once, and how many records lean on it. */
interface Shared {
  readonly ref: number;
  uses: number;
}

interface Template extends HeadTemplate {
  readonly ref: number;
  uses: number;
}

let encoders = 0;

/** How an entry is written if its body begins with a text that others begin with; undefined where there is no way to. */
function openedType({ kind, feature, weight, time }: EntryDraft): number | undefined {
  if (weight !== 1) return undefined;
  if (kind === 'request') return feature === 'apm' && !time ? RecordType.openedTrace : undefined;
  if (feature !== 'events') return undefined;
  return time ? RecordType.timedEvent : RecordType.openedEvent;
}

/** Examples compared with a new head; heads of one client have two or three shapes. */
const TEMPLATES_TRIED = 4;

/**
 * Turns what happened into records of one segment (see `journal-format.ts`). Remembers what the segment already
 * contains, so records of one segment must all come from one encoder, in order.
 */
export class SegmentEncoder {
  readonly #name: SegmentName;
  /** Marks of devices say by it whose they are: they outlive the segment, and should not keep it in memory. */
  readonly #number = encoders++;
  /** Of entries without an origin, which takes the mark else. */
  readonly #devices = new Map<string, Device>();
  readonly #templates: Template[] = [];
  readonly #frames = { '/i': new Map<HeadFrame, Shared>(), '/i/bulk': new Map<HeadFrame, Shared>() };
  readonly #openings = new Map<string, Shared>();
  #place = { idType: Number.NaN, tz: 0, text: '' };
  #deviceCount = 0;
  #templateCount = 0;
  #frameCount = 0;

  constructor(name: SegmentName) {
    this.#name = name;
  }

  header(sink: RecordSink): void {
    sink.startRecord(RecordType.header);
    sink.text(HEADER_TEXT);
    sink.number(this.#name.firstId);
    sink.comma();
    sink.number(this.#name.firstTime);
    sink.endRecord();
  }

  entry(sink: RecordSink, id: number, draft: EntryDraft): void {
    const device = this.#deviceOf(sink, draft.deviceId, draft.idType, draft.tz, draft.origin);
    const place = id - this.#name.firstId;
    const time = draft.timestamp - this.#name.firstTime;
    const type = openedType(draft);
    const { opening, rest } = draft;
    if (type !== undefined && opening !== undefined && opening !== '' && rest !== undefined) {
      const shared = this.#opening(sink, opening);
      if (shared !== undefined) return sink.record(type, place, device.ref, time, rest, shared.ref);
    }
    if (type !== undefined && draft.kind === 'event') {
      return sink.record(RecordType.event, place, device.ref, time, draft.body);
    }
    const kind = draft.kind === 'event' ? 'e' : 'r';
    const more = `${kind}${featureCode(draft.feature)},${draft.weight.toString(36)},`;
    sink.record(RecordType.entry, place, device.ref, time, more + draft.body);
  }

  seal(sink: RecordSink, ids: readonly number[], path: SealedPath, head: string, known?: HeadCut): void {
    if (known) {
      const { deviceId, origin } = known;
      // The entries may stand in an older segment, and this one does not know their device.
      const device =
        this.#known(deviceId, origin) ?? this.#deviceOf(sink, deviceId, known.frame.idType, known.frame.tz, origin);
      const frame = this.#frameFor(sink, path, known.frame);
      sink.startRecord(RecordType.framedSeal);
      sink.number(frame.ref);
      sink.comma();
      sink.number(device.ref);
      sink.comma();
      sink.number(known.timestamp - this.#name.firstTime);
      sink.comma();
      putRuns(sink, ids, this.#name.firstId);
      sink.endRecord();
      return;
    }
    const cut = cutHead(head);
    const { template, difference } = this.#templateFor(sink, path, cut);
    sink.startRecord(RecordType.seal);
    sink.number(template.ref);
    sink.comma();
    if (cut.deviceId !== undefined) {
      const known = this.#devices.get(cut.deviceId);
      if (known) sink.number(known.ref);
      else sink.text(`"${cut.deviceId}"`);
    }
    sink.comma();
    sink.number(difference.equalStart);
    sink.comma();
    sink.number(difference.equalEnd);
    sink.comma();
    sink.text(`${formatRuns(runsOf(ids), this.#name.firstId)};${difference.middle}`);
    sink.endRecord();
  }

  settle(sink: RecordSink, runs: readonly IdRun[]): void {
    sink.startRecord(RecordType.settle);
    sink.text(formatRuns(runs, this.#name.firstId));
    sink.endRecord();
  }

  importBegin(sink: RecordSink, token: string, firstId: number, count: number): void {
    sink.startRecord(RecordType.importBegin);
    sink.text(`${token},${(firstId - this.#name.firstId).toString(36)},${count.toString(36)}`);
    sink.endRecord();
  }

  importEnd(sink: RecordSink, token: string): void {
    sink.startRecord(RecordType.importEnd);
    sink.text(token);
    sink.endRecord();
  }

  #known(deviceId: string, origin: EntryOrigin | undefined): Device | undefined {
    if (origin === undefined) return this.#devices.get(deviceId);
    const { mark } = origin;
    return mark instanceof Device && mark.encoder === this.#number ? mark : undefined;
  }

  #deviceOf(sink: RecordSink, deviceId: string, idType: number, tz: number, origin: EntryOrigin | undefined): Device {
    let device = this.#known(deviceId, origin);
    if (!device || device.idType !== idType || device.tz !== tz) {
      device = new Device(this.#number, this.#deviceCount++, idType, tz);
      if (origin === undefined) this.#devices.set(deviceId, device);
      else origin.mark = device;
    }
    if (device.uses++ % REPEAT_DEVICE_EVERY === 0) {
      sink.startRecord(RecordType.device);
      sink.number(device.ref);
      sink.text(this.#placeText(idType, tz));
      sink.json(deviceId);
      sink.endRecord();
    }
    return device;
  }

  /** Undefined when the segment has so many that this one is not kept. */
  #opening(sink: RecordSink, text: string): Shared | undefined {
    let shared = this.#openings.get(text);
    if (shared === undefined) {
      if (this.#openings.size >= MOST_OPENINGS) return undefined;
      shared = { ref: this.#openings.size, uses: 0 };
      this.#openings.set(text, shared);
    }
    // Twice at the start, so that no single damaged line takes others along: these are entries of many devices.
    if (shared.uses < 2 || shared.uses % REPEAT_DEVICE_EVERY === 0) {
      sink.startRecord(RecordType.opening);
      sink.number(shared.ref);
      sink.comma();
      sink.text(text);
      sink.endRecord();
    }
    shared.uses++;
    return shared;
  }

  /** The same for most devices, one after the other. */
  #placeText(idType: number, tz: number): string {
    if (this.#place.idType !== idType || this.#place.tz !== tz) this.#place = { idType, tz, text: `,${idType},${tz},` };
    return this.#place.text;
  }

  #frameFor(sink: RecordSink, path: SealedPath, head: HeadFrame): Shared {
    const frames = this.#frames[path];
    let frame = frames.get(head);
    if (!frame) {
      frame = { ref: this.#frameCount++, uses: 0 };
      frames.set(head, frame);
    }
    if (frame.uses++ % REPEAT_TEMPLATE_EVERY === 0) {
      sink.startRecord(RecordType.frame);
      sink.number(frame.ref);
      sink.text(`,${JSON.stringify([path, head.before, head.middle, head.after])}`);
      sink.endRecord();
    }
    return frame;
  }

  #templateFor(sink: RecordSink, path: SealedPath, cut: CutHead): { template: Template; difference: HeadDifference } {
    let template: Template | undefined;
    let difference: HeadDifference | undefined;
    for (const candidate of this.#templates) {
      difference = differenceTo(candidate, path, cut);
      if (difference) {
        template = candidate;
        break;
      }
    }
    if (!template || !difference) {
      template = { ref: this.#templateCount++, path, before: cut.before, after: cut.after, uses: 0 };
      difference = { equalStart: cut.after.length, equalEnd: 0, middle: '' };
      this.#templates.unshift(template);
      if (this.#templates.length > TEMPLATES_TRIED) this.#templates.pop();
    }
    if (template.uses++ % REPEAT_TEMPLATE_EVERY === 0) {
      sink.startRecord(RecordType.template);
      sink.number(template.ref);
      sink.text(`,${JSON.stringify([path, template.before, template.after])}`);
      sink.endRecord();
    }
    return { template, difference };
  }
}
