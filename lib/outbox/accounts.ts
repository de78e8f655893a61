import type { Storage } from '../journal/storage.js';
import type { Entry } from '../protocol/entry.js';
import { bodyLength } from '../protocol/entry-text.js';
import { channels, publish } from './channels.js';
import type { DropReason } from './drop-reason.js';
import { idsOf } from './ids-of.js';
import { Ledger, type LedgerState } from './ledger.js';

/** Rough cost of an entry in memory beside its text. */
const OVERHEAD = 160;

interface Waiter {
  /** Entries up to this id are waited for. */
  readonly lastId: number;
  /** Later ones that took the place of an earlier one. */
  readonly also: Set<number>;
  outstanding: number;
  readonly done: () => void;
}

/**
 * The one place where an entry begins and ends: it keeps ledger, storage, sizes and the people who wait for a flush in
 * step, so that no path can forget one of them.
 */
export class Accounts {
  readonly #ledger = new Ledger();
  readonly #storage: Storage;
  readonly #waiters = new Set<Waiter>();
  #entries = 0;
  #bytes = 0;
  #lastId = 0;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  get pendingEntries(): number {
    return this.#entries;
  }

  get pendingBytes(): number {
    return this.#bytes;
  }

  state(): LedgerState {
    return this.#ledger.state();
  }

  /** A new entry, or one recovered from an earlier process. */
  begin(entry: Entry): void {
    this.#ledger.accept(entry.weight);
    this.#entries++;
    this.#bytes += bodyLength(entry) + OVERHEAD;
    if (entry.id > this.#lastId) this.#lastId = entry.id;
    // The hot path: no message object while nobody listens.
    if (channels.accepted.hasSubscribers) publish('accepted', { entries: 1 });
  }

  /** A call that never became an entry. */
  refuse(reason: DropReason): void {
    this.#ledger.accept(1);
    this.#ledger.drop(reason, 1);
    publish('dropped', { entries: 1, reason });
  }

  delivered(entries: readonly Entry[]): void {
    this.#ledger.deliver(this.#end(entries));
    publish('delivered', { entries: entries.length });
  }

  dropped(entries: readonly Entry[], reason: DropReason): void {
    if (entries.length === 0) return;
    this.#ledger.drop(reason, this.#end(entries));
    publish('dropped', { entries: entries.length, reason });
  }

  /** An entry takes the place of one that waits; what it stands for beyond that one was accepted just now. */
  replace(old: Entry, fresh: Entry): void {
    this.#ledger.accept(fresh.weight - old.weight);
    this.#bytes += bodyLength(fresh) - bodyLength(old);
    if (fresh.id > this.#lastId) this.#lastId = fresh.id;
    this.#storage.settle([old.id]);
    for (const waiter of this.#waiters) {
      if (old.id <= waiter.lastId || waiter.also.delete(old.id)) waiter.also.add(fresh.id);
    }
  }

  /** Resolves when everything accepted so far has ended, except what is held back. */
  settled(held = 0): Promise<void> {
    const outstanding = this.#entries - held;
    if (outstanding <= 0) return Promise.resolve();
    return new Promise((done) => this.#waiters.add({ lastId: this.#lastId, also: new Set(), outstanding, done }));
  }

  #end(entries: readonly Entry[]): number {
    let weight = 0;
    const ids = idsOf(entries);
    for (const entry of entries) {
      weight += entry.weight;
      this.#bytes -= bodyLength(entry) + OVERHEAD;
    }
    this.#entries -= entries.length;
    this.#storage.settle(ids);
    for (const waiter of this.#waiters) {
      for (const id of ids) if (id <= waiter.lastId || waiter.also.delete(id)) waiter.outstanding--;
      if (waiter.outstanding > 0) continue;
      this.#waiters.delete(waiter);
      waiter.done();
    }
    return weight;
  }
}
