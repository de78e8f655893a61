import { AsyncResource } from 'node:async_hooks';
import { setImmediate, setTimeout } from '../clock.js';
import type { DeviceIdType, Entry, EntryDraft } from '../protocol/entry.js';
import type { RollUp } from '../protocol/roll-up.js';
import { Admission } from './admission.js';
import { CircuitBreaker } from './circuit-breaker.js';
import { type DeviceQueue, DeviceQueues, type Withdrawal } from './device-queues.js';
import { Dispatcher } from './dispatcher.js';
import type { FlushResult } from './flush.js';
import { Drain } from './flush.js';
import type { DropReason, LedgerState } from './ledger.js';
import { MergeOrder } from './merge-order.js';
import type { OutboxParts } from './parts.js';
import type { OutboxOptions, OutboxPort } from './port.js';
import { Requests } from './requests.js';
import { Schedule } from './schedule.js';
import { StorageReader } from './storage-reader.js';

/** Everything between accepting an entry and its end. Bounded, accounted for, never in the host's way. */
export class Outbox {
  protected readonly parts: OutboxParts;
  protected readonly dispatcher: Dispatcher;
  readonly #reader: StorageReader;
  readonly #drain: Drain;
  readonly #outside = new AsyncResource('countly-weave.outbox');
  /** Ids from here on are of this process. */
  readonly #firstId: number;
  /** Microseconds since the epoch at the zero of the monotonic clock, by the clock as it was at the start. */
  readonly #epoch: number;
  #lastId: number;
  #pumpQueued = false;
  #closed = false;
  #savesEach = false;
  #heldFor: { readonly deviceId: string; readonly idType: DeviceIdType } | undefined;

  constructor(
    private readonly options: OutboxOptions,
    port: OutboxPort,
  ) {
    this.#lastId = Math.floor(port.clock.now() * 1000);
    this.#epoch = this.#lastId - port.clock.monotonic() * 1000;
    this.#firstId = this.#lastId + 1;
    const admission = new Admission(options, port, {
      takeOldest: () => this.#takeOldest(),
      crowded: () => this.#pumpSoon(),
      filling: () => this.dispatcher.hurry(),
      relieved: () => this.#reader.readOn(),
    });
    const queues = new DeviceQueues(port.backoff);
    const schedule = new Schedule();
    this.parts = {
      ...port,
      admission,
      queues,
      schedule,
      order: new MergeOrder(queues, schedule),
      requests: new Requests(options, port, admission, schedule),
      breaker: new CircuitBreaker(port.backoff),
      pumpSoon: () => this.#pumpSoon(),
      emptied: (queue) => this.#emptied(queue),
      named: (entry) => this.#named(entry),
    };
    this.dispatcher = new Dispatcher(options, this.parts);
    this.#reader = new StorageReader(this.parts, options);
    this.#drain = new Drain(this.parts, this.dispatcher, this.#reader);
  }

  /** Starts reading what earlier processes left; of the same device it is sent before anything new. */
  open(): void {
    this.#reader.open();
  }

  /** Takes an entry. With `rollUp` it merges with an equal one that still waits. @returns its id, when it was taken */
  add(draft: EntryDraft, rollUp?: RollUp): number | undefined {
    if (this.#closed) {
      this.refuse('closed');
      return undefined;
    }
    const queue = this.parts.queues.of(draft.deviceId);
    const merged = rollUp && queue.waiting.takeEqual(rollUp);
    const equal = merged?.entry;
    const body = merged?.body ?? draft.body;
    // A text that was put together is a tree of its pieces in V8 until it is read at a position. Queued as a tree it would
    // take several times the memory.
    body.trim();
    const weight = draft.weight + (equal?.weight ?? 0);
    // The queue's text of the id, of which each request brings one of its own.
    const entry = this.entryOf(draft, queue.deviceId, weight, body);
    this.#put(queue, entry, equal, rollUp?.key);
    if (this.#savesEach) this.saveSync();
    return entry.id;
  }

  /** An entry of a draft, with the next id. Nobody has accepted it yet. */
  protected entryOf(draft: EntryDraft, deviceId = draft.deviceId, weight = draft.weight, body = draft.body): Entry {
    // Name by name: V8 is slow with a spread here.
    const { idType, kind, feature, timestamp, tz, maker } = draft;
    return { id: this.#nextId(), deviceId, idType, kind, feature, timestamp, tz, weight, body, maker };
  }

  /** Takes an entry that has its id. */
  protected keep(entry: Entry): void {
    if (this.#closed) this.refuse('closed');
    else this.#put(this.parts.queues.of(entry.deviceId), entry, undefined);
  }

  /** Whether anything of a device is here. */
  protected has(deviceId: string): boolean {
    const queue = this.parts.queues.get(deviceId);
    return queue !== undefined && (queue.busy || !queue.isEmpty);
  }

  /** Counts entries that were accepted and have left at once. */
  protected passed(entries: readonly Entry[]): void {
    this.parts.admission.passed(entries);
  }

  refuse(reason: DropReason): void {
    this.parts.admission.refuse(reason);
  }

  /** Removes what waits of these features for this device; it counts as dropped for `consent`. Tells what it was. */
  purge(deviceId: string, features: ReadonlySet<string>): readonly Entry[] {
    return this.withdraw(deviceId, { features, upTo: Math.max(this.#lastId, this.parts.admission.lastId) });
  }

  /** The same of what was accepted up to an entry, also where that is still to be read. */
  withdraw(deviceId: string, withdrawal: Withdrawal): readonly Entry[] {
    this.#reader.withdraw(deviceId, withdrawal);
    const queue = this.parts.queues.get(deviceId);
    if (queue === undefined) return [];
    const removed = this.parts.requests.withdraw(queue, [withdrawal]);
    if (queue.isEmpty && !queue.busy) this.#emptied(queue);
    return removed;
  }

  /** Whether anything may leave. What comes meanwhile is kept. */
  setEnabled(enabled: boolean): void {
    this.parts.breaker.shut = !enabled;
    this.dispatcher.pump();
  }

  /** Lets the server breathe. A flush does not wait for the end of it. */
  pause(ms: number): void {
    this.parts.breaker.rest(this.parts.clock.monotonic() + ms);
  }

  /** What waits for this device need not wait for company. */
  hurry(deviceId: string): void {
    const queue = this.parts.queues.get(deviceId);
    if (queue !== undefined && this.parts.schedule.hurry(queue)) this.#pumpSoon();
  }

  /** Resolves when what made this device one with another has left; undefined when nothing of the kind waits. */
  merged(deviceId: string): Promise<void> | undefined {
    const merged = this.parts.order.merged(deviceId);
    if (merged !== undefined) this.hurry(deviceId);
    return merged;
  }

  /** Keeps what is recorded under this id until `reassign` says whose it is. */
  hold(deviceId: string): void {
    this.parts.order.held = deviceId;
  }

  /** What waits under the held id, now and when it is found later, belongs to another one. */
  reassign(to: string, idType: DeviceIdType): void {
    this.#heldFor = { deviceId: to, idType };
    const from = this.parts.order.heldQueue;
    if (from === undefined) return;
    for (const old of from.waiting.take(from.waiting.length)) this.#move(old, to, idType);
    this.#emptied(from);
  }

  /** What an earlier process held goes to whoever was named since. */
  #named(entry: Entry): boolean {
    if (this.#heldFor === undefined || entry.deviceId !== this.parts.order.held) return false;
    this.#move(entry, this.#heldFor.deviceId, this.#heldFor.idType);
    return true;
  }

  #move(old: Entry, deviceId: string, idType: DeviceIdType): void {
    const { origin: _origin, ...rest } = old;
    this.#put(this.parts.queues.of(deviceId), { ...rest, id: this.#nextId(), deviceId, idType }, old);
  }

  stats(): LedgerState {
    return this.parts.admission.ledger.state();
  }

  /** Milliseconds since the oldest entry that still waits was recorded; undefined while none does. */
  oldestPendingAge(): number | undefined {
    const { oldest } = this.parts.queues;
    return oldest === undefined ? undefined : Math.max(0, this.parts.clock.now() - oldest);
  }

  /**
   * Sends everything accepted so far; resolves when that is done, or after `timeout` milliseconds with what is left.
   *
   * @param since the ledger when the flush began, if that was before this call
   */
  flush(timeout: number, since = this.stats()): Promise<FlushResult> {
    return this.#drain.within(timeout, since, (deadline) => this.#drain.all(deadline));
  }

  /** The same at the end of a process, which does not wait for a server that is not there while the storage has it all. */
  flushAtEnd(timeout: number, since = this.stats()): Promise<FlushResult> {
    return this.#drain.within(timeout, since, (deadline) => this.#drain.whileThereIsHope(deadline));
  }

  /** Flushes, then stops, all within the timeout. What could not be delivered stays in the storage for the next process. */
  async close(timeout: number, since = this.stats()): Promise<FlushResult> {
    if (this.#closed) return { delivered: 0, pending: this.stats().pending, dropped: 0 };
    return this.#drain.within(timeout, since, async (deadline) => {
      // Work of the host that ends late may still record while the rest is delivered.
      for (let accepted = -1; accepted !== this.stats().accepted && !deadline.passed; ) {
        accepted = this.stats().accepted;
        await this.#drain.whileThereIsHope(deadline);
      }
      this.#closed = true;
      this.#reader.stopped = true;
      this.dispatcher.stop();
      const closing = this.parts.storage.close();
      // A turn at least, also when the time is up: it costs no more than writing what is there.
      await Promise.race([closing, deadline.reached.then(() => new Promise((resolve) => setTimeout(resolve, 0)))]);
    });
  }

  /** For the last moment of a dying process. */
  saveSync(): void {
    this.parts.storage.commitSync();
  }

  /** Nothing runs any more but what is running: from now on each entry is saved in the call itself. */
  saveEach(): void {
    this.#savesEach = true;
  }

  /** After all that was accepted or recovered. The machine's clock may jump meanwhile, and another process' may have been wrong. */
  #nextId(): number {
    const { admission, clock } = this.parts;
    const now = Math.floor(this.#epoch + clock.monotonic() * 1000);
    this.#lastId = Math.max(this.#lastId + 1, admission.lastId + 1, now);
    return this.#lastId;
  }

  /** Queues an entry, a new one or one that takes the place of another. */
  #put(queue: DeviceQueue, entry: Entry, old: Entry | undefined, equal?: string): void {
    const { clock, admission, schedule } = this.parts;
    if (queue.waiting.length === 0) queue.since = clock.monotonic();
    queue.waiting.push(entry, equal);
    if (old === undefined) admission.accept(entry);
    else admission.replace(old, entry);
    if (!queue.urgent && queue.waiting.length >= this.options.eventQueueSize) {
      queue.urgent = true;
      if (schedule.hurry(queue)) return this.#pumpSoon();
    }
    if (queue.busy || queue.isEmpty || queue.list !== undefined) return;
    if (queue.urgent) schedule.due.add(queue);
    else schedule.fresh.add(queue);
    this.#pumpSoon();
  }

  /** After the caller's own work: accepting an entry never sends. */
  #pumpSoon(): void {
    if (this.#pumpQueued) return;
    this.#pumpQueued = true;
    // Outside the caller's scope, or a kept-alive socket opened here would hold on to that request's context.
    this.#outside.runInAsyncScope(setImmediate, undefined, this.#pump);
  }

  readonly #pump = (): void => {
    this.#pumpQueued = false;
    this.dispatcher.pump();
  };

  /** From the device that has waited longest. Requests that were tried may have arrived, and what was recovered is kept. */
  #takeOldest(): Entry | undefined {
    const oldest = this.parts.schedule.oldest();
    let entry = oldest && this.#takeFrom(oldest);
    for (const queue of this.parts.queues.values()) {
      if (entry !== undefined) break;
      entry = this.#takeFrom(queue);
    }
    return entry;
  }

  #takeFrom(queue: DeviceQueue): Entry | undefined {
    const entry = queue.waiting.takeFrom(this.#firstId);
    if (entry !== undefined && queue.isEmpty && !queue.busy) this.#emptied(queue);
    return entry;
  }

  #emptied(queue: DeviceQueue): void {
    const { queues, order } = this.parts;
    queue.list?.remove(queue);
    queues.idle(queue);
    order.release(queue.deviceId);
  }
}
