import type { Entry, SealedPath, SealedRequest } from '../protocol/entry.js';
import { RequestHead } from '../protocol/head.js';
import type { Admission } from './admission.js';
import { type DeviceQueue, isWithdrawn, MOST_TOGETHER, type Withdrawal } from './device-queues.js';
import type { EntryQueue } from './entry-queue.js';
import type { OutboxOptions, OutboxPort } from './port.js';
import type { Schedule } from './schedule.js';
import { ViewsInRequest } from './views-in-request.js';

/** Characters of content in one HTTP request; a proxy in front of a Countly server often refuses more (docs/protocol.md §1.4). */
const MAX_REQUEST_SIZE = 1_000_000;
const MOMENT_MS = 1000;
/** Longest wait for a storage before a request leaves. */
const COMMIT_MS = 5000;
// What may not change places: who the person is, and what the server may keep of them, hold from here on.
const BARRIERS = new Set(['core', 'sessions', 'users']);
// What has a request of its own and stands for itself: how many there are matters, not what came before.
const INDEPENDENT = new Set(['apm', 'crashes']);
/** So many of these leave one by one in a moment; each then has a duplicate check of its own. */
const FEW = 10;

/** Makes requests of what waits for a device and fixes their bytes; takes out what must not be sent any more. */
export class Requests {
  readonly #head: RequestHead;
  #uncommitted = false;
  #committed: Promise<void> = Promise.resolve();

  constructor(
    private readonly options: OutboxOptions,
    private readonly port: OutboxPort,
    private readonly admission: Admission,
    private readonly schedule: Schedule,
  ) {
    this.#head = new RequestHead(options.appVersion);
  }

  /**
   * What leaves next for the device: a request, or many that stand for themselves when they come faster than one by one.
   * What was tried before goes first. Empty when nothing is left.
   */
  next(queue: DeviceQueue, path: SealedPath): readonly SealedRequest[] {
    this.#dropExpired(queue);
    const { maxEvents, delivery, eventQueueSize, inOrder } = this.options;
    const most = queue.together;
    if (queue.sealed.length === 0) {
      const many = most > 1 && inOrder !== true ? takeIndependent(queue.waiting, most) : [];
      const next = () =>
        inOrder === true ? takeInOrder(queue.waiting, maxEvents) : takeRequest(queue.waiting, maxEvents);
      const requests = many.length > 0 ? many.map((entry) => [entry]) : [next()];
      queue.urgent = queue.waiting.length >= eventQueueSize;
      for (const entries of requests) {
        const bulk = many.length > 0 && delivery === 'auto';
        if (entries.length > 0) queue.sealed.push(this.#seal(queue, entries, bulk ? '/i/bulk' : path));
      }
    }
    const first = queue.sealed[0]?.path;
    const other = queue.sealed.findIndex(({ path, entries }) => path !== first || !entries.every(isIndependent));
    return queue.sealed.slice(0, Math.max(1, Math.min(most, other < 0 ? most : other)));
  }

  split(queue: DeviceQueue): void {
    const request = queue.sealed.shift();
    if (request === undefined) return;
    const { entries, path } = request;
    const middle = entries.length >> 1;
    const halves = [entries.slice(0, middle), entries.slice(middle)];
    queue.sealed.unshift(...halves.map((half) => this.#seal(queue, half, path)));
    this.applyWithdrawal(queue);
  }

  /** Removes entries of features the device took back, also from requests that were tried before. */
  withdraw(queue: DeviceQueue, withdrawals: readonly Withdrawal[]): readonly Entry[] {
    const removed = queue.waiting.reject((entry) => !isWithdrawn(entry, withdrawals));
    this.admission.dropped(removed, 'consent');
    // A request under way cannot be called back; should it fail, it goes out again without them.
    queue.withdrawn = [...queue.withdrawn, ...withdrawals];
    if (!queue.busy) this.applyWithdrawal(queue);
    return removed;
  }

  applyWithdrawal(queue: DeviceQueue): void {
    const { withdrawn } = queue;
    if (withdrawn.length === 0) return;
    queue.withdrawn = [];
    for (const request of queue.sealed.splice(0)) {
      const gone = request.entries.filter((entry) => isWithdrawn(entry, withdrawn));
      const left = request.entries.filter((entry) => !isWithdrawn(entry, withdrawn));
      // Sealed before the others are settled: a storage that keeps a request in one piece must never have none of it.
      if (gone.length === 0) queue.sealed.push(request);
      else if (left.length > 0) queue.sealed.push(this.#seal(queue, left, request.path));
      this.admission.dropped(gone, 'consent');
    }
  }

  /**
   * Resolves when the bytes of every request made so far are as safe as the storage makes them.
   * Without it a process killed now would send the entries again in other requests, which no server recognises.
   */
  committed(): Promise<void> {
    if (this.#uncommitted) {
      this.#uncommitted = false;
      this.#committed = this.#commit();
    }
    return this.#committed;
  }

  /** A storage that hangs must not stop the delivery of what is in memory. */
  #commit(): Promise<void> {
    const { storage, clock, reporter } = this.port;
    return new Promise((resolve) => {
      const cancel = clock.after(COMMIT_MS, () => {
        const text = `The storage has not committed within ${COMMIT_MS / 1000} s; requests leave without waiting for it.`;
        reporter.warn('storage.late', text);
        resolve();
      });
      const end = (): void => {
        cancel();
        resolve();
      };
      storage.commit().then(end, end);
    });
  }

  #seal(queue: DeviceQueue, entries: readonly Entry[], wanted: SealedPath): SealedRequest {
    const last = entries[entries.length - 1] as Entry;
    // A file cannot travel with others.
    const path = last.kind === 'picture' ? '/i' : wanted;
    const head = this.#head.of(last, this.#timeOf(queue, last), this.schedule.size + 1);
    const request = { deviceId: queue.deviceId, path, head, entries };
    this.port.storage.seal(request);
    this.#uncommitted = true;
    return request;
  }

  /**
   * A server takes two requests with the same content and time in a row for one that was repeated (docs/protocol.md
   * §2.8), so those of one moment follow each other. What is older on purpose keeps its time.
   */
  #timeOf(queue: DeviceQueue, { timestamp }: Entry): number {
    const ahead = queue.lastTime - timestamp;
    queue.lastTime = ahead >= 0 && ahead < MOMENT_MS ? queue.lastTime + 1 : timestamp;
    return queue.lastTime;
  }

  #dropExpired(queue: DeviceQueue): void {
    const { maxAge } = this.options;
    if (maxAge === 0) return;
    const { admission } = this;
    const limit = this.port.clock.now() - maxAge;
    while ((queue.waiting.at(0)?.timestamp ?? limit) < limit) admission.dropped(queue.waiting.take(1), 'expired');
    while (queue.sealed[0]?.entries.every((entry) => entry.timestamp < limit)) {
      admission.dropped((queue.sealed.shift() as SealedRequest).entries, 'expired');
    }
  }
}

function isIndependent({ kind, feature, idType }: Entry): boolean {
  // What callers say themselves (9) may be anything besides.
  return kind === 'request' && INDEPENDENT.has(feature) && idType !== 9;
}

/** Takes what may leave together out of the front of a queue, also from between events; nothing while it is only a few. */
function takeIndependent(queue: EntryQueue, most: number): Entry[] {
  const found: Entry[] = [];
  const between: Entry[] = [];
  const front = queue.at(0);
  if (front === undefined || !isIndependent(front)) return [];
  // The bound keeps the work proportional to what is taken.
  for (let i = 0; i < 2 * MOST_TOGETHER && found.length < MOST_TOGETHER; i++) {
    const entry = queue.at(i);
    if (entry === undefined || BARRIERS.has(entry.feature)) break;
    (isIndependent(entry) ? found : between).push(entry);
  }
  if (found.length < FEW) return [];
  const taken = found.slice(0, most);
  queue.take(found.length + between.length);
  const rest = [...between, ...found.slice(most)].sort((a, b) => a.id - b.id);
  if (rest.length > 0) queue.insert(rest);
  return taken;
}

/** Takes what is next, as it came. A merge of ids and a picture have to be in front before they leave, and leave alone. */
function takeInOrder(queue: EntryQueue, most: number): Entry[] {
  const standsAlone = (entry: Entry | undefined) => entry?.kind === 'picture' || entry?.feature === 'core';
  if (standsAlone(queue.at(0))) return queue.take(1);
  let count = 0;
  while (count < Math.min(most, queue.length) && !standsAlone(queue.at(count))) count++;
  return queue.take(count);
}

/**
 * Takes the entries of a device's next request out of its queue: events together, also those behind a crash or a trace,
 * but not behind what changes what the server knows of the device, and only of one journal; anything else alone.
 */
function takeRequest(queue: EntryQueue, maxEvents: number): Entry[] {
  const first = queue.at(0);
  if (first === undefined || first.kind !== 'event') return queue.take(1);
  const events: Entry[] = [];
  const between: Entry[] = [];
  const views = new ViewsInRequest();
  let size = 0;
  let scanned = 0;
  // The bound keeps the work proportional to what is taken.
  for (; scanned < maxEvents * 2 && events.length < maxEvents; scanned++) {
    const entry = queue.at(scanned);
    if (entry === undefined || entry.origin !== first.origin) break;
    if (entry.kind !== 'event') {
      if (BARRIERS.has(entry.feature)) break;
      between.push(entry);
      continue;
    }
    size += entry.body.length;
    const fits = views.admits(entry, events) && size <= MAX_REQUEST_SIZE;
    if (events.length > 0 && !fits) break;
    events.push(entry);
  }
  queue.take(scanned);
  if (between.length > 0) queue.insert(between);
  return events;
}
