// What becomes of 200 events when all does not go well: one process of a client, and what the sink has of it afterwards.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pause } from './meter.mjs';

const SCENARIO = fileURLToPath(new URL('../scenarios/durable-process.mjs', import.meta.url));
const GUARD = new URL('./loopback-exit.mjs', import.meta.url).href;
const LONG_OUTAGE_MS = 30_000;
const SHORT_OUTAGE_MS = 4000;
const FLUSH_MS = 5000;

/**
 * The ways an application may end or a server may be away. Each gets `{ begin, sink, patience, events }`: `begin(events, how)`
 * starts a process on the same folder as the one before, `patience` is how long in ms what waits may take to arrive.
 */
export const ENDINGS = {
  /** The last line of the program, and no word to the client. */
  async natural({ begin, sink, patience, events }) {
    const from = performance.now();
    const run = begin(events, 'ends');
    const ended = await Promise.race([run.exited.then(() => true), pause(patience).then(() => false)]);
    const endedAfterMs = ended ? performance.now() - from : undefined;
    // One that cannot end has had its time as well.
    run.child.kill('SIGKILL');
    await run.exited;
    return { ...(await sink.ask('count')), endedAfterMs };
  },

  /** 503 from before the first event on, for four seconds. */
  outage: (run) => afterOutage({ ...run, status: 503, forMs: SHORT_OUTAGE_MS }),

  /** 500 from before the first event on, for half a minute. */
  longOutage: (run) => afterOutage({ ...run, status: 500, forMs: LONG_OUTAGE_MS }),

  /** A proxy answers the first request with 400, and lets all others through. */
  async refusal({ begin, sink, patience, events }) {
    await sink.ask('mode', { value: 'fail', status: 400, times: 1 });
    const run = begin(events, 'stays');
    await run.recorded;
    await sink.ask('arrival', { total: events, timeoutMs: patience });
    await finish(run);
    return sink.ask('count');
  },

  /** `kill -9` a second after the last event, with the server away all the time; then a start with nothing to record. */
  async kill({ begin, sink, patience, events }) {
    await sink.ask('mode', { value: 'fail' });
    const run = begin(events, 'stays');
    await run.recorded;
    await pause(1000);
    run.child.kill('SIGKILL');
    await run.exited;
    await sink.ask('mode', { value: 'ok' });
    const next = begin(0, 'stays');
    await next.recorded;
    await sink.ask('arrival', { total: events, timeoutMs: patience });
    await finish(next);
    return sink.ask('count');
  },
};

async function afterOutage({ begin, sink, patience, events, status, forMs }) {
  await sink.ask('mode', { value: 'fail', status });
  const run = begin(events, 'stays');
  await run.recorded;
  await pause(Math.max(0, forMs - run.age()));
  await sink.ask('mode', { value: 'ok' });
  await sink.ask('arrival', { total: events, timeoutMs: patience });
  await finish(run);
  return sink.ask('count');
}

export const EVENTS = 200;

/** Runs one ending of one client under a Node; gives what arrived, in percent, and how often something came again. */
export async function durableRun({ module, ending, node, patience, events = EVENTS }, sink) {
  const folder = mkdtempSync(join(tmpdir(), 'countly-weave-bench-'));
  await sink.ask('reset', { size: events });
  const children = [];
  const begin = (count, how) => {
    const run = startProcess(node, [sink.url, folder, module, `${count}`, how]);
    children.push(run.child);
    return run;
  };
  try {
    const { distinct, duplicates, endedAfterMs } = await ENDINGS[ending]({ begin, sink, patience, events });
    return { delivered: (100 * distinct) / events, duplicates, endedAfterMs };
  } finally {
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

function startProcess(node, args) {
  const from = performance.now();
  const child = spawn(node, ['--import', GUARD, SCENARIO, ...args], {
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const recorded = Promise.race([once(child.stdout, 'data'), exited]);
  child.stdin.on('error', () => {});
  return { child, exited, recorded, age: () => performance.now() - from };
}

/** What an application does when it is told to end, and not for ever. */
async function finish({ child, exited }) {
  child.stdin.end();
  await Promise.race([exited, pause(FLUSH_MS)]);
  child.kill('SIGKILL');
  await exited;
}
