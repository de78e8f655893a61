import { spawn } from 'node:child_process';

const SLOTS = 2;
const alive = new Set();

/** Runs `work` when one of the two slots is free: the areas start together, but the machine has two cores. */
export const inSlot = slots();

/** The same for what waits for a registry most of the time: two installations beside two others that keep the cores busy. */
export const inInstallSlot = slots();

function slots() {
  const waiting = [];
  let running = 0;
  return async (work) => {
    if (running >= SLOTS) await new Promise((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      // The slot is handed on, not returned, so that nobody who comes later can take it first.
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}

/**
 * The environment for a consumer: that of a fresh shell. `npm run` adds variables that would make a nested npm work on
 * this repository, and a test runner's own would make the consumer believe it is under test.
 */
export function cleanEnvironment(extra = {}) {
  const foreign =
    /^(npm_(?!config_(registry|cache|userconfig|proxy|https_proxy|noproxy)$)|VITEST|JEST_|NODE_(?!EXTRA_CA_CERTS$)|COUNTLY_|INIT_CWD$)/i;
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  return { ...Object.fromEntries(kept), NO_COLOR: '1', ...extra };
}

/** Starts a child and collects what it writes. `ended` resolves with `{ code, signal, stdout, stderr, timedOut }`. */
export function start(command, args, { cwd, env, timeout = 180_000 } = {}) {
  const child = spawn(command, args, { cwd, env: cleanEnvironment(env), stdio: 'pipe' });
  alive.add(child);
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr']) {
    child[stream].setEncoding('utf8').on('data', (text) => {
      output[stream] += text;
    });
  }
  // A child that is gone already takes no input; its exit code tells the story.
  child.stdin.on('error', () => {});
  const ended = new Promise((resolve) => {
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill('SIGKILL');
    }, timeout);
    child.once('error', (error) => {
      clearTimeout(timer);
      resolve({ code: null, signal: null, timedOut, ...output, stderr: `${output.stderr}${error.message}` });
    });
    child.once('close', (code, signal) => {
      alive.delete(child);
      clearTimeout(timer);
      resolve({ code, signal, timedOut, ...output });
    });
  });
  return { child, output, ended };
}

/** Ends what is still running, when the whole run is cut short. */
export function killChildren() {
  for (const child of alive) child.kill('SIGKILL');
}

/** Runs a command to its end within a slot (`slot`); throws with its output unless it exits with 0. */
export function run(command, args, options = {}) {
  const { slot = inSlot } = options;
  return slot(async () => {
    const { child, ended } = start(command, args, options);
    child.stdin.end();
    const result = await ended;
    if (result.code !== 0 && !options.anyCode) throw new Error(`${describe(command, args, result)}`);
    return result;
  });
}

function describe(command, args, { code, signal, timedOut, stdout, stderr }) {
  const how = timedOut ? 'was too slow' : `ended with ${signal ?? code}`;
  return [`${[command, ...args].join(' ')} ${how}`, stdout.trim(), stderr.trim()].filter(Boolean).join('\n');
}
