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

/** The machine's clock. */
export const systemClock: Clock = {
  now: Date.now,
  monotonic: () => performance.now(),
  after(ms, task, holdProcess = false) {
    const timer = setTimeout(task, ms);
    if (!holdProcess) timer.unref();
    return () => clearTimeout(timer);
  },
};
