// One process from its start to its end, as a command or a function of a cloud would be.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { pause } from './meter.mjs';

const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const GIVE_UP_MS = 60_000;
/** From the last arrival to the end of a client that nobody can tell to finish: its answer has to come back. */
const SETTLE_MS = 100;

/**
 * Runs `scenarios/<scenario>.mjs` under a Node and gives what it used in all (support/usage.mjs), and what arrived.
 *
 * @param {{ node: string, scenario: string, args: (string | number)[], events: number, endless?: boolean, guarded?: boolean }} run
 *   `endless`: the process does not end by itself and is told to when all has arrived. `guarded`: it may reach nothing but
 *   this machine, which costs memory and time: for runs whose figures do not count.
 */
export async function wholeProcess({ node, scenario, args, events, endless = false, guarded = false }, sink) {
  const folder = mkdtempSync(join(tmpdir(), 'countly-weave-bench-'));
  await sink.ask('reset', { size: events });
  const from = performance.now();
  const guard = guarded ? ['--import', new URL('./loopback-exit.mjs', import.meta.url).href] : [];
  const child = spawn(node, [...guard, here(`../scenarios/${scenario}.mjs`), sink.url, folder, ...args.map(String)], {
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), GIVE_UP_MS);
  try {
    const report = text(child.stdio[3]);
    const ended = once(child, 'exit');
    if (endless) {
      await sink.ask('arrival', { total: events, timeoutMs: GIVE_UP_MS / 2 });
      await pause(SETTLE_MS);
      child.kill('SIGTERM');
    }
    const [code] = await ended;
    const wallMs = performance.now() - from;
    if (code !== 0) throw new Error(`${args[0]} ended with ${code ?? 'a signal'}`);
    const { cpuMs, peakMib } = JSON.parse(await report);
    const { distinct, duplicates, requests } = await sink.ask('count');
    return { cpuMs, peakMib, wallMs, requests, delivered: (100 * distinct) / Math.max(1, events), duplicates };
  } finally {
    clearTimeout(timer);
    rmSync(folder, { recursive: true, force: true });
  }
}
