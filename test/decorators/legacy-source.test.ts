import { describe, test } from 'vitest';
import { cases as devices } from './cases/devices.js';
import { cases as errors } from './cases/errors.js';
import type { Cases } from './cases/harness.js';
import { cases as queries } from './cases/queries.js';
import { cases as recording } from './cases/recording.js';
import { cases as refusals } from './cases/refusals.js';
import { cases as results } from './cases/results.js';
import { cases as transparent } from './cases/transparent.js';
import { cases as weaving } from './cases/weaving.js';

const groups: Record<string, Cases> = { recording, devices, results, queries, errors, weaving, refusals, transparent };

for (const [name, cases] of Object.entries(groups)) {
  describe(name, () => {
    for (const [title, run] of Object.entries(cases)) test(title, run);
  });
}
