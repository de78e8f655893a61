import type { EntryOutcome } from '../ingest/handled.js';
import type { CountedEntry, CountedRequest } from './batch.js';

export interface RefusalNumbers {
  readonly target: string;
  readonly status: number | null;
  readonly answer: string | null;
  readonly app_key: string | null;
  count: number;
  last: number;
  request_id: number;
}

export interface SenderNumbers {
  readonly user_agent: string | null;
  readonly remote: string | null;
  sdk_name: string | null;
  sdk_version: string | null;
  requests: number;
  rejected: number;
  readonly first: number;
  last: number;
}

export interface AppKeyNumbers {
  readonly app_key: string | null;
  requests: number;
  rejected: number;
  last: number;
}

const REFUSED: ReadonlySet<EntryOutcome> = new Set(['rejected', 'lost', 'skipped', 'ignored']);
/** Made of what strangers send; the one that was quiet longest makes room. */
const MOST_KEPT = 1000;

/** What came over HTTP: how many, from whom, and what was refused and why. */
export class RequestNumbers {
  /** Rows of `requests`. */
  rows = 0;
  entries = 0;
  /** What came to the address of a server; a browser that asks for an icon is none of it. */
  toServer = 0;
  /** Requests that were refused, in whole or in part. */
  rejected = 0;
  last: CountedRequest | undefined;
  lastRejected: CountedRequest | undefined;
  readonly refusals = new Map<string, RefusalNumbers>();
  readonly senders = new Map<string, SenderNumbers>();
  readonly appKeys = new Map<string | null, AppKeyNumbers>();

  /** @returns whether it was refused, in whole or in part */
  add(request: CountedRequest, entries: readonly CountedEntry[]): boolean {
    this.rows += 1;
    this.entries += entries.length;
    const isToServer = request.endpoint !== 'other' || request.method === 'POST' || request.app_key !== null;
    if (isToServer && request.endpoint !== 'ping') this.toServer += 1;
    const { method, path, status, app_key: appKey } = request;
    const target = `${method} ${path}`;
    const whole = request.outcome === 'rejected' || (request.outcome === 'ignored' && request.entry_count === 0);
    if (whole && isToServer) this.#refuse(request, { target, status, answer: request.answer, app_key: appKey });
    let refused = whole && isToServer;
    for (const entry of entries) {
      if (!REFUSED.has(entry.outcome)) continue;
      refused = true;
      const of = request.endpoint === 'bulk' ? `entry of ${target}` : target;
      this.#refuse(request, { target: of, status, answer: entry.info, app_key: entry.app_key });
    }
    if (refused) this.rejected += 1;
    if (isToServer && request.endpoint !== 'ping') this.#follow(request, refused);
    return refused;
  }

  #refuse(
    { id, received_at: at }: CountedRequest,
    what: Pick<RefusalNumbers, 'target' | 'status' | 'answer' | 'app_key'>,
  ): void {
    const numbers = newest(this.refusals, JSON.stringify(Object.values(what)), () => ({
      ...what,
      count: 0,
      last: 0,
      request_id: 0,
    }));
    numbers.count += 1;
    numbers.last = at;
    numbers.request_id = id;
  }

  #follow(request: CountedRequest, refused: boolean): void {
    const { received_at: at, user_agent, remote, app_key } = request;
    this.last = request;
    if (refused) this.lastRejected = request;
    const empty = { requests: 0, rejected: 0, last: at };
    const sender = newest(this.senders, `${user_agent}\n${remote}`, () => ({
      user_agent,
      remote,
      sdk_name: null,
      sdk_version: null,
      first: at,
      ...empty,
    }));
    sender.sdk_name = request.sdk_name ?? sender.sdk_name;
    sender.sdk_version = request.sdk_version ?? sender.sdk_version;
    for (const numbers of [sender, newest(this.appKeys, app_key, () => ({ app_key, ...empty }))]) {
      numbers.requests += 1;
      if (refused) numbers.rejected += 1;
      numbers.last = at;
    }
  }
}

/** Moves what is used to the end of the map, so that its beginning is what was quiet longest. */
function newest<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const value = map.get(key) ?? make();
  map.delete(key);
  map.set(key, value);
  if (map.size > MOST_KEPT) {
    const [oldest] = map.keys();
    map.delete(oldest as Key);
  }
  return value;
}
