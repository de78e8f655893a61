import type { Clock } from '../clock.js';
import { MemoryStorage } from '../journal/memory.js';
import type { Storage } from '../journal/storage.js';
import type { Dispatcher } from './dispatcher.js';

/** What a flush achieved: entries delivered and dropped while it ran, and those still waiting. */
export interface FlushResult {
  /** Entries the server took since the call. */
  readonly delivered: number;
  /** Entries that still wait. */
  readonly pending: number;
  /** Entries given up since the call. */
  readonly dropped: number;
}

/** The moment until which somebody waits. */
export interface Deadline {
  readonly passed: boolean;
  /** Resolves when it has passed. */
  readonly reached: Promise<void>;
}

/**
 * Does work that a caller waits for. The timer may hold the process, which sockets and all other timers may not: it is
 * what keeps a process alive for the time of a flush.
 */
export async function withDeadline(
  clock: Clock,
  timeout: number,
  work: (deadline: Deadline) => Promise<void>,
): Promise<void> {
  const deadline = { passed: false, reached: Promise.resolve() };
  let cancel = () => {};
  deadline.reached = new Promise((resolve) => {
    const end = () => {
      deadline.passed = true;
      resolve();
    };
    cancel = clock.after(timeout, end, true);
  });
  try {
    await work(deadline);
  } finally {
    cancel();
  }
}

/** Resolves when the server is not there and all that waits is kept for the next process. */
export async function inVain(storage: Storage, dispatcher: Dispatcher): Promise<void> {
  for (;;) {
    await dispatcher.hopeless();
    if (storage instanceof MemoryStorage) continue;
    await storage.commit();
    if (storage.stats().degraded === undefined) return;
  }
}
