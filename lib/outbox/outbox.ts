import { AsyncResource } from 'node:async_hooks';
import type { Recovered } from '../journal/storage.js';
import type { DeviceIdType, Entry } from '../protocol/entry.js';
import type { RollUp } from '../protocol/roll-up.js';
import { Accounts } from './accounts.js';
import { type Deadline, withDeadline } from './deadline.js';
import type { DeviceQueue } from './device-queue.js';
import { DeviceQueues } from './device-queues.js';
import { Dispatcher } from './dispatcher.js';
import type { DropReason } from './drop-reason.js';
import { type EntryTraits, TraitsPool } from './entry-traits.js';
import { groupByDevice } from './group-by-device.js';
import { type LedgerState, totalDropped } from './ledger.js';
import { MergeOrder } from './merge-order.js';
import type { FlushResult, OutboxOptions, OutboxPort } from './outbox-port.js';
import { Overflow } from './overflow.js';
import { QueuedEntry } from './queued-entry.js';
import { RollUps } from './roll-ups.js';
import { Schedule } from './schedule.js';
import { Sealer } from './sealer.js';

/** V8 puts short texts together at once. */
const IN_ONE_PIECE = 12;

/** Everything between accepting an entry and its end. Bounded, accounted for, never in the host's way. */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #port: OutboxPort;
  readonly #accounts: Accounts;
  readonly #schedule = new Schedule();
  readonly #sealer: Sealer;
  readonly #dispatcher: Dispatcher;
  readonly #queues: DeviceQueues;
  readonly #order: MergeOrder;
  /** Of the entries given to `put`. */
  readonly traits = new TraitsPool();
  readonly #rollUps: RollUps;
  readonly #overflow: Overflow;
  #opened: Promise<void> = Promise.resolve();
  readonly #outside = new AsyncResource('countly-weave.outbox');
  #pumpQueued = false;
  #closed = false;
  #heldFor: { readonly deviceId: string; readonly idType: DeviceIdType } | undefined;

  constructor(options: OutboxOptions, port: OutboxPort) {
    this.#options = options;
    this.#port = port;
    this.#accounts = new Accounts(port.storage);
    this.#queues = new DeviceQueues(port.backoff);
    this.#order = new MergeOrder(this.#queues, this.#schedule);
    this.#rollUps = new RollUps(port.storage, this.#accounts, this.traits);
    const emptied = (queue: DeviceQueue): void => this.#emptied(queue);
    this.#overflow = new Overflow(options, {
      ...port,
      schedule: this.#schedule,
      accounts: this.#accounts,
      queues: this.#queues,
      emptied,
      crowded: () => this.#pumpSoon(),
      filling: () => this.#dispatcher.probe(),
    });
    this.#sealer = new Sealer(options, port.clock, port.storage, this.#accounts);
    this.#dispatcher = new Dispatcher(options, {
      ...port,
      sealer: this.#sealer,
      schedule: this.#schedule,
      order: this.#order,
      accounts: this.#accounts,
      isCrowded: () => this.#overflow.isCrowded,
      isFilling: () => this.#overflow.isFilling,
      pumpSoon: () => this.#pumpSoon(),
      emptied,
      discarded: (request, reason) => port.deadLetter.add(request, reason),
    });
  }

  /** Starts reading what earlier processes left; it is sent before anything new of the same device. */
  open(): void {
    this.#opened = this.#port.storage.open({
      recovered: (found) => this.#recover(found),
      warn: (message) => this.#port.reporter.warn(`storage:${message}`, message),
    });
  }

  /**
   * Takes an entry. With `rollUp` it merges with an equal one that still waits.
   * @param timestamp - milliseconds since the epoch
   */
  put(deviceId: string, traits: EntryTraits, timestamp: number, body: string, rollUp?: RollUp): void {
    if (this.#closed) return this.refuse('closed');
    if (rollUp !== undefined && this.#rollUps.merge(deviceId, traits, timestamp, rollUp)) return;
    this.#put(deviceId, traits, timestamp, '', body, '', rollUp);
  }

  /** Takes an entry whose body is three texts, see `EntryDraft`. */
  putParts(
    deviceId: string,
    traits: EntryTraits,
    timestamp: number,
    opening: string,
    rest: string,
    time: string,
  ): void {
    if (this.#closed) return this.refuse('closed');
    this.#put(deviceId, traits, timestamp, opening, rest, time, undefined);
  }

  #put(
    deviceId: string,
    traits: EntryTraits,
    timestamp: number,
    opening: string,
    rest: string,
    time: string,
    rollUp: RollUp | undefined,
  ): void {
    // A text that was put together is a tree of its pieces in V8 until it is read at a position. Queued as a tree it would
    // take several times the memory, and most of the time of a call would go into garbage collection. Of all that reads
    // it, `trim` costs least.
    if (rest.length > IN_ONE_PIECE) rest.trim();
    // The queue's text of the device's id is kept: each request brings one of its own that says the same.
    const queue = this.#queues.of(deviceId);
    const entry = QueuedEntry.accept(queue, traits, timestamp, opening, rest, time, this.#port.storage);
    this.#accounts.begin(entry);
    if (queue.waiting.length === 0) queue.since = this.#port.clock.monotonic();
    const position = queue.waiting.push(entry);
    if (rollUp !== undefined) this.#rollUps.remember(rollUp, { queue, position, entry });
    this.#overflow.check();
    this.#wake(queue);
  }

  refuse(reason: DropReason): void {
    this.#accounts.refuse(reason);
  }

  /** Removes what waits of these features for this device; it counts as dropped for `consent`. Tells what it was. */
  purge(deviceId: string, features: ReadonlySet<string>): readonly Entry[] {
    const queue = this.#queues.get(deviceId);
    if (queue === undefined) return [];
    const removed = this.#sealer.withdraw(queue, features);
    if (queue.isEmpty && !queue.busy) this.#emptied(queue);
    return removed;
  }

  /** Whether anything may leave. What comes meanwhile is kept. */
  setEnabled(enabled: boolean): void {
    this.#dispatcher.gate.shut = !enabled;
    this.#dispatcher.pump();
  }

  /** Lets the server breathe. A flush does not wait for the end of it. */
  pause(ms: number): void {
    this.#dispatcher.gate.rest(this.#port.clock.monotonic() + ms);
  }

  /** What waits for this device need not wait for company. */
  hurry(deviceId: string): void {
    const queue = this.#queues.get(deviceId);
    if (queue !== undefined && this.#schedule.hurry(queue)) this.#pumpSoon();
  }

  /** Keeps what is recorded under this id until `reassign` says whose it is. */
  hold(deviceId: string): void {
    this.#order.held = deviceId;
  }

  /** What waits under the held id, now and when it is found later, belongs to another one. */
  reassign(to: string, idType: DeviceIdType): void {
    this.#heldFor = { deviceId: to, idType };
    const from = this.#order.heldQueue;
    if (from === undefined) return;
    for (const old of from.waiting.take(from.waiting.length)) {
      const { kind, feature, timestamp, tz, body, weight } = old;
      const traits = this.traits.of(idType, kind, feature, tz, weight);
      const queue = this.#queues.of(to);
      const entry = QueuedEntry.accept(queue, traits, timestamp, '', body, '', this.#port.storage);
      this.#accounts.replace(old, entry);
      if (queue.waiting.length === 0) queue.since = this.#port.clock.monotonic();
      queue.waiting.push(entry);
      this.#wake(queue);
    }
    this.#emptied(from);
  }

  stats(): LedgerState {
    return this.#accounts.state();
  }

  /** Milliseconds since the oldest entry that still waits was recorded; undefined while none does. */
  oldestPendingAge(): number | undefined {
    let oldest = Number.POSITIVE_INFINITY;
    for (const { sealed, waiting } of this.#queues.values()) {
      const first = sealed[0]?.entries[0] ?? waiting.at(0);
      if (first !== undefined && first.timestamp < oldest) oldest = first.timestamp;
    }
    return oldest === Number.POSITIVE_INFINITY ? undefined : Math.max(0, this.#port.clock.now() - oldest);
  }

  /** Sends everything accepted so far; resolves when that is done, or after `timeout` milliseconds with what is left. */
  flush(timeout: number): Promise<FlushResult> {
    return this.#account(timeout, (deadline) => this.#drain(deadline.reached));
  }

  /** Flushes, then stops. What could not be delivered stays in the storage for the next process. */
  async close(timeout: number): Promise<FlushResult> {
    if (this.#closed) return { delivered: 0, pending: this.stats().pending, dropped: 0 };
    const flushed = await this.#account(timeout, async (deadline) => {
      // Work of the host that ends late may still record while the rest is delivered.
      for (let accepted = -1; accepted !== this.stats().accepted && !deadline.passed; ) {
        accepted = this.stats().accepted;
        await this.#drain(deadline.reached);
      }
    });
    this.#closed = true;
    this.#dispatcher.stop();
    await this.#port.storage.close();
    return flushed;
  }

  async #drain(deadline: Promise<void>): Promise<void> {
    await Promise.race([this.#opened, deadline]);
    if (!this.#dispatcher.gate.shut) {
      this.#dispatcher.beginFlush();
      await Promise.race([this.#accounts.settled(this.#order.heldQueue?.waiting.length), deadline]);
      this.#dispatcher.endFlush();
    }
    // Acknowledgements reach the disk as well, or a restart would deliver again.
    await Promise.race([Promise.all([this.#port.storage.commit(), this.#port.deadLetter.written()]), deadline]);
  }

  /** What became of the entries while a piece of work was done. */
  async #account(timeout: number, work: (deadline: Deadline) => Promise<void>): Promise<FlushResult> {
    const before = this.stats();
    await withDeadline(this.#port.clock, timeout, work);
    const after = this.stats();
    return {
      delivered: after.delivered - before.delivered,
      pending: after.pending,
      dropped: totalDropped(after) - totalDropped(before),
    };
  }

  /** For the last moment of a dying process. */
  saveSync(): void {
    this.#port.storage.commitSync();
  }

  #wake(queue: DeviceQueue): void {
    if (!queue.urgent && queue.waiting.length >= this.#options.eventQueueSize) {
      queue.urgent = true;
      if (this.#schedule.hurry(queue)) return this.#pumpSoon();
    }
    if (queue.busy || this.#schedule.isScheduled(queue)) return;
    if (queue.urgent) this.#schedule.due(queue);
    else this.#schedule.fresh(queue);
    this.#pumpSoon();
  }

  /** After the caller's own work: accepting an entry never sends. */
  #pumpSoon(): void {
    if (this.#pumpQueued) return;
    this.#pumpQueued = true;
    // Outside the caller's scope, or a kept-alive socket opened here would hold on to that request's context.
    this.#outside.runInAsyncScope(setImmediate, undefined, this.#pump);
  }

  // Made once: a function made where it is needed costs each call of `put` an object.
  readonly #pump = (): void => {
    this.#pumpQueued = false;
    this.#dispatcher.pump();
  };

  #recover(found: Recovered): void {
    for (const request of found.sealed) {
      for (const entry of request.entries) this.#accounts.begin(entry);
      const queue = this.#queues.of(request.deviceId);
      queue.sealed.push(request);
      if (!queue.busy) this.#schedule.due(queue);
    }
    const byDevice = groupByDevice(found.entries);
    for (const [deviceId, entries] of byDevice) {
      for (const entry of entries) this.#accounts.begin(entry);
      const queue = this.#queues.of(deviceId);
      queue.waiting.unshift(entries);
      if (!queue.busy) this.#schedule.due(queue);
    }
    if (this.#heldFor !== undefined) this.reassign(this.#heldFor.deviceId, this.#heldFor.idType);
    this.#pumpSoon();
  }

  #emptied(queue: DeviceQueue): void {
    this.#schedule.remove(queue);
    this.#queues.idle(queue);
    this.#order.release(queue);
    this.#overflow.relieved();
  }
}
