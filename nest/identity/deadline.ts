import { types } from 'node:util';
import { shownError } from '../../lib/internal.js';

/** Answer of something that failed or came too late. */
export const NO_ANSWER: unique symbol = Symbol('countly-weave.nest.no-answer');

export function isThenable<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  if (types.isPromise(value)) return true;
  // Answers of resolvers mostly; `then` of a text or a number is looked for in vain.
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  try {
    return typeof (value as PromiseLike<T>).then === 'function';
  } catch {
    return false;
  }
}

/**
 * The value, or `NO_ANSWER` when it rejects or takes too long; `failed` then hears why. Never rejects, and a late
 * rejection stays inside.
 */
export function withinDeadline<T>(
  work: PromiseLike<T>,
  ms: number,
  failed: (reason: string) => void,
): Promise<T | typeof NO_ANSWER> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      failed(`it took longer than ${ms} ms`);
      resolve(NO_ANSWER);
    }, ms);
    // A resolver that never answers must not keep the process alive.
    timer.unref();
    // A foreign thenable may throw, or call back twice.
    Promise.resolve(work).then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        failed(shownError(error));
        resolve(NO_ANSWER);
      },
    );
  });
}
