import { writeFileSync } from 'node:fs';
import { test } from 'vitest';
import { recorded } from './app.js';

test('is recorded', async () => {
  writeFileSync('vitest.json', JSON.stringify(await recorded()));
});
