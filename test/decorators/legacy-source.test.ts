import { describe, test } from 'vitest';
import { cases as errors } from './cases/errors.js';
import type { Cases } from './cases/harness.js';
import { cases as recording } from './cases/recording.js';
import { cases as results } from './cases/results.js';
import { cases as transparent } from './cases/transparent.js';
import { cases as weaving } from './cases/weaving.js';

const groups: Record<string, Cases> = { recording, results, errors, weaving, transparent };

for (const [name, cases] of Object.entries(groups)) {
  describe(name, () => {
    for (const [title, run] of Object.entries(cases)) test(title, run);
  });
}
