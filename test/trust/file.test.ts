import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { importQueueFiles } from '../../lib/compat/index.js';
import { BatchWriter, readSegment, type SegmentContent } from '../../lib/journal/codec.js';
import { silentLogger } from '../../lib/logger.js';
import { DeadLetterFile } from '../../lib/outbox/dead-letter.js';
import { type Entry, isEntry } from '../../lib/protocol/entry.js';
import { DeviceIdFile, SmallFile, sanitizeDeviceId } from '../../lib/scope/device-id.js';
import { createTestClient } from '../../lib/testing/test-client.js';
import { event, events } from '../journal/support/entries.js';
import { anything, expectQuick, expectUnpolluted, json, mutatedBytes, repeated } from './hostile.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weave-trust-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  expectUnpolluted();
});

function contentOf(bytes: Buffer): SegmentContent {
  const reading = readSegment(bytes, {});
  for (;;) {
    const step = reading.next();
    if (step.done === true) return step.value;
  }
}

function segment(entries: readonly Entry[]): Buffer {
  const writer = new BatchWriter();
  for (const entry of entries) writer.entry(entry);
  writer.seal({ deviceId: 'device-0', path: '/i', head: '"device_id":"device-0"', entries: entries.slice(0, 1) });
  writer.settled([entries[1]?.id ?? 0, entries[1]?.id ?? 0]);
  return writer.bytes();
}

/** A batch whose checksum is right, whatever is in it. */
async function batch(text: string): Promise<Buffer> {
  const { crc32 } = await import('node:zlib');
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from(`#${bytes.length} ${crc32(bytes).toString(16).padStart(8, '0')}\n`), bytes]);
}

describe('an entry of a file or a storage (isEntry)', () => {
  const nearly = fc.tuple(fc.constantFrom(...Object.keys(event(1))), anything).map(([name, make]) => () => ({
    ...event(1),
    [name]: make(),
  }));

  it('has numbers in range, texts, and a kind that there is', () => {
    fc.assert(
      fc.property(fc.oneof(anything, nearly), (make) => {
        const value = make();
        if (!isEntry(value)) return;
        const { id, timestamp, tz, weight, deviceId, body } = value;
        expect(id).toBeGreaterThanOrEqual(0);
        expect(Number.isNaN(new Date(timestamp).getTime())).toBe(false);
        expect(Math.abs(tz)).toBeLessThanOrEqual(2880);
        expect(weight).toBeGreaterThanOrEqual(1);
        expect(typeof deviceId + typeof body).toBe('stringstring');
      }),
    );
  });

  it.each([
    ['weight', 0],
    ['weight', -5],
    ['weight', 9e15],
    ['tz', 1e9],
    ['timestamp', -1],
    ['timestamp', 9e15],
    ['id', -1],
  ])('is none with %s %d', (name, value) => {
    expect(isEntry({ ...event(1), [name]: value })).toBe(false);
  });
});

describe('a segment of the journal (readSegment)', () => {
  it('gives entries, seals and runs in range, and costs no other batch, however it is damaged', () => {
    const [first, second] = [segment(events(0, 5)), segment(events(10, 5))];
    fc.assert(
      fc.property(mutatedBytes(first), fc.boolean(), (damaged, isFirst) => {
        const { entries, seals, settled } = contentOf(Buffer.concat(isFirst ? [damaged, second] : [second, damaged]));
        expect(entries.every(isEntry)).toBe(true);
        expect(seals.every(({ path, ids }) => /^\/i(\/bulk)?$/.test(path) && ids.every(Number.isSafeInteger))).toBe(
          true,
        );
        expect(settled.every(Number.isSafeInteger)).toBe(true);
      }),
    );
  });

  it('is none of ours with a right checksum over a senseless text', async () => {
    const record = fc
      .tuple(fc.constantFrom('e', 's', 'a', 'x', ''), json('/i', 'event', 'events'), fc.string({ unit: 'binary' }))
      .map(([letter, list, rest]) => `${letter}${JSON.stringify(list)}\t${rest}\n`);
    await fc.assert(
      fc.asyncProperty(fc.array(record), async (records) => {
        const { entries, seals } = contentOf(await batch(records.join('')));
        expect(entries.every(isEntry)).toBe(true);
        expect(seals.every(({ head }) => typeof head === 'string')).toBe(true);
      }),
    );
  });

  it.each([
    ['headers that claim the rest of the file', repeated('#9000000 00000000\n')],
    ['headers that claim a little', repeated('#4096 00000000\n')],
    ['headers without an end', repeated('#9')],
    ['line ends', repeated('\n')],
    ['nothing but number signs', repeated('\n#')],
  ])('of ten megabytes is read in less than a second: %s', (_what, text) => {
    expectQuick(() => contentOf(Buffer.from(text)));
  });

  it('of heads that lean on each other is read in less than a second, and one that is too long is none', async () => {
    const lines = Array.from({ length: 400_000 }, (_, n) => `s["/i",${Math.max(0, n - 1)},1]\txx\n`);
    const bytes = await batch(lines.join(''));
    expectQuick(() => expect(contentOf(bytes).damaged).toBe(1));
  });

  it('still gives what stands behind planted headers', () => {
    const good = segment(events(0, 5));
    const planted = Buffer.concat([Buffer.from('#200 00000000\n'.repeat(10)), good]);
    expect(contentOf(planted).entries).toHaveLength(5);
  });
});

describe('a small file (SmallFile, DeviceIdFile)', () => {
  const path = () => join(folder, 'device-id');

  it('is a device id or nothing; a new one then takes its place', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        writeFileSync(path(), bytes);
        const { deviceId } = new DeviceIdFile(folder).load(undefined);
        expect(sanitizeDeviceId(deviceId)).toBe(deviceId);
        expect(new DeviceIdFile(folder).load(undefined).deviceId).toBe(deviceId);
      }),
      { numRuns: 50 },
    );
  });

  it.skipIf(process.platform === 'win32')('does not wait for a pipe, nor read a device without end', () => {
    execFileSync('mkfifo', [path()]);
    symlinkSync('/dev/zero', join(folder, 'zero'));
    expect(new SmallFile(path()).read()).toBeUndefined();
    expect(new SmallFile(join(folder, 'zero')).read()).toBeUndefined();
    const { deviceId } = new DeviceIdFile(folder).load(undefined);
    expect(new DeviceIdFile(folder).load(undefined).deviceId).toBe(deviceId);
  });

  it('is not read when it is larger than what is ever written there', () => {
    writeFileSync(path(), repeated('a', 17 * 1024 * 1024));
    expect(new SmallFile(path()).read()).toBeUndefined();
    expect(new SmallFile(path(), 18 * 1024 * 1024).read()).toHaveLength(17 * 1024 * 1024);
    mkdirSync(join(folder, 'below'));
    expect(new SmallFile(join(folder, 'below')).read()).toBeUndefined();
  });
});

describe('settings that were kept (server-settings.json)', () => {
  it('never keep a client from starting and recording', async () => {
    const settings = json('v', 't', 'c', 'tracking', 'eb', 'esb', 'eqs').map((c) => ({ v: 2, t: 1, c }));
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.oneof(settings, json()).map((value) => JSON.stringify(value)),
    );
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const [app = ''] = readdirSync(folder).filter((name) => /^[0-9a-f]{16}$/.test(name));
        const [journal] = app === '' ? [] : readdirSync(join(folder, app));
        if (journal !== undefined) writeFileSync(join(folder, app, journal, 'server-settings.json'), text);
        const test = createTestClient({
          storagePath: folder,
          durability: 'sync',
          serverSettings: true,
          logger: silentLogger,
        });
        test.client.addEvent('a');
        const { accepted, dropped } = test.client.stats();
        expect(accepted + (dropped.filtered ?? 0)).toBeGreaterThan(0);
        await test.close();
      }),
      { numRuns: 25 },
    );
  });
});

describe('queue files of the official SDK (importQueueFiles)', () => {
  it('become requests that a server counts, or are kept aside', async () => {
    const names = ['cly_queue', 'cly_event', 'cly_bulk_queue', 'cly_req_queue', 'cly_bulk_event', 'cly_id'];
    const content = json('device_id', 'events', 'key', 'count', 'begin_session', 'requests', 'app_key', ...names);
    const file = fc.tuple(
      fc.constantFrom(...names),
      fc.oneof(content, fc.array(content, { maxLength: 3 })),
      fc.boolean(),
    );
    const test = createTestClient({ logger: silentLogger });
    await fc.assert(
      fc.asyncProperty(fc.array(file, { maxLength: 4 }), async (files) => {
        for (const [name, value, torn] of files) {
          const text = JSON.stringify(Object.fromEntries([[name, value]]));
          writeFileSync(join(folder, `__${name}.json`), torn ? text.slice(0, -3) : text);
        }
        const { requests, broken } = await importQueueFiles(folder, test.client, { logger: silentLogger });
        expect(requests).toBeGreaterThanOrEqual(0);
        expect(broken.every((name) => name.includes('.broken.'))).toBe(true);
      }),
      { numRuns: 30 },
    );
    await test.close();
  });
});

describe('what was refused (DeadLetterFile)', () => {
  const letter = async (...bodies: string[]): Promise<string> => {
    const path = join(folder, 'dead-letter.jsonl');
    const letters = new DeadLetterFile(path, () => {});
    const entries = bodies.map((body) => event(1, { body, kind: body.startsWith('{') ? 'event' : 'request' }));
    const budget = { reserve: () => true, release: () => {} };
    letters.add({ deviceId: 'ada', path: '/i', head: '"device_id":"ada"', entries }, 'reason', budget);
    await letters.written();
    return readFileSync(path, 'utf8');
  };

  it('is one line, whatever stands in a journal', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      json('key', 'segmentation', 'crash', '_name').map((it) => JSON.stringify(it)),
    );
    await fc.assert(
      fc.asyncProperty(text, async (body) => {
        const lines = (await letter(body)).trimEnd().split('\n');
        expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ reason: 'reason', path: '/i' });
      }),
      { numRuns: 50 },
    );
  });

  it.each(['a link', 'a pipe'])('is not written to %s that stands in the place of the file', async (what) => {
    const path = join(folder, 'dead-letter.jsonl');
    const precious = join(folder, 'precious');
    writeFileSync(precious, 'text');
    if (what === 'a link') symlinkSync(precious, path);
    else execFileSync('mkfifo', [path]);
    const said: string[] = [];
    const letters = new DeadLetterFile(path, (message) => said.push(message));
    const budget = { reserve: () => true, release: () => {} };
    letters.add({ deviceId: 'ada', path: '/i', head: '"device_id":"ada"', entries: [event(1)] }, 'reason', budget);
    await letters.written();
    expect(said).toEqual([expect.stringContaining('cannot be written')]);
    expect(readFileSync(precious, 'utf8')).toBe('text');
  });

  it('may be nested as deep as it likes', async () => {
    expect(await letter(`{"key":"a","deep":${'['.repeat(200_000)}${']'.repeat(200_000)}}`)).toContain('***');
    expect(await letter(`"deep":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`)).toContain('***');
  });
});
