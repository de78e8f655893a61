import type { Recovered } from '../journal/storage.js';
import type { Entry, SealedRequest } from '../protocol/entry.js';
import type { DeviceQueue, Withdrawal } from './device-queues.js';
import type { OutboxParts } from './parts.js';
import type { OutboxOptions } from './port.js';

/** Until the storage is asked again for what it could not read. */
const READ_AGAIN_MS = 5000;
const MOST_WARNINGS = 20;

/** Takes what earlier processes left out of the storage, as there is room, and puts it where it belongs. */
export class StorageReader {
  /** Set while something is being read. */
  reading: Promise<void> | undefined;
  stopped = false;
  #told = 0;
  /** What people took back while entries of theirs stood unread, by their devices. */
  readonly #withdrawals = new Map<string, readonly Withdrawal[]>();

  constructor(
    private readonly outbox: OutboxParts,
    private readonly options: OutboxOptions,
  ) {}

  open(): void {
    const { storage, order } = this.outbox;
    storage.open({
      found: () => {
        order.readUpTo(0);
        this.readOn();
      },
      lost: () => this.#storeAgain(),
      warn: (message) => this.#tell(message),
    });
    this.readOn();
  }

  /** What a person took back holds for what is still unread, too. */
  withdraw(deviceId: string, withdrawal: Withdrawal): void {
    if (!this.outbox.order.hasUnread) return;
    this.#withdrawals.set(deviceId, [...(this.#withdrawals.get(deviceId) ?? []), withdrawal]);
  }

  readOn(): void {
    const { storage, admission, order, clock } = this.outbox;
    if (this.reading !== undefined || this.stopped || !order.hasUnread) return;
    const { room } = admission;
    if (room === undefined) return;
    this.reading = storage.recover(room).then((found) => {
      this.reading = undefined;
      if (this.stopped) return;
      this.#take(found);
      // What could not be read now may be readable later.
      const nothing = found.entries.length + found.sealed.length === 0;
      if (nothing && order.hasUnread) clock.after(READ_AGAIN_MS, () => this.readOn());
      else this.readOn();
    });
  }

  /** Each cause once; more than a few would be a flood. */
  #tell(message: string): void {
    if (typeof message !== 'string' || this.#told >= MOST_WARNINGS) return;
    this.#told++;
    this.outbox.reporter.warn(`storage:${message}`, message);
  }

  #take({ entries, sealed, nextId }: Recovered): void {
    const { admission, queues, order, requests, named, emptied, pumpSoon } = this.outbox;
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
      const withdrawn = this.#withdrawals.get(queue.deviceId);
      if (withdrawn !== undefined) requests.withdraw(queue, withdrawn);
      if (queue.isEmpty && !queue.busy) emptied(queue);
      else if (!queue.busy) this.#ready(queue);
    }
    order.readUpTo(nextId ?? Number.POSITIVE_INFINITY);
    if (nextId === undefined) this.#withdrawals.clear();
    pumpSoon();
  }

  #ready(queue: DeviceQueue): void {
    const { clock, schedule } = this.outbox;
    const { readsNews, eventQueueSize, flushInterval } = this.options;
    const now = clock.monotonic();
    queue.since = now - Math.max(0, clock.now() - (queue.waiting.at(0)?.timestamp ?? 0));
    queue.urgent = queue.waiting.length >= eventQueueSize;
    const waits = readsNews === true && queue.sealed.length === 0 && !queue.urgent;
    if (!waits || queue.since + flushInterval <= now) schedule.due.add(queue);
    else if (queue.list === undefined) schedule.resume(queue);
  }

  #storeAgain(): void {
    const { storage, queues } = this.outbox;
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
