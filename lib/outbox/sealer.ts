import type { Clock } from '../clock.js';
import type { Storage } from '../journal/storage.js';
import type { Entry, SealedPath, SealedRequest } from '../protocol/entry.js';
import { RequestHeads } from '../protocol/head.js';
import type { Accounts } from './accounts.js';
import { takeNextRequest } from './batcher.js';
import type { DeviceQueue } from './device-queue.js';
import { idsOf } from './ids-of.js';

/** Characters of content in one HTTP request; a proxy in front of a Countly server often refuses more (docs/protocol.md §1.4). */
const MAX_REQUEST_SIZE = 1_000_000;
const MOMENT_MS = 1000;

export interface SealerOptions {
  readonly appVersion: string | undefined;
  readonly maxEvents: number;
  /** Milliseconds after which an entry is no longer worth sending; 0 for never. */
  readonly maxAge: number;
}

/** Makes requests of what waits for a device and fixes their bytes; takes out what must not be sent any more. */
export class Sealer {
  readonly #options: SealerOptions;
  readonly #clock: Clock;
  readonly #storage: Storage;
  readonly #accounts: Accounts;
  readonly #heads: RequestHeads;
  #uncommitted = false;

  constructor(options: SealerOptions, clock: Clock, storage: Storage, accounts: Accounts) {
    this.#options = options;
    this.#heads = new RequestHeads(options.appVersion);
    this.#clock = clock;
    this.#storage = storage;
    this.#accounts = accounts;
  }

  /** The device's next request: one that was tried before, else a new one. Undefined when nothing is left. */
  next(queue: DeviceQueue, path: SealedPath): SealedRequest | undefined {
    this.#dropExpired(queue);
    if (queue.sealed.length === 0) {
      const { maxEvents } = this.#options;
      const entries = takeNextRequest(queue.waiting, { maxEvents, maxSize: MAX_REQUEST_SIZE });
      queue.urgent = false;
      if (entries.length > 0) queue.sealed = [this.#seal(queue, entries, path)];
    }
    return queue.sealed[0];
  }

  /** Replaces the first request by two of half its entries. */
  split(queue: DeviceQueue): void {
    const request = queue.sealed.shift();
    if (request === undefined) return;
    const middle = request.entries.length >> 1;
    queue.sealed.unshift(
      this.#seal(queue, request.entries.slice(0, middle), request.path),
      this.#seal(queue, request.entries.slice(middle), request.path),
    );
    this.applyWithdrawal(queue);
  }

  /** Removes entries of features the device took back, also from requests that were tried before. */
  withdraw(queue: DeviceQueue, features: ReadonlySet<string>): readonly Entry[] {
    const removed = queue.waiting.reject((entry) => !features.has(entry.feature));
    this.#accounts.dropped(removed, 'consent');
    // A request under way cannot be called back; should it fail, it goes out again without them.
    queue.withdrawn = new Set([...(queue.withdrawn ?? []), ...features]);
    if (!queue.busy) this.applyWithdrawal(queue);
    return removed;
  }

  applyWithdrawal(queue: DeviceQueue): void {
    const { withdrawn } = queue;
    if (withdrawn === undefined) return;
    queue.withdrawn = undefined;
    for (const request of queue.sealed.splice(0)) {
      const gone = request.entries.filter((entry) => withdrawn.has(entry.feature));
      if (gone.length === 0) {
        queue.sealed.push(request);
        continue;
      }
      this.#accounts.dropped(gone, 'consent');
      const left = request.entries.filter((entry) => !withdrawn.has(entry.feature));
      if (left.length > 0) queue.sealed.push(this.#seal(queue, left, request.path));
    }
  }

  /**
   * Resolves when the bytes of every request made so far are as safe as the storage makes them; undefined when they are.
   * Without it a process killed now would send the entries again in other requests, which no server recognises.
   */
  committed(): Promise<void> | undefined {
    if (!this.#uncommitted) return undefined;
    this.#uncommitted = false;
    return this.#storage.commit();
  }

  #seal(queue: DeviceQueue, entries: readonly Entry[], path: SealedPath): SealedRequest {
    const { text: head, cut } = this.#heads.of(entries, this.#timeOf(queue, entries));
    this.#storage.seal(idsOf(entries), path, head, cut);
    this.#uncommitted = true;
    return { deviceId: (entries[0] as Entry).deviceId, path, head, entries };
  }

  /**
   * A server takes two requests with the same content and time in a row for one that was repeated (docs/protocol.md §2.8), so
   * those of one moment follow each other. What is older on purpose keeps its time.
   */
  #timeOf(queue: DeviceQueue, entries: readonly Entry[]): number {
    const { timestamp } = entries[entries.length - 1] as Entry;
    const ahead = queue.lastTime - timestamp;
    queue.lastTime = ahead >= 0 && ahead < MOMENT_MS ? queue.lastTime + 1 : timestamp;
    return queue.lastTime;
  }

  #dropExpired(queue: DeviceQueue): void {
    const { maxAge } = this.#options;
    if (maxAge === 0) return;
    const limit = this.#clock.now() - maxAge;
    while ((queue.waiting.at(0)?.timestamp ?? limit) < limit) {
      this.#accounts.dropped([queue.waiting.shift() as Entry], 'expired');
    }
    while (queue.sealed[0]?.entries.every((entry) => entry.timestamp < limit)) {
      this.#accounts.dropped((queue.sealed.shift() as SealedRequest).entries, 'expired');
    }
  }
}
