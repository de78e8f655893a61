import { describe, expect, it } from 'vitest';
import { MemoryStorage } from '../../lib/journal/memory.js';
import { storageContract } from '../../lib/testing/storage-contract.js';
import { event } from './support/drafts.js';

describe('MemoryStorage', () => {
  for (const { name, run } of storageContract(() => ({ storage: new MemoryStorage() }))) it(name, run);

  it('gives ids from 1 and writes nothing', () => {
    const storage = new MemoryStorage();
    expect([storage.append(event(1)), storage.append(event(2))]).toEqual([1, 2]);
    expect(storage.stats()).toEqual({ bytesWritten: 0 });
  });
});
