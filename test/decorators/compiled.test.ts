import { createRequire } from 'node:module';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { cases as commit } from './cases/commit.js';
import { cases as devices } from './cases/devices.js';
import { cases as errors } from './cases/errors.js';
import type { Cases } from './cases/harness.js';
import { cases as observed } from './cases/observed.js';
import { cases as people } from './cases/people.js';
import { cases as queries } from './cases/queries.js';
import { cases as recording } from './cases/recording.js';
import { cases as refusals } from './cases/refusals.js';
import { cases as results } from './cases/results.js';
import { cases as transparent } from './cases/transparent.js';
import { cases as weaving } from './cases/weaving.js';
import { type Compiler, compileCases, compileLibrary } from './compile/compilers.js';

// Node 20 cannot run the standard dialect from source, so the case files are compiled and loaded as a user's build is.
const COMPILERS: readonly Compiler[] = [
  'tsc standard',
  'tsc legacy',
  'swc standard',
  'swc legacy',
  'esbuild standard',
  'esbuild legacy',
];
// The source versions are read for their titles only.
const TITLES: Record<string, Cases> = {
  recording,
  commit,
  devices,
  people,
  observed,
  results,
  queries,
  errors,
  weaving,
  refusals,
  transparent,
};

let library = '';
beforeAll(() => {
  library = compileLibrary('compiled');
}, 60_000);

describe.each(COMPILERS)('compiled by %s', (compiler) => {
  const load = createRequire(__filename);
  let folder = '';
  beforeAll(() => {
    folder = compileCases(compiler, library);
  }, 60_000);

  describe.each(Object.entries(TITLES))('%s', (group, titles) => {
    test.each(Object.keys(titles))('%s', async (title) => {
      const { cases } = load(join(folder, `${group}.js`)) as { cases: Cases };
      expect(cases[title]).toBeTypeOf('function');
      await cases[title]?.();
    });
  });
});
