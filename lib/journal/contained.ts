import type { Reporter } from '../logger.js';
import type { Recovered, Storage } from './storage.js';
import { reasonOf } from './warnings.js';

const NOTHING: Recovered = Object.freeze({ entries: [], sealed: [] });

/** A storage of the user's own, which may break its contract: what it throws is told once and stays here. */
export function containedStorage(storage: Storage, reporter: Reporter): Storage {
  function told<T>(method: keyof Storage, otherwise: T): (error: unknown) => T {
    return (error) => {
      const text = `The storage failed in ${method}() (${reasonOf(error)}); entries are kept in memory.`;
      reporter.warn(`storage.${method}`, text);
      return otherwise;
    };
  }
  function attempt<T>(method: keyof Storage, otherwise: T, work: () => T): T {
    try {
      return work();
    } catch (error) {
      return told(method, otherwise)(error);
    }
  }
  const later = async <T>(method: keyof Storage, otherwise: T, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      return told(method, otherwise)(error);
    }
  };
  return {
    open: (listener) => attempt('open', undefined, () => storage.open(listener)),
    append: (entry) => attempt('append', undefined, () => storage.append(entry)),
    seal: (request) => attempt('seal', undefined, () => storage.seal(request)),
    settle: (entries) => attempt('settle', undefined, () => storage.settle(entries)),
    recover: (room) => later('recover', NOTHING, () => storage.recover(room)),
    commit: () => later('commit', undefined, () => storage.commit()),
    commitSync: () => attempt('commitSync', undefined, () => storage.commitSync()),
    close: () => later('close', undefined, () => storage.close()),
    stats: () => attempt('stats', { bytesWritten: 0 }, () => storage.stats()),
  };
}
