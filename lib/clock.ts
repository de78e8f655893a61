import { AsyncResource } from 'node:async_hooks';
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

/** Time as one client sees it. */
export interface ClientClock extends Clock {
  /** No timer outlives this: whoever waits for one is told that the time is up, the others are cancelled. */
  stop(): void;
}

interface Timer {
  readonly cancel: () => void;
  /** What a waiting caller is told; undefined for work that nobody waits for. */
  readonly timeUp: (() => void) | undefined;
}

/**
 * A clock whose timers run outside the caller's scope, and end with the client. A timer that is set again and again would
 * otherwise keep the request alive in memory that happened to set it first.
 */
export function clientClock(clock: Clock): ClientClock {
  const outside = new AsyncResource('countly-weave.timers');
  const timers = new Set<Timer>();
  let stopped = false;
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    after(ms, task, holdProcess = false) {
      if (stopped) {
        if (holdProcess) queueMicrotask(task);
        return () => {};
      }
      const fired = () => {
        timers.delete(timer);
        task();
      };
      const cancel = outside.runInAsyncScope(() => clock.after(ms, fired, holdProcess));
      const timer: Timer = { cancel, timeUp: holdProcess ? fired : undefined };
      timers.add(timer);
      return () => {
        timers.delete(timer);
        cancel();
      };
    },
    stop() {
      stopped = true;
      for (const { cancel, timeUp } of [...timers]) {
        cancel();
        timeUp?.();
      }
      timers.clear();
    },
  };
}
