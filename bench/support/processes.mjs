// The sink, and one fresh process for every measurement.
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = (file) => fileURLToPath(new URL(file, import.meta.url));

/** Starts the sink. `ask('count')` and the other commands of sink.mjs answer with promises. */
export async function startSink() {
  const child = fork(here('./sink.mjs'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const waiting = new Map();
  let next = 0;
  const port = await new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message.port));
    child.once('exit', () => reject(new Error('the sink did not start')));
  });
  child.on('message', ({ id, result }) => {
    waiting.get(id)?.(result);
    waiting.delete(id);
  });
  return {
    url: `http://127.0.0.1:${port}`,
    ask: (command, rest = {}) =>
      new Promise((resolve) => {
        // A scenario that has given up may still have a question on its way.
        if (!child.connected) return resolve(undefined);
        waiting.set(++next, resolve);
        child.send({ id: next, command, ...rest });
      }),
    stop: () => child.kill('SIGKILL'),
  };
}

/**
 * Runs a scenario (a file of scenarios/ with a default export) in a fresh process that may reach nothing but loopback,
 * and answers with what it returns. The scenario's questions to the sink pass through here; `helpers` answer others.
 */
export function runScenario(
  scenario,
  params,
  sink,
  { timeoutMs = 180_000, execArgv = [], helpers = {}, node = process.execPath } = {},
) {
  return new Promise((resolve, reject) => {
    const child = fork(here('./child.mjs'), [], {
      execPath: node,
      execArgv: ['--import', new URL('./loopback-only.mjs', import.meta.url).href, ...execArgv],
      env: { ...process.env, NODE_ENV: 'production' },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    // Here and not in the child, because the child does not live to tidy up.
    const folder = mkdtempSync(join(tmpdir(), 'countly-weave-bench-'));
    let settled = false;
    const finish = (settle, value) => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      settle(value);
      // A client may keep its process alive with timers or sockets; its part is done.
      child.once('exit', () => rmSync(folder, { recursive: true, force: true }));
      child.kill('SIGKILL');
    };
    const timer = setTimeout(() => finish(reject, new Error(`${scenario}: no result in time`)), timeoutMs);
    child.on('message', async (message) => {
      if (message.ask !== undefined) {
        const helper = helpers[message.ask];
        const result = await (helper === undefined ? sink.ask(message.ask, message.rest) : helper(message.rest));
        // It may be killed meanwhile; nobody waits for the answer then.
        if (child.connected) child.send({ answer: message.id, result }, () => {});
      } else if (message.error !== undefined) {
        finish(reject, new Error(`${scenario} ${JSON.stringify(params)}: ${message.error}`));
      } else {
        finish(resolve, message.result);
      }
    });
    child.on('exit', (code) => finish(reject, new Error(`${scenario} ${JSON.stringify(params)}: exit code ${code}`)));
    child.send({ scenario, params: { ...params, url: sink.url, folder } });
  });
}
