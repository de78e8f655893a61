import { configDefaults, defineConfig } from 'vitest/config';

/** Rooms whose code keeps nothing outside of its objects: their tests share one copy of it, which halves their time. */
const STATELESS = ['features', 'outbox', 'journal', 'protocol', 'config', 'segmentation'].map(
  (room) => `test/${room}/**/*.test.ts`,
);
const timeouts = { testTimeout: 15_000, hookTimeout: 30_000 };

export default defineConfig({
  test: {
    // Most of the time goes into waiting for processes and servers, so two files at a time suit two cores.
    maxWorkers: 2,
    // What was accepted is written by `--update` alone, never because it is missing.
    update: 'none',
    projects: [
      {
        test: {
          name: 'isolated',
          ...timeouts,
          include: ['test/**/*.test.ts', 'inspector/test/**/*.test.ts', 'sample-app/test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...STATELESS],
        },
      },
      { test: { name: 'stateless', ...timeouts, include: STATELESS, isolate: false } },
    ],
  },
});
