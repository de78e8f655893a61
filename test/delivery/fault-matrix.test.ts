import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CountlyOptions } from '../../lib/config/options.js';
import { silentLogger } from '../../lib/logger.js';
import { Countly } from '../../lib/scope/countly.js';
import { type Behaviour, CountlyServer, type Script } from '../support/countly-server.js';

const DEVICES = 12;
const EVENTS = 5;

let server: CountlyServer;
let folder: string;
let messages: string[];
let client: Countly | undefined;

beforeEach(async () => {
  server = new CountlyServer();
  await server.start();
  folder = await mkdtemp(join(tmpdir(), 'cw-faults-'));
  messages = [];
});

afterEach(async () => {
  await client?.close({ timeout: 0 });
  client = undefined;
  await server.stop().catch(() => {});
  await rm(folder, { recursive: true, force: true, maxRetries: 10 });
});

function start(options: CountlyOptions = {}): Countly {
  const write = (message: string) => void messages.push(message);
  client = new Countly({
    url: server.url,
    appKey: 'APP',
    deviceId: 'host',
    storagePath: folder,
    flushInterval: 5,
    requestTimeout: 300,
    logger: { ...silentLogger, warn: write, error: write },
    ...options,
  });
  return client;
}

function record(countly: Countly, devices = DEVICES, events = EVENTS): void {
  for (let e = 0; e < events; e++) {
    for (let d = 0; d < devices; d++) countly.device(`u${d}`).addEvent(`e${e}`);
  }
}

/** Flushes until nothing is left, as an application does at its own moments; the ledger has to add up all the time. */
async function deliver(countly: Countly, tries = 40): Promise<void> {
  for (let i = 0; i < tries && countly.stats().pending > 0; i++) {
    await countly.flush({ timeout: 500 });
    expectBalanced(countly);
  }
}

function expectBalanced(countly: Countly): void {
  const { accepted, delivered, pending, dropped } = countly.stats();
  expect(delivered + pending + Object.values(dropped).reduce((sum, count) => sum + count, 0)).toBe(accepted);
}

function expectEachOnce(devices = DEVICES, events = EVENTS): void {
  const counted = Object.fromEntries(server.counts);
  const wanted: Record<string, number> = {};
  for (let d = 0; d < devices; d++) for (let e = 0; e < events; e++) wanted[`u${d}/e${e}`] = 1;
  expect(counted).toEqual(wanted);
}

/** The first `times` requests go wrong, the others well. */
function failing(times: number, behaviour: Behaviour): Script {
  return ({ call }) => (call <= times ? behaviour : undefined);
}

describe('every event is counted exactly once by the server', () => {
  const faults: Record<string, Script> = {
    'after a wrong checksum was reported with 200 for a while': failing(2, {
      do: 'answer',
      status: 200,
      body: '{"result":"Request does not match checksum"}',
    }),
    'when all is well': () => undefined,
    'when the server is slow': () => ({ do: 'slow', ms: 60 }),
    'after 429 with Retry-After': failing(3, {
      do: 'answer',
      status: 429,
      body: 'Too Many Requests',
      headers: { 'retry-after': '1' },
    }),
    'after 500': failing(4, { do: 'answer', status: 500, body: '{"result":"Server error"}' }),
    'after 502 from a proxy': failing(3, { do: 'answer', status: 502, body: '<html>Bad Gateway</html>' }),
    'after a captive portal answered 200 with its own page': failing(3, {
      do: 'answer',
      status: 200,
      body: '<html>Please log in</html>',
    }),
    'after the database was down (400 "App does not exist")': failing(2, {
      do: 'answer',
      status: 400,
      body: '{"result":"App does not exist"}',
    }),
    'after passing trouble with a user (400 "Cannot get app user")': failing(2, {
      do: 'answer',
      status: 400,
      body: '{"result":"Cannot get app user"}',
    }),
    'after requests that were never answered': failing(2, { do: 'hang' }),
    'after answers that were cut off, nothing having been stored': failing(3, { do: 'cut' }),
    'after answers that were cut off, everything having been stored': failing(3, { do: 'cut', store: true }),
    'after answers that never came, everything having been stored': failing(2, { do: 'hang', store: true }),
    'after 500 although everything was stored': failing(3, {
      do: 'answer',
      status: 500,
      body: '{"result":"x"}',
      store: true,
    }),
  };

  for (const [name, script] of Object.entries(faults)) {
    it(`${name}, one device a request`, async () => {
      server.script = script;
      const countly = start({ delivery: 'single' });
      record(countly);
      await deliver(countly);
      expect(countly.stats()).toMatchObject({ accepted: 60, delivered: 60, pending: 0, dropped: {} });
      expectEachOnce();
    });

    it(`${name}, in bulks`, async () => {
      server.script = script;
      const countly = start({ maxParallelRequests: 2 });
      record(countly);
      await deliver(countly);
      expect(countly.stats()).toMatchObject({ accepted: 60, delivered: 60, pending: 0, dropped: {} });
      expectEachOnce();
      expect(server.calls).toContain('/i/bulk');
    });
  }

  it('when a proxy takes only small bodies (413)', async () => {
    server.script = ({ entries }) =>
      entries.flatMap((entry) => entry.events ?? []).length > 2
        ? { do: 'answer', status: 413, body: '<html>too large</html>' }
        : undefined;
    const countly = start();
    record(countly);
    await deliver(countly);
    expect(countly.stats()).toMatchObject({ delivered: 60, pending: 0, dropped: {} });
    expectEachOnce();
  });

  it('when the server restarts in the middle', async () => {
    const countly = start({ maxParallelRequests: 2 });
    server.script = ({ call }) => (call === 1 ? { do: 'hang', store: true } : undefined);
    record(countly);
    const flushing = countly.flush({ timeout: 2000 });
    while (server.calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await server.stop();
    await flushing;
    await server.start();
    await deliver(countly);
    expect(countly.stats()).toMatchObject({ delivered: 60, pending: 0 });
    expectEachOnce();
  });

  it('when the process restarts while the server is down', async () => {
    await server.stop();
    const before = start();
    record(before);
    expect(await before.close({ timeout: 300 })).toMatchObject({ delivered: 0, pending: 60 });
    await server.start();
    const after = start();
    // What the earlier process left is accepted by this one, and delivered without anything new being recorded.
    await after.flush({ timeout: 2000 });
    await deliver(after);
    expect(after.stats()).toMatchObject({ accepted: 60, delivered: 60, pending: 0 });
    expectEachOnce();
  });

  it('when the process restarts after answers were lost: the same bytes are sent again and recognised', async () => {
    server.script = () => ({ do: 'cut', store: true });
    const before = start({ delivery: 'single' });
    record(before);
    await before.close({ timeout: 500 });
    server.script = () => undefined;
    const after = start({ delivery: 'single' });
    // On a busy machine the former one gives its folder back only now.
    await expect.poll(() => after.stats().accepted, { timeout: 10_000 }).toBe(DEVICES * EVENTS);
    await deliver(after);
    expect(after.stats()).toMatchObject({ pending: 0 });
    expectEachOnce();
    expect(server.duplicates).toBeGreaterThan(0);
  });
});

describe('what can never be delivered does not stand in the way', () => {
  it('a poison device is dropped, counted and written to the dead-letter file; all others arrive', async () => {
    server.script = ({ entries }) =>
      entries.some((entry) => entry.device_id === 'u5')
        ? { do: 'answer', status: 400, body: '{"result":"Invalid parameter \\"app_id\\""}' }
        : undefined;
    const countly = start({ maxParallelRequests: 2 });
    record(countly);
    await deliver(countly);
    expect(countly.stats()).toMatchObject({ delivered: 55, pending: 0, dropped: { rejected: 5 } });
    expect([...server.counts.keys()].some((name) => name.startsWith('u5/'))).toBe(false);
    expect(server.total()).toBe(55);
    const letters = await readFile(join(folder, 'dead-letter.jsonl'), 'utf8');
    expect(letters).toContain('Invalid parameter');
    expect(letters).not.toContain('"u5"');
  });

  it('an entry that makes the server hang keeps only itself waiting', async () => {
    server.script = ({ entries }) => (entries.some((entry) => entry.device_id === 'u5') ? { do: 'hang' } : undefined);
    const countly = start({ maxParallelRequests: 2, requestTimeout: 100 });
    record(countly);
    while (countly.stats().delivered < 55) await countly.flush({ timeout: 300 });
    expectBalanced(countly);
    expect(countly.stats()).toMatchObject({ delivered: 55, pending: 5, dropped: {} });
    expect(server.total()).toBe(55);
  });

  it('a checksum that does not match is said loudly; everything is kept until the salt is right', async () => {
    server.script = () => ({ do: 'answer', status: 200, body: '{"result":"Request does not match checksum"}' });
    const wrong = start({ salt: 'wrong-salt' });
    record(wrong, 2, 1);
    expect(await wrong.close({ timeout: 300 })).toMatchObject({ delivered: 0, pending: 2 });
    expect(messages.join()).toContain('checksum');
    expect(messages.join()).not.toContain('wrong-salt');
    server.script = () => undefined;
    const right = start({ salt: 'right-salt' });
    await right.flush({ timeout: 2000 });
    expect(right.stats()).toMatchObject({ delivered: 2, pending: 0 });
    expectEachOnce(2, 1);
  });
});

describe('an outage longer than the queue', () => {
  it('keeps the newest, counts the dropped, stays within its bounds and delivers when it is over', async () => {
    await server.stop();
    const countly = start({ maxQueuedEntries: 100 });
    record(countly, 10, 50);
    await countly.flush({ timeout: 200 });
    expect(countly.stats()).toMatchObject({ accepted: 500, pending: 100, dropped: { overflow: 400 } });
    expectBalanced(countly);
    await server.start();
    await deliver(countly);
    expect(countly.stats()).toMatchObject({ delivered: 100, pending: 0 });
    expect(server.total()).toBe(100);
    expect(server.counts.get('u9/e49')).toBe(1);
  });

  it('a name that does not resolve is an outage, not an error for the host', async () => {
    const countly = start({ url: 'http://countly.invalid' });
    record(countly, 1, 1);
    expect(await countly.flush({ timeout: 1000 })).toMatchObject({ delivered: 0, pending: 1 });
    expect(messages.join()).toMatch(/countly\.invalid|ENOTFOUND|EAI_AGAIN/);
    expectBalanced(countly);
  });
});
