import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'inspector/test/**/*.test.ts', 'sample-app/test/**/*.test.ts'],
    // Most of the time goes into waiting for processes and servers, so two files at a time suit two cores.
    maxWorkers: 2,
    testTimeout: 15_000,
    hookTimeout: 30_000,
  },
});
