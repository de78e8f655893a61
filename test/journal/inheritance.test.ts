import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { nodeFs } from '../../lib/journal/journal-fs.js';
import { type Lease, leaseName } from '../../lib/journal/lease.js';
import { folderName, Recovery } from '../../lib/journal/recovery.js';
import { Warnings } from '../../lib/journal/warnings.js';
import { ManualClock } from '../../lib/testing/manual-clock.js';

const DEAD = `s${'0'.repeat(23)}1`;
const OWN = `s${'0'.repeat(23)}2`;

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'cw-inherit-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

it('takes over what a dying process took over itself after the folders were listed, before its lease goes', async () => {
  const lease: Lease = { owner: OWN, hold() {}, renew() {}, release() {}, ask: async () => 'dead' };
  writeFileSync(join(root, leaseName(DEAD)), '');
  mkdirSync(join(root, folderName(DEAD, 'a')), { mode: 0o700 });
  let listed = 0;
  const recovery = new Recovery({
    fs: {
      ...nodeFs,
      async list(path) {
        const names = await nodeFs.list(path);
        if (listed++ === 0) mkdirSync(join(root, folderName(DEAD, 'b')), { mode: 0o700 });
        return names;
      },
    },
    clock: new ManualClock(),
    root,
    lease,
    warnings: new Warnings(),
    holdLease: () => {},
  });
  expect(await recovery.scan()).toBe(true);
  expect(recovery.folders).toHaveLength(2);
  const ours = folderName(OWN, '');
  expect(readdirSync(root).map((name) => name.slice(0, ours.length))).toEqual([ours, ours]);
});
