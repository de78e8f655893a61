import type { Clock } from '../clock.js';
import type { Entry, SealedRequest } from '../protocol/entry.js';
import { bytesOf } from './entry-fields.js';
import type { Keys } from './keys.js';
import { isError, type RedisCall, type RedisLink, type Reply } from './link.js';

const SOON_MS = 5;
const AGAIN_MS = 300;
/** Entries in one call, about: Redis does nothing else meanwhile. */
const MOST_AT_ONCE = 500;

interface Settlement {
  readonly lane: number;
  readonly outcome: string;
  readonly entries: readonly Entry[];
}

export interface LaneWriterPort {
  readonly link: RedisLink;
  readonly keys: Keys;
  readonly clock: Clock;
  laneOf(deviceId: string): number;
  /** The lease of a lane as it stands in Redis; undefined when it is not ours. */
  leaseOf(lane: number): string | undefined;
  /** Somebody else has the lease. */
  refused(lane: number): void;
}

/** Says in Redis what was made of entries: which bytes they leave with, and that they have ended. */
export class LaneWriter {
  readonly #fixed = new WeakSet<SealedRequest>();
  #sealing: SealedRequest[] = [];
  #settling: Settlement[] = [];
  /** On their way to Redis. */
  #unknown: readonly Settlement[] = [];
  #writing: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;
  #cancel: (() => void) | undefined;

  constructor(private readonly port: LaneWriterPort) {}

  seal(request: SealedRequest): void {
    this.#sealing.push(request);
  }

  /** The bytes of this one stand in Redis already. */
  isSealed(request: SealedRequest): void {
    this.#fixed.add(request);
  }

  settle(entries: readonly Entry[], outcome: string): void {
    const [first] = entries;
    if (first === undefined) return;
    this.#settling.push({ lane: this.port.laneOf(first.deviceId), outcome, entries });
    this.#writeAfter(SOON_MS);
  }

  /**
   * Makes sure that the bytes of these stand in Redis, under leases of ours, and that what their devices had before stands there no
   * more: who comes after us would repeat it, and a server knows only the last request of a person. False when it is not so.
   */
  async sealed(requests: readonly SealedRequest[]): Promise<boolean> {
    const open = requests.filter((request) => !this.#fixed.has(request));
    const devices = new Set(requests.map(({ deviceId }) => deviceId));
    const isOpen = ({ deviceId }: { readonly deviceId: string }) => devices.has(deviceId);
    const unsettled = () => [...this.#settling, ...this.#unknown].some(({ entries }) => entries.some(isOpen));
    if (open.length === 0 && !unsettled()) return true;
    for (const request of open) if (!this.#sealing.includes(request)) this.#sealing.push(request);
    await this.commit();
    return open.every((request) => this.#fixed.has(request)) && !unsettled();
  }

  /** Resolves when what was said until now is in Redis, or cannot be. */
  commit(): Promise<void> {
    this.#next ??= this.#writing.then(() => {
      this.#next = undefined;
      this.#writing = this.#write();
      return this.#writing;
    });
    return this.#next;
  }

  get isDone(): boolean {
    return this.#settling.length === 0;
  }

  stop(): void {
    this.#cancel?.();
  }

  async #write(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
    const sealing = this.#sealing.splice(0);
    const settling = this.#settling.splice(0);
    const seals = [...byLane(sealing, ({ deviceId }) => this.port.laneOf(deviceId))].flatMap(([lane, requests]) => {
      const lease = this.port.leaseOf(lane);
      return lease === undefined ? [] : [{ lane, requests, call: this.#sealCall(lane, lease, requests) }];
    });
    const settles = merged(settling);
    this.#unknown = settles;
    // What has ended first: a Redis that dies between them must not know a device's next request beside the one before.
    const calls = [...settles.map((settlement) => this.#settleCall(settlement)), ...seals.map(({ call }) => call)];
    if (calls.length === 0) return;
    const replies = await this.port.link.calls(calls);
    this.#unknown = [];
    seals.forEach(({ lane, requests }, i) => {
      const reply = replies?.[settles.length + i];
      if (reply === 1) for (const request of requests) this.#fixed.add(request);
      // Something else under its name: the lane waits until that is mended, and nothing else with it.
      else if (reply === 0 || isError(reply, 'WRONGTYPE')) this.port.refused(lane);
    });
    const unknown = settles.filter((_, i) => !isCount(replies?.[i]));
    if (unknown.length === 0) return;
    this.#settling.unshift(...unknown);
    this.#writeAfter(AGAIN_MS);
  }

  #sealCall(lane: number, lease: string, requests: readonly SealedRequest[]): RedisCall {
    const texts = requests.flatMap(({ path, head, entries }) => [
      entries[0]?.id ?? 0,
      `${path}\n${entries.map(({ id }) => id).join(',')}\n${head}`,
    ]);
    const { keys } = this.port;
    return { script: 'SEAL', keys: [keys.lease(lane), keys.seals(lane)], args: [lease, ...texts] };
  }

  #settleCall({ lane, outcome, entries }: Settlement): RedisCall {
    const { keys } = this.port;
    const counted = outcome === 'delivered' ? outcome : `dropped:${outcome}`;
    return {
      script: 'SETTLE',
      keys: [keys.lane(lane), keys.ledger(), keys.seals(lane)],
      args: [counted, ...entries.flatMap((entry) => [entry.id, entry.weight, bytesOf(entry)])],
    };
  }

  #writeAfter(ms: number): void {
    this.#cancel ??= this.port.clock.after(ms, () => {
      this.#cancel = undefined;
      void this.commit();
    });
  }
}

function isCount(reply: Reply): boolean {
  return typeof reply === 'number';
}

/**
 * Fewer and larger ones. What ended together stays in one call: a Redis that dies between two would keep the rest of a request
 * whose bytes it has forgotten, and whoever comes next would send that rest as something new.
 */
function merged(settlements: readonly Settlement[]): Settlement[] {
  return [...byLane(settlements, ({ lane, outcome }) => `${lane} ${outcome}`).values()].flatMap((those) => {
    const { lane, outcome } = those[0] as Settlement;
    const parts: Entry[][] = [[]];
    for (const { entries } of those) {
      const last = parts.at(-1) as Entry[];
      if (last.length > 0 && last.length + entries.length > MOST_AT_ONCE) parts.push([...entries]);
      else last.push(...entries);
    }
    return parts.map((entries) => ({ lane, outcome, entries }));
  });
}

function byLane<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
