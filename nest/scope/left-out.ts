import { AsyncLocalStorage } from 'node:async_hooks';

const storage = new AsyncLocalStorage<true>();

/**
 * Marks what runs for a request that the application leaves out with `ignore`: without it an error of such a request
 * would look like one that happened outside of every request.
 */
export const leftOut = {
  run<T>(fn: () => T): T {
    return storage.run(true, fn);
  },
  isCurrent(): boolean {
    return storage.getStore() === true;
  },
};
