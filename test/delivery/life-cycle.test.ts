import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { silentLogger } from '../../lib/logger.js';
import { Countly } from '../../lib/scope/countly.js';
import { CountlyServer, type LogicalRequest } from '../support/countly-server.js';

// Each test starts processes, and two cores may be busy.
vi.setConfig({ testTimeout: 60_000 });

const PACKAGE = join(__dirname, '../../dist/index.js');

let server: CountlyServer;
let folder: string;
let crashes: LogicalRequest[];
const children = new Set<ChildProcess>();

beforeEach(async () => {
  server = new CountlyServer();
  crashes = [];
  server.script = ({ entries }) => {
    crashes.push(...entries.filter((entry) => entry['crash'] !== undefined));
    return undefined;
  };
  await server.start();
  folder = await mkdtemp(join(tmpdir(), 'cw-life-'));
});

afterEach(async () => {
  // Only one that a failed test left behind is still there.
  for (const child of children) child.kill('SIGKILL');
  children.clear();
  await server.stop().catch(() => {});
  await rm(folder, { recursive: true, force: true, maxRetries: 10 });
});

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

/** Runs a script in a process of its own; `countly(options)` makes its client. `onOutput` sees what it writes. */
async function run(
  script: string,
  onOutput?: (text: string, kill: (signal: NodeJS.Signals) => void) => void,
): Promise<Ended> {
  const prelude = `
    const { Countly } = require(${JSON.stringify(PACKAGE)});
    const countly = (options) => new Countly({
      url: ${JSON.stringify(server.url)}, appKey: 'APP', deviceId: 'host', storagePath: ${JSON.stringify(folder)}, ...options });
  `;
  const started = performance.now();
  const child = spawn(process.execPath, ['-e', prelude + script], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString('utf8');
    onOutput?.(stdout, (signal) => child.kill(signal));
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8');
  });
  return new Promise((resolve) => {
    child.once('close', (code, signal) => {
      children.delete(child);
      resolve({ code, signal, stdout, stderr, ms: performance.now() - started });
    });
  });
}

async function deliverLeftovers(): Promise<void> {
  const next = new Countly({
    url: server.url,
    appKey: 'APP',
    deviceId: 'host',
    storagePath: folder,
    logger: silentLogger,
  });
  await next.flush({ timeout: 5000 });
  await next.close();
}

describe('the end of a process', () => {
  it('delivers at a natural end, and the process ends by itself', async () => {
    const ended = await run(`countly().device('u1').addEvent('last');`);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(server.counts.get('u1/last')).toBe(1);
  });

  it('delivers what is recorded at the very end as well', async () => {
    await run(`const c = countly(); c.device('u1').addEvent('a');
      let times = 0; process.on('beforeExit', () => { if (times++ < 2) c.device('u1').addEvent('b' + times); });`);
    expect(Object.fromEntries(server.counts)).toEqual({ 'u1/a': 1, 'u1/b1': 1, 'u1/b2': 1 });
  });

  it('is not delayed beyond the shutdown timeout by a server that hangs; the rest is delivered by the next start', async () => {
    server.script = () => ({ do: 'hang' });
    const bare = await run('');
    const ended = await run(`countly({ shutdownTimeout: 300 }).device('u1').addEvent('last');`);
    expect(ended.code).toBe(0);
    expect(ended.ms - bare.ms).toBeLessThan(2500);
    server.script = () => undefined;
    await deliverLeftovers();
    expect(server.counts.get('u1/last')).toBe(1);
  });

  it('loses nothing by process.exit: the journal is written in the last moment', async () => {
    const ended = await run(
      `const c = countly({ flushInterval: 60000 }); c.device('u1').addEvent('last'); process.exit(7);`,
    );
    expect(ended.code).toBe(7);
    expect(server.counts.size).toBe(0);
    await deliverLeftovers();
    expect(server.counts.get('u1/last')).toBe(1);
  });

  it.each(['state', './state', '../state'])(
    'keeps what waits where a relative storagePath led to at the start: %s',
    async (path) => {
      await run(`const { mkdirSync } = require('node:fs');
      mkdirSync(${JSON.stringify(join(folder, 'work'))}); process.chdir(${JSON.stringify(join(folder, 'work'))});
      const c = countly({ storagePath: ${JSON.stringify(path)}, flushInterval: 60000 });
      process.chdir('/'); c.device('u1').addEvent('last'); process.exit();`);
      folder = join(folder, 'work', path);
      await deliverLeftovers();
      expect(server.counts.get('u1/last')).toBe(1);
    },
  );

  it.each(['/proc/nothing/of/ours', 'relative to a folder that is gone'])(
    'starts and delivers where storagePath can be no folder: %s',
    async (path) => {
      const ended = await run(`const fs = require('node:fs');
      const gone = fs.mkdtempSync(${JSON.stringify(join(folder, 'gone-'))});
      process.chdir(gone); fs.rmdirSync(gone);
      countly({ storagePath: ${JSON.stringify(path)}, logger: { log() {}, warn() {}, error() {} } }).device('u1').addEvent('last');`);
      expect(ended.code).toBe(0);
      expect(server.counts.get('u1/last')).toBe(1);
    },
  );

  it.each([
    ['the whole folder', (path: string) => path],
    ['the journals of the app', (path: string) => `${path}/*`],
    ['the files', (path: string) => `${path}/*/*/*/*.seg`],
  ])('writes what waits again when somebody deleted %s just before', async (_what, at) => {
    await run(`const c = countly({ flushInterval: 60000 }); c.device('u1').addEvent('early');
      setTimeout(() => {
        require('node:child_process').execSync(${JSON.stringify(`rm -rf ${at(folder)}`)});
        c.device('u1').addEvent('late'); process.exit();
      }, 200);`);
    await deliverLeftovers();
    expect(Object.fromEntries(server.counts)).toEqual({ 'u1/early': 1, 'u1/late': 1 });
  });

  it('does not keep a process alive that has a client and nothing to do', async () => {
    const script = `const c = countly(); c.device('u1').addEvent('a'); c.flush().then(() => console.log('flushed'))`;
    const forced = await run(`${script}.then(() => process.exit());`);
    const natural = await run(`${script};`);
    expect(natural).toMatchObject({ code: 0, stdout: 'flushed\n' });
    // Less than any timer or kept-alive connection of ours would hold it.
    expect(natural.ms - forced.ms).toBeLessThan(2500);
  });

  it('serves one invocation after the other with the same client, as on serverless platforms', async () => {
    const ended = await run(`const c = countly();
      (async () => { for (let i = 0; i < 3; i++) { c.device('u' + i).addEvent('call'); console.log(JSON.stringify(await c.flush())); } })();`);
    const results = ended.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(results).toEqual(Array(3).fill({ delivered: 1, pending: 0, dropped: 0 }));
    expect(server.total()).toBe(3);
  });
});

describe('a fatal error', () => {
  const fatal = {
    'an uncaught exception': `setTimeout(() => { throw new TypeError('broken'); }, 5);`,
    'an unhandled rejection': `Promise.reject(new TypeError('broken'));`,
    'a thrown null': `setTimeout(() => { throw null; }, 5);`,
  };

  for (const [name, code] of Object.entries(fatal)) {
    it(`${name} ends the process as it does without us, and is reported by the next start`, async () => {
      const bare = await run(code);
      const watched = await run(
        `const c = countly({ trackErrors: true }); c.addBreadcrumb('before'); c.device('u1').addEvent('a'); ${code}`,
      );
      expect(watched.code).toBe(bare.code);
      expect(watched.signal).toBe(bare.signal);
      // The same report of Node's; only the quoted line of the script and its positions differ.
      const essence = (text: string) =>
        text.split('\n').filter((line) => /^(\w*Error|Node\.js|\[|Uncaught|node:)/.test(line));
      expect(essence(watched.stderr)).toEqual(essence(bare.stderr));
      await deliverLeftovers();
      expect(server.counts.get('u1/a')).toBe(1);
      expect(crashes).toHaveLength(1);
      expect(crashes[0]?.['crash']).toMatchObject({ _nonfatal: false, _logs: 'before' });
    });
  }

  it('is not recorded without trackErrors, but what was recorded is saved', async () => {
    await run(`const c = countly(); c.device('u1').addEvent('a'); setTimeout(() => { throw new Error('x'); }, 5);`);
    await deliverLeftovers();
    expect(server.counts.get('u1/a')).toBe(1);
    expect(crashes).toHaveLength(0);
  });

  it('leaves an application that handles its errors alone', async () => {
    const ended =
      await run(`countly({ trackErrors: true }); process.on('uncaughtException', () => console.log('handled'));
      setTimeout(() => { throw new Error('x'); }, 5); setTimeout(() => console.log('alive'), 30);`);
    expect(ended).toMatchObject({ code: 0, stdout: 'handled\nalive\n' });
  });
});

describe('signals', () => {
  const waiting = `const c = countly({ handleSignals: true, flushInterval: 60000 }); c.device('u1').addEvent('last');
    setInterval(() => {}, 1000); console.log('ready');`;
  const killWhenReady = (signal: NodeJS.Signals) => (text: string, kill: (signal: NodeJS.Signals) => void) => {
    if (text === 'ready\n') kill(signal);
  };

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`with handleSignals ${signal} delivers first, and then ends the process as it would have`, async () => {
      const ended = await run(waiting, killWhenReady(signal));
      expect(ended.signal).toBe(signal);
      expect(server.counts.get('u1/last')).toBe(1);
    });
  }

  it('an application that handles the signal itself decides what happens', async () => {
    const ended = await run(
      `process.on('SIGTERM', () => setTimeout(() => process.exit(3), 200)); ${waiting}`,
      killWhenReady('SIGTERM'),
    );
    expect(ended.code).toBe(3);
    expect(server.counts.get('u1/last')).toBe(1);
  });

  it('without handleSignals nothing changes, and the next start delivers', async () => {
    const ended = await run(waiting.replace('handleSignals: true, ', ''), (text, kill) => {
      if (text === 'ready\n') setTimeout(() => kill('SIGTERM'), 300);
    });
    expect(ended.signal).toBe('SIGTERM');
    await deliverLeftovers();
    expect(server.counts.get('u1/last')).toBe(1);
  });
});

describe('several threads and processes of one application', () => {
  it('worker_threads have a client each on the same folder', async () => {
    const ended = await run(`
      const { Worker, isMainThread } = require('node:worker_threads');
      const code = ${JSON.stringify(
        `const { workerData } = require('node:worker_threads'); const { Countly } = require(workerData.PACKAGE);
         const c = new Countly(workerData.options); c.device(workerData.device).addEvent('work'); c.close();`,
      )};
      const options = { url: ${JSON.stringify(server.url)}, appKey: 'APP', deviceId: 'host', storagePath: ${JSON.stringify(folder)} };
      for (const device of ['w1', 'w2', 'w3']) new Worker(code, { eval: true, workerData: { PACKAGE: ${JSON.stringify(PACKAGE)}, options, device } });
      const c = countly(); c.device('main').addEvent('work');`);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(Object.fromEntries(server.counts)).toEqual({ 'w1/work': 1, 'w2/work': 1, 'w3/work': 1, 'main/work': 1 });
  });

  it('cluster workers deliver their own, also when one is killed', async () => {
    const ended = await run(`
      const cluster = require('node:cluster');
      if (cluster.isPrimary) {
        cluster.setupPrimary({ execArgv: [], exec: ${JSON.stringify(join(__dirname, 'cluster-worker.cjs'))}, args: [${JSON.stringify(PACKAGE)}, ${JSON.stringify(server.url)}, ${JSON.stringify(folder)}] });
        let exits = 0;
        for (let i = 0; i < 3; i++) cluster.fork({ WORKER: String(i) });
        cluster.on('message', (worker, message) => { if (message === 'kill me') worker.process.kill('SIGKILL'); });
        cluster.on('exit', () => { if (++exits === 3) console.log('all gone'); });
      }`);
    expect(ended.stdout).toContain('all gone');
    await deliverLeftovers();
    expect(Object.fromEntries(server.counts)).toEqual({ 'c0/work': 1, 'c1/work': 1, 'c2/work': 1 });
  });
});
