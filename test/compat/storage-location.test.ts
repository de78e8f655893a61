import { describe, expect, it } from 'vitest';
import { systemClock } from '../../lib/clock.js';
import type { CustomStorageMethod } from '../../lib/compat/index.js';
import { CustomStorage } from '../../lib/compat/storage-location.js';
import { storageContract } from '../../lib/testing/storage-contract.js';

/** Keeps texts, as a database would. */
function database(): CustomStorageMethod & { readonly rows: Map<string, string> } {
  const rows = new Map<string, string>();
  return {
    rows,
    storeSet: (key, value) => void rows.set(key, JSON.stringify(value)),
    storeGet: (key, fallback) => (rows.has(key) ? JSON.parse(rows.get(key) ?? '') : fallback),
    storeRemove: (key) => void rows.delete(key),
  };
}

describe('a queue in a storage of the user’s own', () => {
  const cases = storageContract(() => {
    const method = database();
    return {
      storage: new CustomStorage(method, systemClock),
      restart: () => new CustomStorage(method, systemClock),
    };
  });
  it.each(cases.map(({ name, run }) => [name, run] as const))('%s', (_name, run) => run());

  it('goes on in memory when the storage throws, and says so once', async () => {
    const warnings: string[] = [];
    const storage = new CustomStorage(
      {
        storeGet: () => {
          throw new Error('down');
        },
        storeSet: () => {
          throw new Error('down');
        },
        storeRemove: () => {},
      },
      systemClock,
    );
    storage.open({ found: () => {}, lost: () => {}, warn: (message) => warnings.push(message) });
    storage.settle([]);
    await storage.commit();
    expect(storage.stats().degraded).toContain('storeSet failed');
    expect(warnings).toHaveLength(1);
    await storage.close();
  });
});
