import { configDefaults, defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.js';

/**
 * Rooms whose code keeps nothing outside of its objects. Apart from the others, as what a class without rules may send depends on
 * whether anybody in the process, such as Nest, has loaded class-transformer.
 */
const STATELESS = tests('features', 'outbox', 'journal', 'protocol', 'config', 'segmentation');
/**
 * Rooms whose tests leave nothing behind in their process but a client. All of these share one copy of the code, which takes half of
 * the processor time. Where clients are found without being handed over (`test/scope`, `test/testing`, `test/inspection`), and where
 * other processes are what is looked at, a file has a process of its own.
 */
const SHARED = [
  ...tests('compat', 'decorators', 'docs', 'http', 'live', 'nest', 'nestjs-cls', 'openfeature', 'otel'),
  ...tests('plan', 'redis', 'trust', 'typeorm', 'types'),
  ...['test/fleet/{fleet,visitor}-*.test.ts', 'inspector/test/**/*.test.ts', 'sample-app/test/**/*.test.ts'],
];
/** Files of those rooms that count listeners, memory or what was woven, or tell Nest something for the whole process. */
const ALONE = [
  'test/decorators/{allocation,kit-own-method,mocks,process}.test.ts',
  'test/nest/{failed-boot,inspector,instrument,leaks,odd-requests,provider-scopes,registration,shutdown}.test.ts',
  'test/nest/testing/*.test.ts',
];

function tests(...rooms: string[]): string[] {
  return rooms.map((room) => `test/${room}/**/*.test.ts`);
}

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
          exclude: [...configDefaults.exclude, ...STATELESS, ...SHARED],
        },
      },
      { test: { name: 'alone in its room', ...timeouts, include: ALONE } },
      { test: { name: 'stateless', ...timeouts, include: STATELESS, isolate: false } },
      {
        test: {
          name: 'shared',
          ...timeouts,
          include: SHARED,
          exclude: [...configDefaults.exclude, ...ALONE],
          isolate: false,
          setupFiles: 'test/support/fresh-registry.ts',
        },
      },
    ],
  },
});
