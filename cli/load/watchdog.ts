import { Worker } from 'node:worker_threads';

/** What the other watch, on this thread, is given first: it ends with a code and not by a signal. */
const LATER_MS = 1000;

/** Runs from its own text, beside a thread that may be busy for ever and which then nothing but a signal ends. */
function keepWatch(): void {
  const { ms, text } = process.getBuiltinModule('node:worker_threads').workerData as { ms: number; text: string };
  setTimeout(() => {
    try {
      process.getBuiltinModule('node:fs').writeSync(2, text);
    } finally {
      process.kill(process.pid, 'SIGKILL');
    }
  }, ms);
}

/**
 * Ends the process when it has no time even for its timers. It keeps no process alive.
 *
 * @returns what calls it off
 */
export function watchdog(ms: number, text: string): () => void {
  // Nothing of how the application is to be loaded concerns it: hooks, options, environment.
  const workerData = { ms: Math.min(ms + LATER_MS, 2 ** 31 - 1), text };
  const worker = new Worker(`(${keepWatch})()`, { eval: true, execArgv: [], env: {}, workerData });
  worker.unref();
  // A system without threads to spare has none, and waits.
  worker.on('error', () => {});
  return () => void worker.terminate().catch(() => {});
}
