import { AsyncResource } from 'node:async_hooks';
import type { Clock } from '../clock.js';

/**
 * A clock whose timers run outside the caller's scope. A timer that is set again and again would otherwise keep the
 * request alive in memory that happened to set it first.
 */
export function outsideScopes(clock: Clock): Clock {
  const outside = new AsyncResource('countly-weave.timers');
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    after: (ms, task, holdProcess) => outside.runInAsyncScope(() => clock.after(ms, task, holdProcess)),
  };
}
