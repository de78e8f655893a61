import { describe, expect, it } from 'vitest';
import { systemClock } from '../../lib/clock.js';
import { createStorage } from '../../lib/journal/create-storage.js';
import { JournalStorage } from '../../lib/journal/journal.js';
import { MemoryStorage } from '../../lib/journal/memory.js';

describe('createStorage', () => {
  it('makes what the durability asks for', () => {
    const options = { path: '/nowhere', clock: systemClock };
    expect(createStorage({ ...options, durability: 'memory' })).toBeInstanceOf(MemoryStorage);
    expect(createStorage({ ...options, durability: 'sync' })).toBeInstanceOf(JournalStorage);
    expect(createStorage(options)).toBeInstanceOf(JournalStorage);
  });
});
