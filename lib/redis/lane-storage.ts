import { counted } from '../check.js';
import type { Clock } from '../clock.js';
import { NOTHING } from '../journal/memory.js';
import type { Recovered, Room, Storage, StorageListener, StorageStats } from '../journal/storage.js';
import type { Reporter } from '../logger.js';
import type { Withdrawal } from '../outbox/device-queues.js';
import type { Entry, SealedRequest } from '../protocol/entry.js';
import { HeldMerges } from './held-merges.js';
import type { Keys } from './keys.js';
import { LaneReader } from './lane-reader.js';
import type { LaneWriter } from './lane-writer.js';
import type { RedisLink } from './link.js';
import { entriesWithin, withdrawalsOf } from './withdrawals.js';

/** Longest time something lies in a lane unnoticed. */
const LOOK_MS = 50;
const MOST_A_LOOK = 200;
/** Entries behind merges that wait for somebody else's lane, about: the rest of such a lane stays in Redis. */
const MOST_HELD = 5000;
/** Until what was wanted at once is certainly in memory. */
const SEND_ALL_MS = 20;

export interface LaneStoragePort {
  readonly link: RedisLink;
  readonly keys: Keys;
  readonly clock: Clock;
  readonly reporter: Reporter;
  readonly writer: LaneWriter;
  laneOf(deviceId: string): number;
  holds(lane: number): boolean;
  withdraw(deviceId: string, withdrawal: Withdrawal): void;
  sendAll(): void;
}

/** The lanes of a fleet as the storage of who sends them: everything in them was left by somebody. */
export class LaneStorage implements Storage {
  readonly #reader: LaneReader;
  readonly #held: HeldMerges;
  #listener: StorageListener | undefined;
  /** Read, and not handed out yet. */
  #entries: Entry[] = [];
  #sealed: SealedRequest[] = [];
  #nextId: number | undefined;
  #withdrawn = 0;
  #flush = '';
  #reading: Promise<void> | undefined;
  #cancel: (() => void) | undefined;
  #closed = false;

  constructor(private readonly port: LaneStoragePort) {
    this.#reader = new LaneReader(port.link, port.keys);
    this.#held = new HeldMerges((deviceId) => {
      const lane = port.laneOf(deviceId);
      return port.holds(lane) && this.#reader.isRead(lane);
    });
  }

  /** The lane is ours to send. */
  add(lane: number): void {
    this.#reader.add(lane);
    // Whoever wanted everything sent wanted this, too.
    this.#flush = '';
    this.#lookAfter(0);
  }

  /** The lane is not ours any more. */
  remove(lane: number): void {
    const isGone = ({ deviceId }: Entry) => this.port.laneOf(deviceId) === lane;
    this.#reader.remove(lane);
    const left = this.#entries.splice(0).filter((entry) => !isGone(entry));
    this.#sealed = this.#sealed.filter(({ deviceId }) => this.port.laneOf(deviceId) !== lane);
    this.#held.drop(isGone);
    // What did not have to wait for this lane may have to now.
    this.#pass(left);
  }

  /** Entries that were handed out too early: another process got the lane they wait for. */
  takeBack(entries: readonly Entry[]): void {
    this.#pass([...entries].sort((a, b) => a.id - b.id));
  }

  open(listener: StorageListener): void {
    this.#listener = listener;
  }

  /** Entries come through the lanes. */
  append(): void {}

  seal(request: SealedRequest): void {
    this.port.writer.seal(request);
  }

  settle(entries: readonly Entry[], outcome = 'invalid'): void {
    this.port.writer.settle(entries, outcome);
  }

  async recover(room: Room): Promise<Recovered> {
    if (this.#closed || this.#reader.lanes === 0) return NOTHING;
    const most = Math.max(1, Math.floor(room.entries / this.#reader.lanes));
    if (this.#entries.length + this.#sealed.length === 0) await this.#read(most);
    const sealed = entriesWithin(this.#sealed, room, (request) => request.entries);
    const used = sealed.reduce((sum, { entries }) => sum + entries.length, 0);
    const left = { entries: room.entries - used, bytes: room.bytes };
    const entries = used > 0 && left.entries <= 0 ? [] : entriesWithin(this.#entries, left, (entry) => [entry]);
    const first = [this.#sealed[0]?.entries[0]?.id, this.#entries[0]?.id, this.#nextId].flatMap((id) => id ?? []);
    return { entries, sealed, nextId: first.length === 0 ? undefined : Math.min(...first) };
  }

  commit(): Promise<void> {
    return this.port.writer.commit();
  }

  /** What is in the lanes is safe, and nothing can be said to Redis without waiting. */
  commitSync(): void {}

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancel?.();
    await this.commit();
    this.port.writer.stop();
  }

  stats(): StorageStats {
    return { bytesWritten: 0 };
  }

  #lookAfter(ms: number): void {
    if (this.#closed) return;
    this.#cancel?.();
    this.#cancel = this.port.clock.after(ms, () => {
      this.#cancel = undefined;
      // Whatever Redis answered: it is looked at again.
      this.#look().catch(() => this.#lookAfter(LOOK_MS));
    });
  }

  /** Looks for what is new, and tells of it. */
  async #look(): Promise<void> {
    if (this.#reader.lanes === 0 || this.#closed) return;
    await this.#askForHeld();
    if (this.#entries.length + this.#sealed.length === 0) await this.#read(MOST_A_LOOK);
    if (this.#entries.length + this.#sealed.length > 0) this.#listener?.found();
    this.#lookAfter(LOOK_MS);
  }

  #read(most: number): Promise<void> {
    this.#reading ??= this.#readNow(most)
      .catch(() => {})
      .finally(() => {
        this.#reading = undefined;
      });
    return this.#reading;
  }

  async #readNow(most: number): Promise<void> {
    const { writer, reporter, link, keys, clock, sendAll } = this.port;
    const found = await this.#reader.read(most, this.#paused);
    if (found === undefined) return;
    const { entries, odd, nextId, withdrawn, flush } = found;
    // Not whether the lease holds at this moment: an entry that was read is not read again. Who sends asks for that.
    const isOurs = ({ deviceId }: { readonly deviceId: string }) => found.isCurrent(this.port.laneOf(deviceId));
    this.#nextId = nextId;
    const isNews = withdrawn > this.#withdrawn;
    const fixed = found.sealed.flatMap((request) => request.entries);
    const mayBeGone = [...entries, ...fixed].some(({ id }) => id <= withdrawn);
    if (isNews || mayBeGone) await this.#takeOut(entries, fixed, isNews);
    this.#withdrawn = withdrawn;
    const sealed = found.sealed.filter(isOurs);
    for (const request of sealed) writer.isSealed(request);
    this.#sealed.push(...sealed);
    this.#pass(entries.filter(isOurs));
    if (this.#flush !== flush) clock.after(SEND_ALL_MS, sendAll);
    this.#flush = flush;
    if (odd.length === 0) return;
    reporter.warn(
      'redis.odd',
      `The lanes of Redis had what is none of ours (${counted(odd.length, 'entry')}); it is removed.`,
      60_000,
    );
    void link.calls(odd.map(([lane, id]) => ['xdel', keys.lane(lane), id]));
  }

  /**
   * Lanes of which enough is kept already. What their merges wait for has smaller numbers than what is unread of them, so it is
   * read in any case, or in another lane.
   */
  get #paused(): ReadonlySet<number> {
    return new Set(this.#held.size < MOST_HELD ? [] : [...this.#held.devices].map((id) => this.port.laneOf(id)));
  }

  /**
   * What people took back while it lay in a lane leaves it, uncounted as a delivery.
   *
   * @param fixed of requests, which are made anew by who sends: with them something else may leave
   */
  async #takeOut(entries: Entry[], fixed: readonly Entry[], isNews: boolean): Promise<void> {
    const { link, keys, writer, withdraw, clock } = this.port;
    const devices = new Set([...entries, ...fixed].map(({ deviceId }) => deviceId));
    if (isNews) {
      const changed = await link.call(['zrangebyscore', keys.withdrawals(), `(${this.#withdrawn}`, '+inf']);
      if (Array.isArray(changed)) for (const deviceId of changed) devices.add(String(deviceId));
    }
    let withdrawals = await withdrawalsOf(link, keys, [...devices]);
    // Nothing that may have been taken back goes on before that is known.
    while (withdrawals === undefined && !this.#closed) {
      await new Promise<void>((resolve) => clock.after(LOOK_MS, resolve));
      withdrawals = await withdrawalsOf(link, keys, [...devices]);
    }
    if (withdrawals === undefined) return void entries.splice(0);
    const known = withdrawals;
    const isGone = ({ deviceId, feature, id }: Entry) => id <= (known.get(deviceId)?.get(feature) ?? 0);
    for (const list of [entries, this.#entries]) {
      const gone = list.filter(isGone);
      for (const entry of gone) {
        list.splice(list.indexOf(entry), 1);
        writer.settle([entry], 'consent');
      }
    }
    for (const entry of this.#held.drop(isGone)) writer.settle([entry], 'consent');
    // Otherwise there would be nothing unread for which it could hold.
    this.#listener?.found();
    for (const [deviceId, features] of known) {
      for (const [feature, upTo] of features) withdraw(deviceId, { features: new Set([feature]), upTo });
    }
  }

  #pass(entries: readonly Entry[]): void {
    for (const entry of entries) if (this.#held.admits(entry)) this.#entries.push(entry);
  }

  async #askForHeld(): Promise<void> {
    const { link, keys, laneOf } = this.port;
    const { questions } = this.#held;
    if (questions.length === 0) return;
    const replies = await link.calls(
      questions.map(({ oldId, from, before }) => {
        return { script: 'EARLIER', keys: [keys.lane(laneOf(oldId))], args: [oldId, from, before] } as const;
      }),
    );
    questions.forEach(({ deviceId }, i) => {
      const reply = replies?.[i];
      if (reply === '') this.#entries.push(...this.#held.release(deviceId));
      else if (typeof reply === 'string') this.#held.waits(deviceId, reply);
    });
    this.#entries.sort((a, b) => a.id - b.id);
  }
}
