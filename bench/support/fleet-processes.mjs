// What a fleet needs beside the process under test: a Redis as Debian starts it with its append-only file, and relays.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';

const CLI = fileURLToPath(new URL('../node_modules/countly-weave/dist/cli.js', import.meta.url));
/** Of Linux on every machine that Node runs on. */
const TICKS_PER_SECOND = 100;

/** A redis-server on a free port of this machine; `everysec` is the default of Redis. */
export async function startRedis({ appendfsync = 'everysec' } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'countly-weave-redis-'));
  const port = await freePort();
  const keeps = ['--appendonly', 'yes', '--appendfsync', appendfsync, '--save', '', '--dir', folder];
  let child;
  async function start() {
    const program = process.env.REDIS_SERVER_PATH ?? 'redis-server';
    child = spawn(program, ['--port', `${port}`, '--bind', '127.0.0.1', ...keeps], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await said(child, /Ready to accept connections/);
  }
  async function kill() {
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }
  await start();
  const url = `redis://127.0.0.1:${port}`;
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => 50 });
  client.on('error', () => {});
  return {
    url,
    start,
    kill,
    cpuMs: () => cpuMsOf(child.pid),
    /** Of what is stored: the buffers of connections come and go by megabytes. */
    usedBytes: async () => Number(/^used_memory_dataset:(\d+)/m.exec(await client.info('memory'))?.[1]),
    empty: () => client.flushall(),
    async stop() {
      client.disconnect();
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** `npx countly-weave relay` for a fleet; `execArgv` is for a profiler. */
export async function startRelay({ redis, url, appKey = 'bench', execArgv = [] }) {
  const where = ['--redis', redis.url, '--url', url, '--app-key', appKey, '--port', '0'];
  const child = spawn(process.execPath, [...execArgv, CLI, 'relay', ...where], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await said(child, /listens on/);
  return {
    cpuMs: () => cpuMsOf(child.pid),
    async stop(signal = 'SIGTERM') {
      const exited = once(child, 'exit');
      child.kill(signal);
      await exited;
    },
  };
}

/** CPU time of a process and all its threads so far; it is Linux that tells. */
export function cpuMsOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND;
}

function said(child, pattern) {
  return new Promise((resolve, reject) => {
    let output = '';
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`it ended before it said ${pattern}: ${output}`)));
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
      if (pattern.test(output)) resolve();
    });
  });
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
