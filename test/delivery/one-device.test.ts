import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CountlyOptions } from '../../lib/config/options.js';
import { silentLogger } from '../../lib/logger.js';
import { Countly } from '../../lib/scope/countly.js';
import { CountlyServer, type LogicalRequest } from '../support/countly-server.js';

// Seconds of traffic, and two cores may be busy.
vi.setConfig({ testTimeout: 60_000 });

const LATENCY_MS = 50;

let server: CountlyServer;
let folder: string;
let client: Countly;
/** How often each trace, crash or event arrived. */
let arrived: Map<string, number>;
/** How many requests of the device were in each HTTP request. */
let together: number[];

beforeEach(async () => {
  server = new CountlyServer();
  arrived = new Map();
  together = [];
  server.script = ({ entries }) => {
    together.push(entries.length);
    for (const name of entries.flatMap(namesIn)) arrived.set(name, (arrived.get(name) ?? 0) + 1);
    return { do: 'slow', ms: LATENCY_MS };
  };
  await server.start();
  folder = await mkdtemp(join(tmpdir(), 'cw-one-'));
});

afterEach(async () => {
  await client.close({ timeout: 0 });
  await server.stop().catch(() => {});
  await rm(folder, { recursive: true, force: true, maxRetries: 10 });
});

function namesIn({ apm, crash, events = [] }: LogicalRequest): string[] {
  const name = (apm as { name?: string } | undefined)?.name ?? (crash as { _name?: string } | undefined)?._name;
  return name === undefined ? events.map(({ key }) => key) : [name];
}

function start(options: CountlyOptions = {}): Countly {
  client = new Countly({
    url: server.url,
    appKey: 'APP',
    deviceId: 'host',
    storagePath: folder,
    serverSettings: false,
    healthCheck: false,
    logger: silentLogger,
    ...options,
  });
  return client;
}

/** Calls `record` so many times a second. Answers the most that waited at a time. */
async function steadily(perSecond: number, seconds: number, record: (n: number) => void): Promise<number> {
  const startedAt = performance.now();
  let most = 0;
  for (let n = 0; n < perSecond * seconds; ) {
    const due = Math.min(perSecond * seconds, ((performance.now() - startedAt) / 1000) * perSecond);
    while (n < due) record(n++);
    most = Math.max(most, client.stats().pending);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return most;
}

const trace = (n: number) =>
  client.reportTrace({ type: 'device', name: `t${n}`, startedAt: Date.now(), durationMs: 5 });
const countsOnce = (names: string[]) => {
  expect([...arrived.keys()].sort()).toEqual(names.sort());
  expect([...arrived.values()].every((times) => times === 1)).toBe(true);
};
const named = (letter: string, count: number) => Array.from({ length: count }, (_, n) => `${letter}${n}`);

describe('one device, 50 ms from the server', () => {
  it('1000 traces a second for five seconds: nothing falls behind, each arrives once', async () => {
    start();
    const most = await steadily(1000, 5, trace);
    // What comes in an interval before it leaves, and what a busy machine adds.
    expect(most).toBeLessThan(3500);
    await client.flush();
    expect(client.stats()).toMatchObject({ delivered: 5000, pending: 0, dropped: {} });
    countsOnce(named('t', 5000));
    expect(Math.max(...together)).toBeLessThanOrEqual(100);
  });

  it('traces, crashes and events mixed at 600 a second', async () => {
    start();
    const most = await steadily(600, 4, (n) => {
      if (n % 3 === 0) trace(n);
      else if (n % 3 === 1) client.logError(new Error(`t${n}`));
      else client.addEvent(`t${n}`);
    });
    expect(most).toBeLessThan(3000);
    await client.flush();
    expect(client.stats()).toMatchObject({ delivered: 2400, pending: 0, dropped: {} });
    countsOnce(named('t', 2400).map((name, n) => (n % 3 === 1 ? `Error: ${name}` : name)));
  });

  it('with a salt, which allows no bulks: beside each other, as many as connections are allowed', async () => {
    start({ salt: 'salt', maxParallelRequests: 32 });
    await steadily(300, 4, trace);
    await client.flush();
    expect(client.stats()).toMatchObject({ delivered: 1200, pending: 0, dropped: {} });
    countsOnce(named('t', 1200));
    expect(Math.max(...together)).toBe(1);
  });

  it('a few leave one by one, so that each has a duplicate check of its own', async () => {
    start();
    for (let n = 0; n < 9; n++) trace(n);
    await client.flush();
    expect(together).toEqual(Array(9).fill(1));
    countsOnce(named('t', 9));
  });
});

describe('many of one device, when something goes wrong', () => {
  it('a crash the server never takes is found, the others are taken', async () => {
    server.script = ({ entries }) => {
      const names = entries.flatMap(namesIn);
      if (names.includes('t37')) return { do: 'answer', status: 400, body: '{"result":"Invalid parameter \\"x\\""}' };
      for (const name of names) arrived.set(name, (arrived.get(name) ?? 0) + 1);
      return undefined;
    };
    start();
    for (let n = 0; n < 200; n++) trace(n);
    await client.flush();
    expect(client.stats()).toMatchObject({ delivered: 199, pending: 0, dropped: { rejected: 1 } });
    countsOnce(named('t', 200).filter((name) => name !== 't37'));
  });

  it('a lost answer costs no more than what was in it, and half as many leave after it', async () => {
    const { script } = server;
    server.script = (request) => {
      const behaviour = script(request);
      return request.call === 1 ? { do: 'cut', store: true } : behaviour;
    };
    start();
    for (let n = 0; n < 250; n++) trace(n);
    while (client.stats().pending > 0) await client.flush({ timeout: 2000 });
    expect(together.slice(0, 2)).toEqual([100, 50]);
    expect(arrived.size).toBe(250);
    const twice = [...arrived.values()].filter((times) => times > 1);
    expect(twice).toEqual(Array(100).fill(2));
  });

  it('with a salt, only those leave again whose answers were lost', async () => {
    let cuts = 3;
    const { script } = server;
    server.script = (request) => (request.call % 7 === 0 && cuts-- > 0 ? { do: 'cut' } : script(request));
    start({ salt: 'salt' });
    for (let n = 0; n < 50; n++) trace(n);
    while (client.stats().pending > 0) await client.flush({ timeout: 2000 });
    countsOnce(named('t', 50));
  });

  it('what is killed with requests under way sends the same bytes again', async () => {
    const bodies: string[] = [];
    server.script = ({ entries }) => {
      bodies.push(...entries.map((entry) => JSON.stringify(entry)));
      return { do: 'hang' };
    };
    start();
    for (let n = 0; n < 30; n++) trace(n);
    void client.flush({ timeout: 300 });
    while (bodies.length < 30) await new Promise((resolve) => setTimeout(resolve, 10));
    await client.close({ timeout: 0 });
    const first = bodies.splice(0);
    server.script = ({ entries }) => {
      bodies.push(...entries.map((entry) => JSON.stringify(entry)));
      return undefined;
    };
    start();
    await client.flush();
    expect(bodies).toEqual(first);
    expect(client.stats()).toMatchObject({ delivered: 30, pending: 0 });
  });

  it('sessions and users stay in order, with nothing else beside them', async () => {
    const kinds: string[][] = [];
    server.script = ({ entries }) => {
      kinds.push(entries.map((entry) => Object.keys(entry).at(-1) ?? ''));
      return undefined;
    };
    start({ ipAddress: '203.0.113.7' });
    for (let n = 0; n < 20; n++) trace(n);
    client.beginSession();
    for (let n = 20; n < 40; n++) trace(n);
    client.endSession();
    await client.flush();
    expect(kinds.filter((them) => them.length > 1).every((them) => them.every((kind) => kind === 'apm'))).toBe(true);
    const order = kinds.flat();
    expect(order.slice(0, 20)).toEqual(Array(20).fill('apm'));
    expect(order.filter((kind) => kind !== 'apm')).toHaveLength(2);
    expect(order).toHaveLength(42);
  });
});
