import { counted, isList, member } from '../check.js';
import { hearFailure } from '../errors.js';
import type { Reporter } from '../logger.js';
import { isEntry, type SealedRequest } from '../protocol/entry.js';
import { NOTHING } from './memory.js';
import type { Recovered, Storage, StorageStats } from './storage.js';
import { reasonOf } from './warnings.js';

/** A storage of the user's own, which may break its contract: what it throws, or hands out wrong, is told once and stays here. */
export function containedStorage(storage: Storage, reporter: Reporter): Storage {
  function told(method: keyof Storage, error: unknown): void {
    const text = `The storage failed in ${method}() (${reasonOf(error)}); entries are kept in memory.`;
    reporter.warn(`storage.${method}`, text);
  }
  function attempt<T>(method: keyof Storage, otherwise: T, work: () => T): T {
    try {
      const done = work();
      // An asynchronous method may stand in the place of one that must not wait.
      hearFailure(done, (error) => told(method, error));
      return done;
    } catch (error) {
      told(method, error);
      return otherwise;
    }
  }
  async function later<T>(method: keyof Storage, otherwise: T, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      told(method, error);
      return otherwise;
    }
  }
  const odd = (count: number) =>
    told('recover', `of what it handed out ${counted(count, 'item')} ${count === 1 ? 'is' : 'are'} no entry`);
  return {
    open: (listener) => attempt('open', undefined, () => storage.open(listener)),
    append: (entry) => attempt('append', undefined, () => storage.append(entry)),
    seal: (request) => attempt('seal', undefined, () => storage.seal(request)),
    settle: (entries, outcome) => attempt('settle', undefined, () => storage.settle(entries, outcome)),
    recover: (room) => later('recover', NOTHING, async () => wellFormed(await storage.recover(room), odd)),
    commit: () => later('commit', undefined, () => storage.commit()),
    commitSync: () => attempt('commitSync', undefined, () => storage.commitSync()),
    close: () => later('close', undefined, () => storage.close()),
    stats: () => statsFrom(attempt<unknown>('stats', undefined, () => storage.stats())),
  };
}

/** What it hands out as far as it is what it was given. */
function wellFormed(found: unknown, odd: (count: number) => void): Recovered {
  const [allEntries, allSealed, nextId] = [listAt(found, 'entries'), listAt(found, 'sealed'), member(found, 'nextId')];
  const entries = allEntries.filter(isEntry);
  const sealed = allSealed.filter(isSealed);
  const left = allEntries.length - entries.length + allSealed.length - sealed.length;
  if (left > 0) odd(left);
  return { entries, sealed, nextId: Number.isSafeInteger(nextId) ? (nextId as number) : undefined };
}

function statsFrom(said: unknown): StorageStats {
  const [bytes, degraded] = [member(said, 'bytesWritten'), member(said, 'degraded')];
  const bytesWritten = typeof bytes === 'number' && bytes >= 0 ? bytes : 0;
  return typeof degraded === 'string' ? { bytesWritten, degraded } : { bytesWritten };
}

function isSealed(value: unknown): value is SealedRequest {
  const [path, entries] = [member(value, 'path'), listAt(value, 'entries')];
  const texts = [member(value, 'deviceId'), member(value, 'head')].every((it) => typeof it === 'string' && it !== '');
  return texts && (path === '/i' || path === '/i/bulk') && entries.length > 0 && entries.every(isEntry);
}

function listAt(value: unknown, name: string): readonly unknown[] {
  const list = member(value, name);
  return isList(list) ? list : [];
}
