import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CountlyOptions } from '../../lib/config/options.js';
import { silentLogger } from '../../lib/logger.js';
import { Countly } from '../../lib/scope/countly.js';
import { type Behaviour, CountlyServer } from '../support/countly-server.js';

const CHILD = join(__dirname, 'crash-child.mjs');
/**
 * Beats of the child's own event loop, 20 ms apart, after which an entry has to be on disk. The first of them may come
 * right after the entry; between it and the second lie the 20 ms of the group commit.
 */
const TICKS = 2;

/** What a killed child is known to have accepted: numbers, and in between the ticks of its event loop. */
interface Victim {
  readonly prefix: string;
  readonly lines: readonly string[];
}

let server: CountlyServer;
let folder: string;

beforeEach(async () => {
  server = new CountlyServer();
  await server.start();
  folder = await mkdtemp(join(tmpdir(), 'cw-crash-'));
});

afterEach(async () => {
  await server.stop().catch(() => {});
  await rm(folder, { recursive: true, force: true, maxRetries: 10 });
});

/** Starts a child, lets it work for a random while after its first event, and kills it without warning. */
async function victim(prefix: string, options: CountlyOptions, lifeMs: number): Promise<Victim> {
  const child: ChildProcess = spawn(
    process.execPath,
    [CHILD, prefix, JSON.stringify({ url: server.url, storagePath: folder, ...options })],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let output = '';
  let killing = false;
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString('utf8');
    if (killing) return;
    killing = true;
    setTimeout(() => child.kill('SIGKILL'), lifeMs);
  });
  await new Promise<void>((resolve) => child.once('close', () => resolve()));
  // The last line may be cut off.
  return { prefix, lines: output.split('\n').slice(0, -1) };
}

/** The next start on the same folder: takes over what the dead left and delivers it. */
async function restart(): Promise<void> {
  const countly = new Countly({
    url: server.url,
    appKey: 'APP',
    deviceId: 'host',
    storagePath: folder,
    logger: silentLogger,
  });
  do await countly.flush({ timeout: 5000 });
  while (countly.stats().pending > 0);
  expect(countly.stats().dropped).toEqual({});
  await countly.close();
}

function countOf({ prefix }: Victim, number: number): number {
  return server.counts.get(`${prefix}-${number % 5}/n${number}`) ?? 0;
}

/** Numbers accepted before the child's event loop has ticked `ticks` times for the last time. */
function acceptedBefore({ lines }: Victim, ticks: number): number[] {
  let end = lines.length;
  for (let seen = 0; seen < ticks && end > 0; ) if (lines[--end] === 'tick') seen++;
  return lines
    .slice(0, end)
    .filter((line) => line !== 'tick')
    .map(Number);
}

function expectNothingLost(dead: Victim, ticks: number): void {
  const lost = acceptedBefore(dead, ticks).filter((number) => countOf(dead, number) === 0);
  expect(lost, `${dead.prefix}: lost although accepted ${ticks} ticks before the end`).toEqual([]);
}

function expectNothingTwice(): void {
  expect([...server.counts].filter(([, count]) => count > 1)).toEqual([]);
}

const cutAnswers: Behaviour = { do: 'cut', store: true };

const moments: Record<string, () => void | Promise<void>> = {
  'while the server answers': () => {},
  'while answers get lost after the server has stored': () => {
    server.script = ({ call }) => (call % 3 === 0 ? cutAnswers : undefined);
  },
  'while the server is down': () => server.stop(),
  'while the server is slow': () => {
    server.script = () => ({ do: 'slow', ms: 25 });
  },
};

describe('kill -9 at a random moment, several processes on one folder', () => {
  for (const [moment, prepare] of Object.entries(moments)) {
    it(`${moment}: nothing older than a commit tick is lost, nothing is counted twice (40 kills)`, async () => {
      for (let round = 0; round < 10; round++) {
        await prepare();
        const dead = await Promise.all(
          [0, 1, 2, 3].map((child) => victim(`r${round}c${child}`, {}, Math.random() * 150)),
        );
        server.script = () => undefined;
        await server.start().catch(() => {});
        await restart();
        for (const each of dead) expectNothingLost(each, TICKS);
        expectNothingTwice();
      }
    }, 120_000);
  }

  it("with durability 'sync' nothing at all is lost (40 kills)", async () => {
    for (let round = 0; round < 10; round++) {
      if (round % 2 === 1) await server.stop();
      const dead = await Promise.all(
        [0, 1, 2, 3].map((child) => victim(`r${round}c${child}`, { durability: 'sync' }, Math.random() * 150)),
      );
      await server.start().catch(() => {});
      await restart();
      for (const each of dead) expectNothingLost(each, 0);
      expectNothingTwice();
    }
  }, 120_000);

  it('leaves no journal behind once everything has been delivered', async () => {
    await victim('solo', {}, 50);
    await restart();
    const left = await readdir(folder, { recursive: true });
    expect(left.filter((name) => name.endsWith('.journal') || name.includes('segment'))).toEqual([]);
  }, 30_000);
});
