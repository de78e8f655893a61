import type { HttpAdapterHost } from '@nestjs/core';
import type { Subscription } from 'rxjs';
import type { Logger } from '../lib/index.js';

/** Applications call `enableShutdownHooks` before or shortly after `listen`. */
const GRACE_MS = 1000;

/** Test runners end without a signal, and a warning in every test would be noise. */
const IN_TEST = ['VITEST', 'JEST_WORKER_ID', 'NODE_TEST_CONTEXT'];

/**
 * Says once the server listens that a `SIGTERM` would lose what is queued in memory, because nothing in the process
 * reacts to it. Returns what cancels the watch.
 */
export function watchShutdownHooks(host: HttpAdapterHost, logger: Logger): () => void {
  const { NODE_ENV } = process.env;
  if (NODE_ENV === 'test' || IN_TEST.some((name) => process.env[name] !== undefined)) return () => {};
  let timer: NodeJS.Timeout | undefined;
  const watch: Subscription | undefined = host.listen$?.subscribe(() => {
    timer = setTimeout(() => {
      if (process.listenerCount('SIGTERM') === 0) logger.warn(WARNING);
    }, GRACE_MS);
    timer.unref();
  });
  return () => {
    watch?.unsubscribe();
    clearTimeout(timer);
  };
}

const WARNING =
  'Nothing handles SIGTERM: what is queued is not delivered when the process is stopped. Call app.enableShutdownHooks() in main.ts, or set handleSignals: true.';
