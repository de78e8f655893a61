import { configDefaults, defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.js';

/**
 * Rooms whose tests leave nothing behind in their process: they share one copy of the code, which takes half of the processor
 * time. Where a client is found without being handed over (`test/scope`, `test/testing`, `test/inspection`), or the process itself
 * is looked at, a file has a process of its own.
 */
const SHARED = [
  ...[
    'compat',
    'config',
    'decorators',
    'docs',
    'features',
    'http',
    'journal',
    'live',
    'nest',
    'nestjs-cls',
    'openfeature',
  ],
  ...['otel', 'outbox', 'plan', 'protocol', 'redis', 'segmentation', 'trust', 'typeorm', 'types'],
]
  .map((room) => `test/${room}/**/*.test.ts`)
  .concat(
    'test/*.test.ts',
    'test/fleet/{fleet,visitor}-*.test.ts',
    'inspector/test/**/*.test.ts',
    'sample-app/test/**/*.test.ts',
  );
/** Files of those rooms that count listeners, memory or what was woven, or tell Nest something for the whole process. */
const ALONE = [
  'test/decorators/{allocation,kit-own-method,mocks,process}.test.ts',
  'test/nest/{inspector,instrument,leaks,odd-requests,provider-scopes,registration,shutdown}.test.ts',
  'test/{fake-timers,messages}.test.ts',
];
const timeouts = { testTimeout: 15_000, hookTimeout: 30_000 };

export default defineConfig({
  test: {
    // Much of the time goes into waiting for processes and servers, so three files at a time suit two cores.
    maxWorkers: 3,
    // What was accepted is written by `--update` alone, never because it is missing.
    update: 'none',
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'alone',
          ...timeouts,
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...SHARED],
        },
      },
      { test: { name: 'alone in its room', ...timeouts, include: ALONE } },
      {
        test: {
          name: 'shared',
          ...timeouts,
          include: SHARED,
          exclude: [...configDefaults.exclude, ...ALONE],
          isolate: false,
        },
      },
    ],
  },
});
