import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CountlyServer } from '../support/countly-server.js';
import { PLATFORMS } from './support/platforms.js';

const CHILD = join(__dirname, 'support', 'signal-child.mjs');

/** A busy machine may take seconds to start a process. */
vi.setConfig({ testTimeout: 60_000 });

let server: CountlyServer;
let child: ChildProcess | undefined;

beforeEach(async () => {
  server = new CountlyServer();
  await server.start();
});

afterEach(async () => {
  child?.kill('SIGKILL');
  await server.stop().catch(() => {});
});

/** Starts the application without the variables by which it would know that it is being tested. */
async function startChild(options: object) {
  const { VITEST: _v, NODE_ENV: _n, VITEST_MODE: _m, ...env } = process.env;
  const started = spawn(process.execPath, [CHILD, JSON.stringify({ url: server.url, ...options })], { env });
  child = started;
  let output = '';
  for (const stream of [started.stdout, started.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
      started.emit('said');
    });
  }
  started.once('exit', () => started.emit('said'));
  const said = async (text: string) => {
    while (!output.includes(text)) {
      if (started.exitCode !== null) throw new Error(`The process ended early: ${output}`);
      await once(started, 'said');
    }
  };
  await said('listening ');
  const url = /listening (\S+)/.exec(output)?.[1] ?? '';
  return { process: started, url, said, output: () => output };
}

/** Without keep-alive: Fastify closes a connection that becomes idle during the shutdown only after its own timeout. */
async function getOnce(url: string): Promise<string> {
  const [response] = (await once(get(url, { agent: false, headers: { 'x-id': 'ada' } }), 'response')) as [
    IncomingMessage,
  ];
  let body = '';
  for await (const chunk of response.setEncoding('utf8')) body += chunk;
  return body;
}

describe.each(PLATFORMS)('a process on %s', (platform) => {
  it('delivers everything on SIGTERM, also what running requests still record, and dies of the signal', async () => {
    const { process: running, url, said } = await startChild({ platform, hooks: true });
    const answer = getOnce(url);
    await said('recording');
    const exited = once(running, 'exit');
    running.kill('SIGTERM');
    expect(await answer).toBe('done');
    expect(await exited).toEqual([null, 'SIGTERM']);
    expect(Object.fromEntries(server.counts)).toEqual({ 'ada/early': 1, 'ada/late': 1 });
  });
});

describe('shutdown hooks', () => {
  it('are missed with one warning, which says what becomes of what waits', async () => {
    const { output } = await startChild({ platform: 'express', hooks: false });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(output().match(/enableShutdownHooks/g)).toHaveLength(1);
    expect(output()).toContain('With durability "memory", what waits when the process is stopped is lost.');
  });

  it('are not missed where there are some', async () => {
    const { output } = await startChild({ platform: 'express', hooks: true });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(output()).not.toContain('enableShutdownHooks');
  });
});
