import { AsyncResource } from 'node:async_hooks';
import { performance } from 'node:perf_hooks';
import * as timers from 'node:timers';

// Node's own, taken once: test runners put others in the place of the globals, before or after this is loaded, and then
// nothing would be delivered and no `close` would ever end.
export const { clearTimeout, setImmediate, setTimeout } = timers;
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

/** Its timers run outside the caller's scope, as one that sets itself again would keep a request alive, and end with the client. */
export function clientClock(clock: Clock): ClientClock {
  const outside = new AsyncResource('countly-weave.timers');
  /** What cancels each timer, and what is told to a caller who waits for it. */
  const timers = new Map<() => void, (() => void) | undefined>();
  let stopped = false;
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    after(ms, task, holdProcess = false) {
      if (stopped) {
        if (holdProcess) void Promise.resolve().then(task);
        return () => {};
      }
      const fired = () => {
        timers.delete(cancel);
        task();
      };
      const cancel = outside.runInAsyncScope(() => clock.after(ms, fired, holdProcess));
      timers.set(cancel, holdProcess ? fired : undefined);
      return () => {
        timers.delete(cancel);
        cancel();
      };
    },
    stop() {
      stopped = true;
      for (const [cancel, timeUp] of [...timers]) {
        cancel();
        timeUp?.();
      }
      timers.clear();
    },
  };
}
