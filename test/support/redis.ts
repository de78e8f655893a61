import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const PROGRAM =
  process.env['REDIS_SERVER_PATH'] ??
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'redis-server'))
    .find((path) => existsSync(path));

/** Why tests with Redis cannot run here, printed once; CI installs one and fails on anything skipped. */
export const noRedis = PROGRAM === undefined;
if (noRedis) {
  process.stderr.write(
    'Skipped: there is no redis-server. Install one (Debian: apt-get update && apt-get install -y redis-server), or set REDIS_SERVER_PATH.\n',
  );
}

/** A Redis of its own on a free port of the loopback interface; nothing on disk, unless it is given a folder. */
export class Redis {
  readonly host = '127.0.0.1';
  port = 0;
  #process: ChildProcess | undefined;

  /** @param folder where it keeps its append-only file: each write is with the operating system before it is answered */
  constructor(private readonly folder?: string) {}

  get url(): string {
    return `redis://${this.host}:${this.port}`;
  }

  /** Starts, after a stop on the same port. */
  async start(...also: string[]): Promise<void> {
    if (this.port === 0) this.port = await freePort();
    if (this.folder !== undefined) mend(join(this.folder, 'appendonlydir', 'appendonly.aof.manifest'));
    const keeps = this.folder === undefined ? ['no'] : ['yes', '--appendfsync', 'no'];
    const options = ['--port', String(this.port), '--bind', this.host, '--save', '', '--appendonly', ...keeps];
    const child = spawn(PROGRAM ?? 'redis-server', [...options, '--dir', this.folder ?? tmpdir(), ...also], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = child;
    let output = '';
    const ready = new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', () => reject(new Error(`redis-server ended: ${output}`)));
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (chunk: Buffer) => {
          output += chunk.toString('utf8');
          if (output.includes('Ready to accept connections')) resolve();
        });
      }
    });
    await ready;
  }

  async stop(): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }
}

/**
 * As an operator does after a crash (docs/scaling.md): a Redis that was killed while it wrote cuts off half a command and leaves the
 * transaction open that it belonged to. The start after that would execute it, as part of the next one.
 */
function mend(manifest: string): void {
  if (!existsSync(manifest)) return;
  // The server is its own tool, by the name it is called.
  const { status, stdout } = spawnSync(PROGRAM ?? 'redis-server', ['--fix', manifest], {
    argv0: 'redis-check-aof',
    input: 'y\n',
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`redis-check-aof failed: ${stdout}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
