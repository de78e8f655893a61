import { isList } from '../check.js';
import type { Entry, SealedPath, SealedRequest } from '../protocol/entry.js';
import { entryOf } from './entry-fields.js';
import type { Keys } from './keys.js';
import { isError, type RedisCall, type RedisLink } from './link.js';

/** What one look at the lanes brought. */
export interface Found {
  readonly entries: Entry[];
  readonly sealed: SealedRequest[];
  /** Streams' entries that are none of ours. */
  readonly odd: readonly (readonly [lane: number, streamId: string])[];
  /** No entry that is still unread has a smaller number; undefined when all was read. */
  readonly nextId: number | undefined;
  /** The number of the last entry by which anybody took something back, and how often everything was wanted. */
  readonly withdrawn: number;
  readonly flush: string;
  /** Whether a lane is still the one that was read: it may have gone, and come back to be read anew. */
  isCurrent(lane: number): boolean;
}

export interface Seal {
  readonly path: SealedPath;
  readonly head: string;
  readonly ids: readonly string[];
}

const NONE: ReadonlySet<number> = new Set();

/** What Redis answered, of which lanes, and what it says of all. */
interface Streams {
  readonly cursors: readonly Cursor[];
  readonly streams: readonly unknown[];
  readonly meta: readonly (string | null)[];
}

/** How far a lane was read. */
class Cursor {
  last = '0';
  /** Whether it was read up to the same moment as the others, or up to where they say so. */
  isRead = false;
  /** Set once the requests that the holder before had fixed were read; their entries are no others any more. */
  inRequests: ReadonlySet<string> | undefined;

  constructor(readonly lane: number) {}

  get lastId(): number {
    return Number.parseInt(this.last, 10);
  }
}

/** Reads lanes from where it was, each entry once as long as this process has the lane. */
export class LaneReader {
  #cursors = new Map<number, Cursor>();

  constructor(
    private readonly link: RedisLink,
    private readonly keys: Keys,
  ) {}

  get lanes(): number {
    return this.#cursors.size;
  }

  add(lane: number): void {
    this.#cursors.set(lane, new Cursor(lane));
  }

  remove(lane: number): void {
    this.#cursors.delete(lane);
  }

  /** Whether what stands in a lane before something that was read is read as well, or told to be still unread. */
  isRead(lane: number): boolean {
    return this.#cursors.get(lane)?.isRead === true;
  }

  /**
   * Reads at most so many entries a lane; undefined when that is not possible now.
   *
   * @param paused lanes that are told to be unread from where they are
   */
  async read(most: number, paused: ReadonlySet<number> = NONE): Promise<Found | undefined> {
    const sealed: SealedRequest[] = [];
    const asked: Cursor[] = [];
    for (const cursor of [...this.#cursors.values()]) {
      if (cursor.inRequests !== undefined) continue;
      const requests = await this.#requestsOf(cursor.lane);
      // The others go on: something else may stand under the name of this one.
      if (requests === undefined) continue;
      asked.push(cursor);
      cursor.inRequests = new Set(requests.flatMap(({ entries }) => entries.map(({ id }) => String(id))));
      if (this.#isCurrent(cursor)) sealed.push(...requests);
    }
    // A lane that came meanwhile has its turn next time: what was fixed of it is not known yet, and would leave with other bytes.
    const known = [...this.#cursors.values()].filter(({ inRequests }) => inRequests !== undefined);
    const reading = known.filter(({ lane }) => !paused.has(lane));
    const answered = known.length === 0 ? undefined : await this.#streamsOf(reading, most);
    if (answered === undefined) {
      // What was fixed is to be found again.
      for (const cursor of asked) cursor.inRequests = undefined;
      return undefined;
    }
    const { cursors, streams, meta } = answered;
    const keys = cursors.map(({ lane }) => this.keys.lane(lane));
    for (const cursor of cursors) cursor.isRead = true;
    const [withdrawn, flush] = meta;
    const entries: Entry[] = [];
    const odd: [number, string][] = [];
    const left = known.filter(({ lane }) => paused.has(lane)).map(({ lastId }) => lastId + 1);
    let nextId = left.length > 0 ? Math.min(...left) : undefined;
    for (const stream of streams) {
      const [key, found] = listOf(stream);
      const cursor = cursors[keys.indexOf(key as string)];
      if (cursor === undefined || !this.#isCurrent(cursor)) continue;
      for (const one of listOf(found)) {
        const [streamId] = listOf(one);
        if (typeof streamId !== 'string') continue;
        cursor.last = streamId;
        if (cursor.inRequests?.has(String(cursor.lastId))) continue;
        const entry = entryOf(one);
        if (entry === undefined) odd.push([cursor.lane, streamId]);
        else entries.push(entry);
      }
      if (listOf(found).length >= most) nextId = Math.min(nextId ?? Number.POSITIVE_INFINITY, cursor.lastId + 1);
    }
    entries.sort((a, b) => a.id - b.id);
    const isCurrent = (lane: number) => {
      const cursor = this.#cursors.get(lane);
      return cursor !== undefined && known.includes(cursor);
    };
    return { entries, sealed, odd, nextId, withdrawn: Number(withdrawn ?? 0), flush: flush ?? '', isCurrent };
  }

  /** What stands in these lanes behind where they were read. Those under whose name something else stands are left out. */
  async #streamsOf(cursors: readonly Cursor[], most: number): Promise<Streams | undefined> {
    // Asked for after the entries, so that whatever they say was taken back is known by then.
    const news: RedisCall = ['hmget', this.keys.meta(), 'withdrawn', 'flush'];
    const calls = cursors.length > 0 ? [this.#readCall(cursors, most), news] : [news];
    const replies = await this.link.calls(calls);
    const meta = replies?.at(-1);
    if (replies === undefined || !Array.isArray(meta)) return undefined;
    const streams = cursors.length > 0 ? replies[0] : [];
    if (!isError(streams, 'WRONGTYPE')) {
      return streams instanceof Error ? undefined : { cursors, streams: listOf(streams), meta };
    }
    const single = await this.link.calls(cursors.map((cursor) => this.#readCall([cursor], most)));
    const read = cursors.filter((_, i) => single !== undefined && !(single[i] instanceof Error));
    if (single === undefined || read.length === 0) return undefined;
    return { cursors: read, streams: single.flatMap(listOf), meta };
  }

  #readCall(cursors: readonly Cursor[], most: number): RedisCall {
    const keys = cursors.map(({ lane }) => this.keys.lane(lane));
    return ['xread', 'COUNT', most, 'STREAMS', ...keys, ...cursors.map(({ last }) => last)];
  }

  #isCurrent(cursor: Cursor): boolean {
    return this.#cursors.get(cursor.lane) === cursor;
  }

  /** Requests whose bytes an earlier holder fixed, as far as all of their entries are still there. */
  async #requestsOf(lane: number): Promise<SealedRequest[] | undefined> {
    const texts = await this.link.call(['hvals', this.keys.seals(lane)]);
    return Array.isArray(texts) ? this.#withEntries(lane, texts.flatMap(sealFrom)) : undefined;
  }

  async #withEntries(lane: number, seals: readonly Seal[]): Promise<SealedRequest[] | undefined> {
    if (seals.length === 0) return [];
    const ids = seals.flatMap((seal) => seal.ids);
    const key = this.keys.lane(lane);
    const replies = await this.link.calls(ids.map((id) => ['xrange', key, `${id}-1`, `${id}-1`]));
    if (replies === undefined) return undefined;
    const entries = new Map<string, Entry>();
    replies.forEach((reply, i) => {
      const entry = Array.isArray(reply) ? entryOf(reply[0]) : undefined;
      if (entry !== undefined) entries.set(ids[i] as string, entry);
    });
    const inOrder = [...seals].sort((a, b) => Number(a.ids[0]) - Number(b.ids[0]));
    return inOrder.flatMap(({ path, head, ids }): SealedRequest[] => {
      const all = ids.flatMap((id) => entries.get(id) ?? []);
      const deviceId = all[0]?.deviceId;
      if (deviceId === undefined || all.length < ids.length) return [];
      // An entry leaves in one request, also if a holder died while it took something out of the one it had been in.
      for (const id of ids) entries.delete(id);
      return [{ deviceId, path, head, entries: all }];
    });
  }
}

function listOf(value: unknown): readonly unknown[] {
  return isList(value) ? value : [];
}

/** What a holder has fixed of a request: its path, the ids of its entries, its head. */
export function sealFrom(text: unknown): Seal[] {
  if (typeof text !== 'string') return [];
  const [path, ids, ...head] = text.split('\n');
  if ((path !== '/i' && path !== '/i/bulk') || ids === undefined) return [];
  return [{ path, head: head.join('\n'), ids: ids.split(',') }];
}
