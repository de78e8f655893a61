import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Libsql from 'libsql';
import { describe, expect, it } from 'vitest';
import { storageContract } from '../../lib/testing/storage-contract.js';
import { SqliteStorage } from './custom-storage.js';

describe('the storage of one’s own in docs/storage.md', () => {
  const create = () => {
    const folder = mkdtempSync(join(tmpdir(), 'countly-weave-own-'));
    const onDisk = () => new SqliteStorage(new Libsql(join(folder, 'countly.db')));
    return {
      storage: onDisk(),
      restart: onDisk,
      dispose: () => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }),
    };
  };
  for (const { name, run } of storageContract(create)) it(name, run);

  it('is the one that is tested here', () => {
    const read = (path: string) => readFileSync(join(__dirname, path), 'utf8');
    expect(read('../../docs/storage.md')).toContain(`\`\`\`ts\n${read('custom-storage.ts')}\`\`\`\n`);
  });
});
