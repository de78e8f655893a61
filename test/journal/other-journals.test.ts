import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appStoragePath, journalPath } from '../../lib/journal/path.js';
import { Countly } from '../../lib/scope/countly.js';

const A = 'http://127.0.0.1:9';
const B = 'http://127.0.0.1:10';
let folder: string;
let said: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weave-servers-'));
  said = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));

/** A client that records so many events, which stay where they are. */
async function life(url: string, events = 0, appKey = 'K'): Promise<number> {
  const note = (text: string): void => void said.push(text);
  const logger = { error: note, warn: note, log() {} };
  const client = new Countly({ url, appKey, storagePath: folder, testMode: true, durability: 'sync', logger });
  for (let i = 0; i < events; i++) client.device('ada').addEvent('a');
  // A client that records nothing is asked what it finds: until something was read, or it was said whose the rest is. That both
  // stay away shows after a second only.
  const isFound = () => client.stats().pending > 0 || said.some((text) => text.includes('another server'));
  for (let i = 0; events === 0 && i < 200 && !isFound(); i++) await new Promise((r) => setTimeout(r, 5));
  // What is being read is waited for.
  await client.close({ timeout: 5000 });
  return client.stats().pending;
}

describe('a journal of another server', () => {
  it('is not sent, and is named with its address; it is sent when that one is configured again', async () => {
    await life(A, 3);
    expect(await life(B)).toBe(0);
    expect(said.filter((text) => text.includes(`another server than ${B}: ${A}.`))).toHaveLength(1);
    said = [];
    expect(await life(A)).toBe(3);
    expect(said.join()).not.toContain('another server');
  });

  it.each([
    ['a host in capitals', 'http://Localhost:9', 'http://localhost:9'],
    ['a user and a password, which may change', 'http://u:old@127.0.0.1:9/base', 'http://u:new@127.0.0.1:9/base'],
    ['the port that is usual', 'https://localhost:443', 'https://localhost'],
  ])('is none of another, however the address is spelled: %s', async (_what, one, other) => {
    await life(one, 2);
    expect(await life(other)).toBe(2);
    expect(said.join()).not.toContain('another server');
  });

  it.each([
    ['another folder of the same host', `${A}/tenant-1`, `${A}/tenant-2`],
    ['another scheme', 'http://127.0.0.1:9', 'https://127.0.0.1:9'],
  ])('is one with %s', async (_what, one, other) => {
    await life(one, 1);
    expect(await life(other)).toBe(0);
    expect(said.join()).toContain(one);
  });

  it('is named without user and password, and its folder says nothing of them', async () => {
    await life('http://ada:secret@127.0.0.1:9', 1);
    await life(B);
    const [name = ''] = (readdirSync(folder, { recursive: true }) as string[]).filter((it) => it.endsWith('address'));
    expect(said.join() + readFileSync(join(folder, name), 'utf8')).not.toContain('secret');
    expect(said.join()).toContain(A);
  });

  it('is named by its folder when its address was lost', async () => {
    await life(A, 1);
    const journal = journalPath(appStoragePath(folder, 'K'), A);
    writeFileSync(join(journal, 'address'), 'x'.repeat(5000));
    await life(B);
    expect(said.join()).toContain(`an unknown one (${journal.slice(-16)})`);
  });

  it('is no news when nothing waits in it, or when it is of another app', async () => {
    await life(A);
    await life(A, 1, 'OTHER');
    await life(B);
    expect(said.join()).not.toContain('another server');
  });
});

describe('settings of another server', () => {
  it('are not in force', async () => {
    const journal = journalPath(appStoragePath(folder, 'K'), A);
    await life(A, 1);
    writeFileSync(join(journal, 'server-settings.json'), '{"v":2,"t":1,"c":{"tracking":false}}');
    const here = new Countly({
      url: A,
      appKey: 'K',
      storagePath: folder,
      testMode: true,
      logger: { error() {}, warn() {}, log() {} },
    });
    const there = new Countly({
      url: B,
      appKey: 'K',
      name: 'b',
      storagePath: folder,
      testMode: true,
      logger: { error() {}, warn() {}, log() {} },
    });
    expect([here.serverSettings.tracking, there.serverSettings.tracking]).toEqual([false, undefined]);
    await Promise.all([here.close({ timeout: 10 }), there.close({ timeout: 10 })]);
  });
});
