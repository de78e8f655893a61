import type { HttpAdapterHost } from '@nestjs/core';
import type { Subscription } from 'rxjs';
import type { ModuleSettings } from './countly.settings.js';

/** Applications call `enableShutdownHooks` before or shortly after `listen`. */
const GRACE_MS = 1000;

/** Test runners end without a signal, and a warning in every test would be noise. */
const IN_TEST = ['VITEST', 'JEST_WORKER_ID', 'NODE_TEST_CONTEXT'];

/**
 * Says once the server listens that nothing in the process reacts to a `SIGTERM`, and what that means for what is queued
 * then. Returns what cancels the watch.
 */
export function watchShutdownHooks(host: HttpAdapterHost, { logger, keptIn }: ModuleSettings): () => void {
  const { NODE_ENV } = process.env;
  if (NODE_ENV === 'test' || IN_TEST.some((name) => process.env[name] !== undefined)) return () => {};
  let timer: NodeJS.Timeout | undefined;
  const watch: Subscription | undefined = host.listen$?.subscribe(() => {
    timer = setTimeout(() => {
      if (process.listenerCount('SIGTERM') === 0) logger.warn(`Nothing handles SIGTERM. ${MEANING[keptIn]} ${REMEDY}`);
    }, GRACE_MS);
    timer.unref();
  });
  return () => {
    watch?.unsubscribe();
    clearTimeout(timer);
  };
}

const REMEDY =
  'To deliver when the process is stopped, call app.enableShutdownHooks() in main.ts, or set handleSignals: true.';
const MEANING: Readonly<Record<ModuleSettings['keptIn'], string>> = {
  journal:
    'Nothing is lost by that: what waits when the process is stopped is in the journal, and the next start delivers it.',
  storage: 'What waits when the process is stopped stays in your storage.',
  memory: 'With durability "memory", what waits when the process is stopped is lost.',
};
