import { counted } from '../check.js';
import type { Room } from '../journal/storage.js';
import type { Entry } from '../protocol/entry.js';
import { channels, dropText, publish } from './delivery-messages.js';
import { type DropReason, Ledger } from './ledger.js';
import type { OutboxOptions, OutboxPort } from './port.js';

export interface RoomHooks {
  /** The oldest entry that may be dropped, already taken out of its queue. */
  takeOldest(): Entry | undefined;
  /** A quarter of the room is taken. */
  crowded(): void;
  /** Half of the room is taken. */
  filling(): void;
  relieved(): void;
}

/** Rough cost of an entry in memory beside its text. */
const OVERHEAD = 160;
/** What is recovered takes at most this part of the room: the rest is for what happens now. */
const RECOVERED_PART = 0.5;
/** Most entries that are recovered at a time, so that the host has its turn between. */
const RECOVERED_AT_ONCE = 2000;

interface Waiter {
  /** Entries up to this id are waited for. */
  readonly lastId: number;
  /** Later ones that took the place of an earlier one. */
  readonly also: Set<number>;
  outstanding: number;
  readonly done: () => void;
}

/**
 * The one place where what takes memory is admitted and let go, within one bound by count and bytes. It keeps ledger,
 * storage and the people who wait for a flush in step, so that no path can forget one of them.
 */
export class Admission {
  readonly ledger = new Ledger();
  readonly #waiters = new Set<Waiter>();
  #entries = 0;
  #bytes = 0;
  #lastId = 0;
  #overflown = 0;
  #wasCrowded = false;
  #wasFilling = false;

  constructor(
    private readonly limits: OutboxOptions,
    private readonly port: OutboxPort,
    private readonly hooks: RoomHooks,
  ) {}

  /** No entry that was accepted or recovered has a greater id. */
  get lastId(): number {
    return this.#lastId;
  }

  /** So much waits that nothing should wait for company as well. */
  get isCrowded(): boolean {
    return this.#isOver(0.25);
  }

  get isFilling(): boolean {
    return this.#isOver(0.5);
  }

  /** What may be recovered now; undefined while it is hardly worth it. */
  get room(): Room | undefined {
    const { maxQueuedEntries, maxQueuedBytes } = this.limits;
    const entries = Math.floor(RECOVERED_PART * maxQueuedEntries) - this.#entries;
    const bytes = Math.floor(RECOVERED_PART * maxQueuedBytes) - this.#bytes;
    const enough = Math.min(RECOVERED_AT_ONCE, Math.ceil(maxQueuedEntries / 10));
    // Nothing waits: then there has to be room, however small the bound.
    if (this.#entries > 0 && (entries < enough || bytes < maxQueuedBytes / 10)) return undefined;
    return { entries: Math.max(1, Math.min(entries, RECOVERED_AT_ONCE)), bytes: Math.max(1, bytes) };
  }

  /** A call. It goes to the storage, and what is too much then is dropped. */
  accept(entry: Entry): void {
    this.port.storage.append(entry);
    this.#take(entry);
    this.#relieve();
  }

  /** What the storage has already. Whoever waits for later entries waits for this one, too. */
  recovered(entry: Entry): void {
    for (const waiter of this.#waiters) if (entry.id <= waiter.lastId) waiter.outstanding++;
    this.#take(entry);
  }

  #take(entry: Entry): void {
    this.ledger.accept(entry.weight);
    this.#entries++;
    this.#bytes += entry.body.length + OVERHEAD;
    if (entry.id > this.#lastId) this.#lastId = entry.id;
    // The hot path: no message object while nobody listens.
    if (channels.accepted.hasSubscribers) publish('accepted', { entries: 1 });
  }

  /** Entries that were accepted and have left in one: nothing of them was kept here. */
  passed(entries: readonly Entry[]): void {
    for (const { weight } of entries) {
      this.ledger.accept(weight);
      this.ledger.deliver(weight);
    }
    publish('accepted', { entries: entries.length });
    publish('delivered', { entries: entries.length });
  }

  /** A call that never became an entry. */
  refuse(reason: DropReason): void {
    this.ledger.accept(1);
    this.ledger.drop(reason, 1);
    this.port.reporter.debug(() => dropText(1, reason));
    publish('dropped', { entries: 1, reason });
  }

  delivered(entries: readonly Entry[]): void {
    this.ledger.deliver(this.#end(entries, 'delivered'));
    publish('delivered', { entries: entries.length });
  }

  dropped(entries: readonly Entry[], reason: DropReason): void {
    if (entries.length === 0) return;
    this.ledger.drop(reason, this.#end(entries, reason));
    this.port.reporter.debug(() => dropText(entries.length, reason));
    publish('dropped', { entries: entries.length, reason });
  }

  /** Somebody else has them now: as if they had never been here. */
  forgotten(entries: readonly Entry[]): void {
    this.ledger.forget(this.#end(entries, undefined));
  }

  /** An entry takes the place of one that waits; what it stands for beyond that one was accepted just now. */
  replace(old: Entry, fresh: Entry): void {
    const { storage } = this.port;
    storage.append(fresh);
    storage.settle([old]);
    this.ledger.accept(fresh.weight - old.weight);
    this.#bytes += fresh.body.length - old.body.length;
    if (fresh.id > this.#lastId) this.#lastId = fresh.id;
    for (const waiter of this.#waiters) {
      if (old.id <= waiter.lastId || waiter.also.delete(old.id)) waiter.also.add(fresh.id);
    }
    this.#relieve();
  }

  /** Takes memory that is no entry, such as a dead letter on its way to the disk; false when there is none to be had. */
  reserve(bytes: number): boolean {
    if (this.#bytes + bytes > this.limits.maxQueuedBytes) return false;
    this.#bytes += bytes;
    return true;
  }

  release(bytes: number): void {
    this.#bytes -= bytes;
  }

  /** Resolves when everything accepted so far has ended, except so many that are held back. */
  settled(held: number): Promise<void> {
    const outstanding = this.#entries - held;
    if (outstanding <= 0) return Promise.resolve();
    return new Promise((done) => this.#waiters.add({ lastId: this.#lastId, also: new Set(), outstanding, done }));
  }

  /** @param outcome undefined when nothing is settled by it */
  #end(entries: readonly Entry[], outcome: 'delivered' | DropReason | undefined): number {
    let weight = 0;
    for (const entry of entries) {
      weight += entry.weight;
      this.#bytes -= entry.body.length + OVERHEAD;
    }
    this.#entries -= entries.length;
    if (outcome !== undefined) this.port.storage.settle(entries, outcome);
    for (const waiter of this.#waiters) {
      for (const { id } of entries) if (id <= waiter.lastId || waiter.also.delete(id)) waiter.outstanding--;
      if (waiter.outstanding > 0) continue;
      this.#waiters.delete(waiter);
      waiter.done();
    }
    if (this.#overflown > 0 && !this.isFilling) {
      this.port.reporter.info(
        `The queue has room again; while it was full ${counted(this.#overflown, 'entry')} had to go.`,
      );
      this.#overflown = 0;
    }
    this.hooks.relieved();
    return weight;
  }

  /** Drops the oldest as long as there is too much, and tells of how full it is. */
  #relieve(): void {
    const { isCrowded } = this;
    const isFilling = isCrowded && this.isFilling;
    if (isCrowded && !this.#wasCrowded) this.hooks.crowded();
    this.#wasCrowded = isCrowded;
    if (isFilling && !this.#wasFilling) this.hooks.filling();
    this.#wasFilling = isFilling;
    while (isFilling && this.#isOver(1)) {
      const entry = this.hooks.takeOldest();
      if (entry === undefined) return;
      this.#overflown++;
      this.dropped([entry], 'overflow');
      const { maxQueuedEntries, maxQueuedBytes } = this.limits;
      this.port.reporter.warn(
        'overflow',
        () =>
          `The queue is full (${counted(maxQueuedEntries, 'entry')} or ${counted(maxQueuedBytes, 'byte')}); the oldest entries are dropped.`,
        60_000,
      );
    }
  }

  #isOver(part: number): boolean {
    const { maxQueuedEntries, maxQueuedBytes } = this.limits;
    return this.#entries > part * maxQueuedEntries || this.#bytes > part * maxQueuedBytes;
  }
}
