import { describe, expect, it } from 'vitest';
import { systemClock } from '../../lib/clock.js';
import { CustomStorage } from '../../lib/compat/custom-storage.js';
import type { CustomStorageMethod } from '../../lib/compat/index.js';
import type { Entry } from '../../lib/protocol/entry.js';
import { ManualClock } from '../../lib/testing/manual-clock.js';
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

const draft = (id: number): Entry => ({
  id,
  deviceId: 'u1',
  idType: 0,
  kind: 'event',
  feature: 'events',
  timestamp: id,
  tz: 0,
  weight: 1,
  body: '{}',
});

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
    for (let times = 0; times < 2; times++) {
      storage.settle([]);
      await storage.commit();
    }
    expect(storage.stats().degraded).toContain('storeSet failed');
    expect(warnings).toHaveLength(1);
    await storage.close();
  });

  it('is well again when the storage takes something again', async () => {
    const method = database();
    const storage = new CustomStorage(method, systemClock);
    const { storeSet } = method;
    method.storeSet = () => {
      throw new Error('down');
    };
    storage.append(draft(1));
    await storage.commit();
    expect(storage.stats().degraded).toBeDefined();
    method.storeSet = storeSet;
    storage.append(draft(2));
    await storage.commit();
    expect(storage.stats().degraded).toBeUndefined();
    await storage.close();
    const { entries } = await new CustomStorage(method, systemClock).recover({ entries: 9, bytes: 1000 });
    expect(entries).toEqual([draft(1), draft(2)]);
  });

  it('takes what is readable of what it finds', async () => {
    const method = database();
    const entries = [null, 'text', { id: 1 }, draft(2)];
    method.storeSet('cly_weave_queue', { entries, seals: [null, { ids: 2 }, { head: 7, ids: [2] }] });
    const storage = new CustomStorage(method, systemClock);
    const found = await storage.recover({ entries: 9, bytes: 1000 });
    expect(found).toEqual({ entries: [draft(2)], sealed: [], nextId: undefined });
    await storage.close();
  });

  it('writes nothing after it was closed', async () => {
    const method = database();
    const clock = new ManualClock();
    const storage = new CustomStorage(method, clock);
    storage.append(draft(1));
    await storage.close();
    const before = [...method.rows.values()];
    storage.append(draft(2));
    storage.settle([draft(1)]);
    clock.advance(1000);
    expect([...method.rows.values()]).toEqual(before);
    expect(clock.pendingTimers).toBe(0);
  });

  it('is read in parts, a sealed request as a whole', async () => {
    const method = database();
    const first = new CustomStorage(method, systemClock);
    const entries = [1, 2, 3, 4, 5, 6].map(draft);
    for (const entry of entries) first.append(entry);
    const sealed = { deviceId: 'u1', path: '/i', head: '"device_id":"u1"', entries: entries.slice(1, 4) } as const;
    first.seal(sealed);
    await first.close();
    const next = new CustomStorage(method, systemClock);
    const room = { entries: 2, bytes: 1000 };
    expect(await next.recover(room)).toEqual({ entries: [entries[0]], sealed: [], nextId: 2 });
    expect(await next.recover(room)).toEqual({ entries: [], sealed: [sealed], nextId: 5 });
    expect(await next.recover(room)).toEqual({ entries: entries.slice(4), sealed: [], nextId: undefined });
  });
});
