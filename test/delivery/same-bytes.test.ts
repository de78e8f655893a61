import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const PACKAGE = join(__dirname, '../../dist/index.js');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cw-bytes-'));
});
afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }));

/** Runs a process whose transport notes each body in a file of that name; gives the bodies, and the signal that ended it. */
async function life(name: string, options: object, afterSend: string, work: string) {
  const file = join(folder, name);
  const script = `
    const { appendFileSync } = require('node:fs');
    const { Countly } = require(${JSON.stringify(PACKAGE)});
    const transport = {
      async send({ path, body }) {
        appendFileSync(${JSON.stringify(file)}, JSON.stringify({ path, body }) + '\\n');
        ${afterSend}
        return { kind: 'delivered' };
      },
      query: async () => ({ ok: false, status: 0, message: 'none' }),
      close: async () => {},
    };
    const countly = new Countly({ url: 'http://127.0.0.1:9', appKey: 'APP', deviceId: 'host', serverSettings: false,
      storagePath: ${JSON.stringify(join(folder, 'state'))}, transport, ...${JSON.stringify(options)} });
    ${work}`;
  const child = spawn(process.execPath, ['-e', script], { stdio: 'inherit' });
  const signal = await new Promise((resolve) => child.once('close', (_code, killedBy) => resolve(killedBy)));
  const lines = (await readFile(file, 'utf8')).trim().split('\n');
  return { signal, sent: lines.map((line) => JSON.parse(line) as { path: string; body: string }) };
}

/** The logical requests in what was sent, as texts. */
function requestsIn(sent: readonly { path: string; body: string }[]): string[] {
  return sent
    .flatMap(({ path, body }) =>
      path === '/i/bulk'
        ? (JSON.parse(body) as { requests: object[] }).requests.map((request) => JSON.stringify(request))
        : [body],
    )
    .sort();
}

// The entries themselves are on disk long before (the group commit takes 20 ms), so that only the seal is at stake: the
// next life would put the same entries in other requests, which a server cannot recognise as repeated.
const KILL = `process.kill(process.pid, 'SIGKILL');`;
const FIRST = { flushInterval: 400 };
const NEXT = { maxEvents: 1, flushInterval: 10 };
const DELIVER = 'countly.flush({ timeout: 5000 }).then(() => countly.close());';

describe('killed between the seal of a request and its answer, the next life sends', () => {
  it('the same bytes', async () => {
    const record = `for (let i = 0; i < 5; i++) countly.device('u1').addEvent('n' + i); setInterval(() => {}, 1000);`;
    const first = await life('first', FIRST, KILL, record);
    expect(first).toMatchObject({ signal: 'SIGKILL', sent: [{ path: '/i' }] });
    const next = await life('next', NEXT, '', DELIVER);
    expect(next).toEqual({ signal: null, sent: first.sent });
  }, 30_000);

  it('the same requests of a bulk, to the same endpoint', async () => {
    const record = `for (let i = 0; i < 60; i++) countly.device('u' + (i % 20)).addEvent('n' + i); setInterval(() => {}, 1000);`;
    const first = await life('first', FIRST, KILL, record);
    expect(first).toMatchObject({ signal: 'SIGKILL', sent: [{ path: '/i/bulk' }] });
    const next = await life('next', NEXT, '', DELIVER);
    expect(requestsIn(first.sent)).toHaveLength(20);
    expect(requestsIn(next.sent)).toEqual(requestsIn(first.sent));
    expect(next.sent.map(({ path }) => path)).toEqual(next.sent.map(() => '/i/bulk'));
  }, 30_000);
});
