import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { silentLogger } from '../../lib/logger.js';
import { Countly } from '../../lib/scope/countly.js';
import { CountlyServer, type LogicalRequest } from '../support/countly-server.js';

// Each test starts processes, and two cores may be busy.
vi.setConfig({ testTimeout: 60_000 });

const PACKAGE = join(__dirname, '../../dist/index.js');
/** A process that is the first of its container, where the machine allows to make one. */
const CONTAINER = ['unshare', '-pf', '--mount-proc', '--kill-child'];
const hasContainers = spawnSync(CONTAINER[0] as string, [...CONTAINER.slice(1), 'true']).status === 0;

let server: CountlyServer;
let folder: string;
/** What arrived, each by its event key or the member that makes it. */
let arrived: string[];
const children = new Set<ChildProcess>();

beforeEach(async () => {
  server = new CountlyServer();
  arrived = [];
  server.script = ({ entries }) => {
    arrived.push(...entries.flatMap(contentOf));
    return undefined;
  };
  await server.start();
  folder = await mkdtemp(join(tmpdir(), 'cw-hooks-'));
});

afterEach(async () => {
  // Only one that a failed test left behind is still there.
  for (const child of children) child.kill('SIGKILL');
  children.clear();
  await server.stop().catch(() => {});
  await rm(folder, { recursive: true, force: true, maxRetries: 10 });
});

function contentOf(request: LogicalRequest): string[] {
  const members = Object.keys(request);
  return (
    request.events?.map(({ key }) => key) ?? [members.find((name) => /session$/.test(name)) ?? members.at(-1) ?? '']
  );
}

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
  /** From when it said `ready`, else from the start. */
  readonly ms: number;
}

/** Runs a script; `countly(options)` makes its client. `ready` is called when it has written so. */
async function run(script: string, ready?: (child: ChildProcess) => void, under: string[] = []): Promise<Ended> {
  const prelude = `
    const { Countly } = require(${JSON.stringify(PACKAGE)});
    const countly = (options) => new Countly({ url: ${JSON.stringify(server.url)}, appKey: 'APP', deviceId: 'host',
      storagePath: ${JSON.stringify(folder)}, serverSettings: false, healthCheck: false, ...options });
  `;
  const [command, ...args] = [...under, process.execPath, '-e', prelude + script];
  const child = spawn(command as string, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  let from = performance.now();
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString('utf8');
    if (stdout !== 'ready\n') return;
    from = performance.now();
    ready?.(child);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8');
  });
  return new Promise((resolve) => {
    child.once('close', (code, signal) => {
      children.delete(child);
      resolve({ code, signal, stderr, ms: performance.now() - from });
    });
  });
}

async function nextStart(): Promise<void> {
  const { url } = server;
  const next = new Countly({ url, appKey: 'APP', deviceId: 'host', storagePath: folder, logger: silentLogger });
  await next.flush({ timeout: 5000 });
  await next.close();
}

/** A port nobody listens on. */
async function deadPort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

describe('what is recorded in the very last moment is kept for the next start', () => {
  it.each([
    ['an event in a later listener of exit', `process.on('exit', () => c.addEvent('late'));`, ['late']],
    [
      'several, a crash and a trace among them',
      `process.on('exit', () => { c.addEvent('late'); c.logError(new Error('x'));
         c.reportTrace({ type: 'device', name: 't', startedAt: Date.now(), durationMs: 1 }); c.addEvent('last'); });`,
      ['late', 'last', 'crash', 'apm'],
    ],
    [
      'the end of a session',
      `c.beginSession(); process.on('exit', () => c.endSession());`,
      ['begin_session', 'end_session'],
    ],
    ['of another device', `process.on('exit', () => c.device('u1').addEvent('late'));`, ['late']],
    [
      'behind an exception that ends the process',
      `process.on('exit', () => c.addEvent('late')); setTimeout(() => { throw new Error('x'); });`,
      ['late'],
    ],
    ['behind process.exit', `process.on('exit', () => c.addEvent('late')); process.exit(3);`, ['late']],
  ])('%s', async (_name, script, expected) => {
    // It is not to be delivered by this process.
    const away = `url: 'http://127.0.0.1:${await deadPort()}'`;
    await run(`const c = countly({ ${away} }); ${script}`);
    // A journal belongs to an address, so the next start has to be the same process of somebody at that address.
    const port = Number(away.match(/:(\d+)'/)?.[1]);
    await server.stop();
    server.port = port;
    await server.start();
    await nextStart();
    expect(arrived.sort()).toEqual(expect.arrayContaining([...expected].sort()));
  });
});

const waiting = `const c = countly({ handleSignals: true, flushInterval: 60000 }); c.device('u1').addEvent('last');
  setInterval(() => {}, 1000); console.log('ready');`;

describe('a signal', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    '%s that comes twice ends the process at once, and all is kept',
    async (it) => {
      server.script = () => ({ do: 'hang' });
      const ended = await run(waiting, (child) => {
        child.kill(it);
        setTimeout(() => child.kill(it), 200);
      });
      expect(ended.signal).toBe(it);
      expect(ended.ms).toBeLessThan(2000);
      server.script = () => undefined;
      await nextStart();
      expect(server.counts.get('u1/last')).toBe(1);
    },
  );

  it('of another kind counts as the second', async () => {
    server.script = () => ({ do: 'hang' });
    const ended = await run(waiting, (child) => {
      child.kill('SIGTERM');
      setTimeout(() => child.kill('SIGINT'), 200);
    });
    expect(ended.signal).toBe('SIGINT');
    expect(ended.ms).toBeLessThan(2000);
  });

  it.each(['before', 'after'])(
    'is left to an application that listens once, also one that did so %s us',
    async (when) => {
      const own = `process.once('SIGTERM', () => setTimeout(() => process.exit(3), 400));`;
      const ended = await run(
        when === 'before' ? own + waiting : waiting.replace('setInterval', `${own} setInterval`),
        (child) => child.kill('SIGTERM'),
      );
      expect(ended.code).toBe(3);
      expect(server.counts.get('u1/last')).toBe(1);
    },
  );

  it('does not make a process wait for a server that is not there', async () => {
    const url = `http://127.0.0.1:${await deadPort()}`;
    const ended = await run(waiting.replace('countly({', `countly({ url: '${url}',`), (child) => child.kill('SIGTERM'));
    expect(ended.signal).toBe('SIGTERM');
    expect(ended.ms).toBeLessThan(1000);
  });
});

describe.runIf(hasContainers)('the first process of a container', () => {
  /** The one inside; the one that made the container is not meant. */
  const inner = ({ pid }: ChildProcess) =>
    Number(
      spawnSync('cat', [`/proc/${pid}/task/${pid}/children`])
        .stdout.toString()
        .trim(),
    );

  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('ends after %s, though the kernel ignores one that it sends itself', async (signal, code) => {
    const ended = await run(waiting, (child) => process.kill(inner(child), signal), CONTAINER);
    expect(ended).toMatchObject({ code, stderr: '' });
    expect(server.counts.get('u1/last')).toBe(1);
  });

  it('ends at once after the second one', async () => {
    server.script = () => ({ do: 'hang' });
    const kill = (child: ChildProcess): void => {
      process.kill(inner(child), 'SIGINT');
      setTimeout(() => process.kill(inner(child), 'SIGINT'), 200);
    };
    const ended = await run(waiting, kill, CONTAINER);
    expect(ended.code).toBe(130);
    expect(ended.ms).toBeLessThan(2000);
  });
});

describe('a process whose server is not there', () => {
  const client = (port: number) => `countly({ url: 'http://127.0.0.1:${port}' })`;

  it.each([
    ['after close', `await c.close();`],
    ['after a flush that nobody waited for, and close', `void c.flush(); await c.close();`],
    ['after two flushes and close', `void c.flush({ timeout: 60000 }); void c.flush(); await c.close();`],
    ['by itself', ``],
  ])('ends in well under a second %s', async (_name, end) => {
    const bare = await run(`console.log('ready');`);
    const ended = await run(`(async () => { const c = ${client(await deadPort())};
      for (let i = 0; i < 50; i++) c.device('u' + i).addEvent('a'); console.log('ready'); ${end} })();`);
    expect(ended.code).toBe(0);
    expect(ended.ms - bare.ms).toBeLessThan(900);
  });

  it('holds no hook of a test runner for longer than its five seconds, which would fail the test', async () => {
    const url = `http://127.0.0.1:${await deadPort()}`;
    const countly = new Countly({ url, appKey: 'APP', storagePath: folder, logger: silentLogger });
    for (let i = 0; i < 50; i++) countly.device(`u${i}`).addEvent('a');
    const from = performance.now();
    void countly.flush();
    expect(await countly.close()).toMatchObject({ delivered: 0, pending: 50 });
    expect(performance.now() - from).toBeLessThan(2000);
  });
});

describe('copies of this package in one process', () => {
  it('share their listeners: twelve with an open client each, no warning, and all of them deliver', async () => {
    const ended = await run(`for (let i = 0; i < 12; i++) {
      for (const name of Object.keys(require.cache)) delete require.cache[name];
      const { Countly } = require(${JSON.stringify(PACKAGE)});
      new Countly({ url: ${JSON.stringify(server.url)}, appKey: 'APP', deviceId: 'host', handleSignals: true,
        storagePath: ${JSON.stringify(folder)} }).device('u' + i).addEvent('copy');
    }
    for (const event of ['exit', 'beforeExit', 'uncaughtExceptionMonitor', 'SIGTERM', 'SIGINT']) {
      if (process.listenerCount(event) !== 1) console.error(event, process.listenerCount(event));
    }`);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(server.total()).toBe(12);
  });

  it('take their listeners away with the last client', async () => {
    const ended = await run(`(async () => {
      const clients = [countly({ handleSignals: true }), countly()];
      for (const name of Object.keys(require.cache)) delete require.cache[name];
      clients.push(new (require(${JSON.stringify(PACKAGE)}).Countly)({ url: 'http://127.0.0.1:1', appKey: 'APP', durability: 'memory' }));
      for (const client of clients) await client.close();
      for (const event of ['exit', 'beforeExit', 'uncaughtExceptionMonitor', 'SIGTERM', 'SIGINT']) {
        if (process.listenerCount(event) !== 0) console.error(event, process.listenerCount(event));
      }
    })();`);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
  });
});
