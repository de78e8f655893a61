import { describe, expect, it } from 'vitest';
import { MemoryStorage } from '../../lib/journal/memory.js';
import { storageContract } from '../../lib/testing/storage-contract.js';
import { event } from './support/entries.js';

describe('MemoryStorage', () => {
  for (const { name, run } of storageContract(() => ({ storage: new MemoryStorage() }))) it(name, run);

  it('writes nothing', async () => {
    const storage = new MemoryStorage();
    storage.append();
    expect(storage.stats()).toEqual({ bytesWritten: 0 });
    expect(event(1).id).toBeGreaterThan(0);
  });
});
