import { describe, expect, it } from 'vitest';
import { systemClock } from '../../lib/clock.js';
import { CustomStorage } from '../../lib/compat/custom-storage.js';
import { ForeignStorage } from '../../lib/journal/foreign-storage.js';
import { MemoryStorage } from '../../lib/journal/memory.js';
import type { EntryDraft } from '../../lib/protocol/entry.js';
import type { HeadCut } from '../../lib/protocol/head.js';
import { storageContract } from '../../lib/testing/storage-contract.js';
import { recorded } from '../support/recorded.js';

/** Keeps what it was given as a user's would: as copies. */
class CopyingStorage extends MemoryStorage {
  readonly copies: unknown[] = [];
  readonly cuts: (HeadCut | undefined)[] = [];

  override append(entry: EntryDraft): number {
    this.copies.push({ ...entry }, structuredClone(entry), JSON.parse(JSON.stringify(entry)));
    return super.append(entry);
  }

  override seal(_ids?: readonly number[], _path?: string, head?: string, cut?: HeadCut): void {
    if (cut) expect(cut.frame.before + cut.deviceId + cut.frame.middle + cut.timestamp + cut.frame.after).toBe(head);
    this.cuts.push(cut);
  }
}

describe('a storage of the user’s own', () => {
  it('may copy what it is given, and finds all of it in the copy and nothing else', async () => {
    const storage = new CopyingStorage();
    const test = recorded({ deviceId: 'u1', storage });
    const timestamp = test.clock.now();
    test.client.addEvent('paid');
    const said = {
      deviceId: 'u1',
      idType: 0,
      kind: 'event',
      feature: 'events',
      timestamp,
      tz: expect.any(Number),
      body: expect.stringContaining('"key":"paid"'),
      weight: 1,
    };
    expect(storage.copies).toEqual([said, said, said]);
    await test.client.flush();
    expect(storage.cuts).toEqual([{ frame: expect.anything(), deviceId: 'u1', timestamp: expect.any(Number) }]);
    expect(storage.cuts.map((cut) => Object.keys(cut ?? {}))).toEqual([['frame', 'deviceId', 'timestamp']]);
    await test.close();
  });
});

describe('ForeignStorage passes on all calls', () => {
  // The compat's storage forgets nothing when it is made anew over what the one before has written.
  const subject = () => {
    const rows = new Map<string, string>();
    const method = {
      storeSet: (key: string, value: unknown) => void rows.set(key, JSON.stringify(value)),
      storeGet: (key: string, fallback: unknown) => (rows.has(key) ? JSON.parse(rows.get(key) ?? '') : fallback),
      storeRemove: (key: string) => void rows.delete(key),
    };
    const create = () => new ForeignStorage(new CustomStorage(method, systemClock));
    return { storage: create(), restart: create };
  };
  for (const { name, run } of storageContract(subject)) it(name, run);
});
