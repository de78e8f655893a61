import { crc32 } from 'node:zlib';
import { setImmediate } from '../clock.js';
import { type Entry, type EntryDraft, isEntry, type SealedRequest } from '../protocol/entry.js';

/*
 * What a segment looks like on disk: batches, each a line `#<bytes> <CRC-32>` and so many bytes of UTF-8 text. The text
 * is one record a line, and a record a letter, a JSON list and, behind a tab, a text that is JSON already:
 *
 *   e[id, timestamp, device id, id type, time zone, kind, feature, weight]<tab>body      an entry
 *   s[path, shared, id, …]<tab>head                                                      a sealed request of these entries
 *   a[id, span, gap, span, …]                                                            settled entries
 *
 * Ids and times are differences to the record before in the batch, and an entry says only what is new: its list ends with
 * the time, or with the device, where the rest is as before. A head is what follows on so many characters of the head
 * before. JSON has no tab and no line break of its own, so both separate. A batch leans on nothing outside of it: damage
 * costs the batch it is in.
 */

const HEADER = /^#(\d{1,9}) ([0-9a-f]{8})\n/;
const TORN_HEADER = /^#\d{0,9}(?: [0-9a-f]{0,8})?$/;
const LONGEST_HEADER = 20;
// Ids, versions and the time of a request; a device id has 256 characters at most.
const LONGEST_HEAD = 16_384;

export class BatchWriter {
  #text = '';
  #id = 0;
  #time = 0;
  #before: Entry | undefined;
  #head = '';
  #shared = '';

  get size(): number {
    return this.#text.length;
  }

  entry(entry: Entry): void {
    const { id, timestamp, deviceId, body } = entry;
    const before = this.#before;
    let list = `${this.#step(id)},${timestamp - this.#time}`;
    if (before === undefined || !isAlike(before, entry)) {
      const { idType, tz, kind, feature, weight } = entry;
      list += `,${JSON.stringify(deviceId)},${idType},${tz},"${kind}","${feature}",${weight}`;
    } else if (before.deviceId !== deviceId) list += `,${JSON.stringify(deviceId)}`;
    this.#text += `e[${list}]\t${body}\n`;
    this.#time = timestamp;
    this.#before = entry;
  }

  seal({ path, head, entries }: SealedRequest): void {
    // What heads have in common is mostly the same from one to the next.
    if (this.#shared === '' || !head.startsWith(this.#shared)) this.#shared = commonStart(head, this.#head);
    const shared = this.#shared.length;
    let list = `"${path}",${shared}`;
    for (const { id } of entries) list += `,${this.#step(id)}`;
    this.#text += `s[${list}]\t${head.slice(shared)}\n`;
    this.#head = head;
  }

  /** @param runs first and last ids of entries that are settled, with all between */
  settled(runs: readonly number[]): void {
    this.#text += `a[${runs.map((id) => this.#step(id)).join(',')}]\n`;
  }

  bytes(): Buffer {
    const length = Buffer.byteLength(this.#text);
    const start = `#${length} `.length + 9;
    const batch = Buffer.allocUnsafe(start + length);
    batch.write(this.#text, start);
    const sum = crc32(batch.subarray(start)).toString(16).padStart(8, '0');
    batch.write(`#${length} ${sum}\n`, 0);
    return batch;
  }

  #step(id: number): number {
    const step = id - this.#id;
    this.#id = id;
    return step;
  }
}

function commonStart(one: string, other: string): string {
  let length = 0;
  while (length < one.length && one.charCodeAt(length) === other.charCodeAt(length)) length++;
  // Half a surrogate pair is no text.
  if (length > 0 && (one.charCodeAt(length - 1) & 0xfc00) === 0xd800) length--;
  return one.slice(0, length);
}

function isAlike(one: EntryDraft, other: EntryDraft): boolean {
  return (
    one.feature === other.feature &&
    one.kind === other.kind &&
    one.tz === other.tz &&
    one.idType === other.idType &&
    one.weight === other.weight
  );
}

export interface Seal extends Pick<SealedRequest, 'path' | 'head'> {
  readonly ids: readonly number[];
}

export interface SegmentContent {
  /** In the order of acceptance, settled ones too. */
  readonly entries: Entry[];
  readonly seals: Seal[];
  /** First and last ids of runs of settled entries. */
  readonly settled: number[];
  damaged: number;
  /** Bytes up to the end of the last batch: what follows was torn off when the process died. */
  end: number;
}

/** Reads a segment, a batch for each step, so that the caller can let the event loop breathe between them. */
export function* readSegment(bytes: Buffer, origin: object): Generator<void, SegmentContent, void> {
  const content: SegmentContent = { entries: [], seals: [], settled: [], damaged: 0, end: 0 };
  // Headers that nobody here wrote may each claim all the rest of the file: there is an end to what is read in vain.
  const enough = 4 * bytes.length + 65_536;
  let wrong = 0;
  for (let at = 0; at < bytes.length; ) {
    const line = bytes.toString('latin1', at, at + LONGEST_HEADER);
    const header = HEADER.exec(line);
    const start = at + (header?.[0].length ?? 0);
    const next = start + Number(header?.[1] ?? 0);
    if (header !== null && next <= bytes.length && wrong <= enough) {
      const payload = bytes.subarray(start, next);
      if (crc32(payload) === Number.parseInt(header[2] as string, 16)) {
        if (!readBatch(payload.toString(), origin, content)) content.damaged++;
        at = next;
        content.end = next;
        yield;
        continue;
      }
      wrong += payload.length;
    }
    let found = nextHeader(bytes, at + 1);
    // The line end before it may be what was damaged.
    if (header !== null && next < bytes.length && (found < 0 || next < found) && isHeader(bytes, next)) found = next;
    // The last batch of a process that died while it was written; normal after a crash.
    if (found < 0 && (header === null ? TORN_HEADER.test(line) : next > bytes.length)) break;
    content.damaged++;
    if (found < 0) break;
    at = found;
    content.end = found;
  }
  return content;
}

/** The same, with a turn of the event loop now and then. */
export async function readInTurns(bytes: Buffer, origin: object): Promise<SegmentContent> {
  const reading = readSegment(bytes, origin);
  for (let batches = 1; ; batches++) {
    const step = reading.next();
    if (step.done === true) return step.value;
    if (batches % 16 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}

function nextHeader(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf('\n#', from - 1); at >= 0; at = bytes.indexOf('\n#', at + 1)) {
    if (isHeader(bytes, at + 1)) return at + 1;
  }
  return -1;
}

function isHeader(bytes: Buffer, at: number): boolean {
  return HEADER.test(bytes.toString('latin1', at, at + LONGEST_HEADER));
}

/** False when the records are none of ours although their checksum is right; those before are taken. */
function readBatch(text: string, origin: object, into: SegmentContent): boolean {
  let id = 0;
  let timestamp = 0;
  let head = '';
  let said: unknown[] = [];
  for (let from = 0; from < text.length; ) {
    const to = text.indexOf('\n', from);
    const tab = text.indexOf('\t', from);
    const split = tab >= 0 && tab < to ? tab : to;
    const list = listOf(text.slice(from + 1, split));
    if (to < 0 || list === undefined) return false;
    const rest = text.slice(split + 1, to);
    if (text[from] === 'e') {
      id += Number(list[0]);
      timestamp += Number(list[1]);
      if (list.length > 3) said = list.slice(2);
      else if (list.length > 2) said = [list[2], ...said.slice(1)];
      const [deviceId, idType, tz, kind, feature, weight] = said;
      const entry = { id, deviceId, idType, kind, feature, timestamp, tz, weight, body: rest, origin };
      if (!isEntry(entry)) return false;
      into.entries.push(entry);
    } else {
      const seal = text[from] === 's';
      const ids = list.slice(seal ? 2 : 0).map((step) => {
        id += Number(step);
        return id;
      });
      if (!ids.every(Number.isSafeInteger)) return false;
      if (seal) {
        head = head.slice(0, Number(list[1])) + rest;
        if (head.length > LONGEST_HEAD) return false;
        into.seals.push({ path: list[0] === '/i/bulk' ? '/i/bulk' : '/i', head, ids });
      } else for (const one of ids) into.settled.push(one);
    }
    from = to + 1;
  }
  return true;
}

function listOf(json: string): unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(json);
    // Numbers and texts only: an object in their place may not even let itself be taken for a number.
    return Array.isArray(value) && value.every((item) => typeof item !== 'object') ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether an id lies in one of the runs, which are in no order. */
export function inRuns(runs: readonly number[]): (id: number) => boolean {
  const sorted: { readonly first: number; to: number }[] = [];
  for (let i = 0; i + 1 < runs.length; i += 2) sorted.push({ first: runs[i] as number, to: runs[i + 1] as number });
  sorted.sort((a, b) => a.first - b.first);
  // From here on `to` is how far a run, or one that begins before it, goes.
  sorted.forEach((run, i) => {
    run.to = Math.max(run.to, sorted[i - 1]?.to ?? run.to);
  });
  return (id) => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sorted[middle]?.first ?? id) <= id) low = middle + 1;
      else high = middle;
    }
    return (sorted[low - 1]?.to ?? Number.NEGATIVE_INFINITY) >= id;
  };
}
