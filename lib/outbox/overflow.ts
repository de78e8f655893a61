import type { Reporter } from '../logger.js';
import type { Entry } from '../protocol/entry.js';
import type { Accounts } from './accounts.js';
import type { DeviceQueue } from './device-queue.js';
import type { DeviceQueues } from './device-queues.js';
import type { Schedule } from './schedule.js';

export interface OverflowLimits {
  readonly maxQueuedEntries: number;
  readonly maxQueuedBytes: number;
}

export interface OverflowPort {
  readonly accounts: Accounts;
  readonly schedule: Schedule;
  readonly queues: DeviceQueues;
  readonly reporter: Reporter;
  /** A device has nothing more to send. */
  emptied(queue: DeviceQueue): void;
  /** A quarter of the room is taken. */
  crowded(): void;
  /** Half of the room is taken. */
  filling(): void;
}

/** Keeps the queue within its bounds: the oldest entries go, counted, and it is said once when there is room again. */
export class Overflow {
  readonly #limits: OverflowLimits;
  readonly #port: OverflowPort;
  #dropped = 0;
  #wasCrowded = false;
  #wasFilling = false;

  constructor(limits: OverflowLimits, port: OverflowPort) {
    this.#limits = limits;
    this.#port = port;
  }

  /** So much waits that nothing should wait for company as well. */
  get isCrowded(): boolean {
    return this.#isOver(0.25);
  }

  get isFilling(): boolean {
    return this.#isOver(0.5);
  }

  /** Called with every new entry. */
  check(): void {
    const { isCrowded } = this;
    const isFilling = isCrowded && this.isFilling;
    if (isCrowded && !this.#wasCrowded) this.#port.crowded();
    this.#wasCrowded = isCrowded;
    if (isFilling && !this.#wasFilling) this.#port.filling();
    this.#wasFilling = isFilling;
    if (isFilling && this.#isOver()) this.#dropOldest();
  }

  /** Called when a device has nothing more to send. */
  relieved(): void {
    if (this.#dropped === 0 || this.#isOver()) return;
    this.#port.reporter.info(`The queue has room again; ${this.#dropped} entries were dropped while it was full.`);
    this.#dropped = 0;
  }

  /** Beyond this part of the room. */
  #isOver(part = 1): boolean {
    const { accounts } = this.#port;
    const { maxQueuedEntries, maxQueuedBytes } = this.#limits;
    return accounts.pendingEntries > part * maxQueuedEntries || accounts.pendingBytes > part * maxQueuedBytes;
  }

  /** Drops from the device that has waited longest. Requests that were tried may have arrived, so they stay. */
  #dropOldest(): void {
    const { accounts, schedule, reporter } = this.#port;
    const { maxQueuedEntries, maxQueuedBytes } = this.#limits;
    while (this.#isOver()) {
      const queue = schedule.oldest();
      const entry = queue?.waiting.shift() ?? this.#anyWaiting();
      if (entry === undefined) return;
      accounts.dropped([entry], 'overflow');
      this.#dropped++;
      if (queue?.isEmpty) this.#port.emptied(queue);
      reporter.warn(
        'overflow',
        `The queue is full (${maxQueuedEntries} entries or ${maxQueuedBytes} bytes); the oldest entries are dropped.`,
        60_000,
      );
    }
  }

  #anyWaiting(): Entry | undefined {
    for (const queue of this.#port.queues.values()) {
      const entry = queue.waiting.shift();
      if (entry !== undefined) return entry;
    }
    return undefined;
  }
}
