/** Time as the library sees it; replaced by a virtual clock in tests. */
export interface Clock {
  /** Milliseconds since the epoch. May jump. */
  now(): number;
  /** Milliseconds on a monotonic scale, with microsecond resolution. For durations only. */
  monotonic(): number;
  /**
   * Runs `task` once after `ms`. Returns a function that cancels it. The timer never keeps the process alive, unless
   * `holdProcess` says so – which only a call that the caller waits for may do.
   */
  after(ms: number, task: () => void, holdProcess?: boolean): () => void;
}

/** Timers count milliseconds in 31 bits; a longer delay would be over at once. */
export const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** The machine's clock. */
export const systemClock: Clock = {
  now: Date.now,
  monotonic: () => performance.now(),
  after(ms, task, holdProcess = false) {
    const timer = setTimeout(task, Math.min(ms, LONGEST_DELAY_MS));
    if (!holdProcess) timer.unref();
    return () => clearTimeout(timer);
  },
};
