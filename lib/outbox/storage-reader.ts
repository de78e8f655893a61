import type { Clock } from '../clock.js';
import type { Recovered, Storage } from '../journal/storage.js';
import type { Reporter } from '../logger.js';
import type { Entry, SealedRequest } from '../protocol/entry.js';
import type { Admission } from './admission.js';
import { type DeviceQueue, type DeviceQueues, type Withdrawal, Withdrawals } from './device-queues.js';
import type { MergeOrder } from './merge-order.js';
import type { Requests } from './requests.js';
import type { Schedule } from './schedule.js';

export interface StorageReaderPort {
  readonly clock: Clock;
  readonly storage: Storage;
  readonly reporter: Reporter;
  readonly admission: Admission;
  readonly queues: DeviceQueues;
  readonly schedule: Schedule;
  readonly order: MergeOrder;
  readonly requests: Requests;
  /** Takes an entry that waited for the id of its device, if that is known now. */
  named(entry: Entry): boolean;
  emptied(queue: DeviceQueue): void;
  pumpSoon(): void;
}

/** Until the storage is asked again for what it could not read. */
const READ_AGAIN_MS = 5000;

/** Takes what earlier processes left out of the storage, as there is room, and puts it where it belongs. */
export class StorageReader {
  readonly #port: StorageReaderPort;
  readonly #withdrawals = new Withdrawals();
  #reading: Promise<void> | undefined;
  #stopped = false;

  constructor(port: StorageReaderPort) {
    this.#port = port;
  }

  /** Set while something is being read. */
  get reading(): Promise<void> | undefined {
    return this.#reading;
  }

  open(): void {
    const { storage, reporter, order } = this.#port;
    storage.open({
      found: () => {
        order.readUpTo(0);
        this.readOn();
      },
      lost: () => this.#storeAgain(),
      warn: (message) => reporter.warn(`storage:${message}`, message),
    });
    this.readOn();
  }

  /** What a person took back holds for what is still unread, too. */
  withdraw(deviceId: string, withdrawal: Withdrawal): void {
    if (this.#port.order.hasUnread) this.#withdrawals.note(deviceId, withdrawal);
  }

  /** Reads on if there is something and room for it. */
  readOn(): void {
    const { storage, admission, order, clock } = this.#port;
    if (this.#reading !== undefined || this.#stopped || !order.hasUnread) return;
    const { room } = admission;
    if (room === undefined) return;
    this.#reading = storage.recover(room).then((found) => {
      this.#reading = undefined;
      if (this.#stopped) return;
      this.#take(found);
      // What could not be read now may be readable later.
      const nothing = found.entries.length + found.sealed.length === 0;
      if (nothing && order.hasUnread) clock.after(READ_AGAIN_MS, () => this.readOn());
      else this.readOn();
    });
  }

  stop(): void {
    this.#stopped = true;
  }

  #take({ entries, sealed, nextId }: Recovered): void {
    const { admission, queues, schedule, order, requests, named, emptied, pumpSoon } = this.#port;
    const touched = new Map<DeviceQueue, Entry[]>();
    for (const request of sealed) {
      const queue = queues.of(request.deviceId);
      for (const entry of request.entries) admission.recovered(entry);
      queue.sealed.push(request);
      touched.set(queue, []);
    }
    for (const entry of entries) {
      admission.recovered(entry);
      if (named(entry)) continue;
      const queue = queues.of(entry.deviceId);
      const list = touched.get(queue);
      if (list === undefined) touched.set(queue, [entry]);
      else list.push(entry);
    }
    for (const [queue, list] of touched) {
      if (list.length > 0) queue.waiting.insert(list);
      const withdrawn = this.#withdrawals.of(queue.deviceId);
      if (withdrawn.length > 0) requests.withdraw(queue, withdrawn);
      if (queue.isEmpty && !queue.busy) emptied(queue);
      else if (!queue.busy) schedule.due(queue);
    }
    order.readUpTo(nextId ?? Number.POSITIVE_INFINITY);
    if (nextId === undefined) this.#withdrawals.clear();
    pumpSoon();
  }

  /** What the storage had is gone. */
  #storeAgain(): void {
    const { storage, queues } = this.#port;
    const sealed: SealedRequest[] = [];
    const entries: Entry[] = [];
    for (const queue of queues.values()) {
      sealed.push(...queue.sealed);
      for (const request of queue.sealed) entries.push(...request.entries);
      for (let i = 0; i < queue.waiting.length; i++) entries.push(queue.waiting.at(i) as Entry);
    }
    entries.sort((a, b) => a.id - b.id);
    for (const entry of entries) storage.append(entry);
    for (const request of sealed) storage.seal(request);
  }
}
