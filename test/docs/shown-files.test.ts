import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(__dirname, '..', '..');

/** Examples that name a file, as in "```ts test/consumers/apps/jest/cart.spec.ts". */
async function shownFiles(page: string): Promise<{ name: string; text: string }[]> {
  const text = await readFile(join(ROOT, page), 'utf8');
  const blocks = text.matchAll(/^```\w+ (\S+)\n([\s\S]*?)^```$/gm);
  return [...blocks].map(([, name = '', shown = '']) => ({ name, text: shown }));
}

test('what the page on testing shows are the very files that run in CI', async () => {
  const shown = await shownFiles('docs/testing.md');
  expect(shown.map(({ name }) => name.replace('test/consumers/apps/', ''))).toEqual([
    'vitest/cart.ts',
    'vitest/cart.spec.ts',
    'jest/cart.spec.ts',
    'jest/orders.ts',
    'jest/orders.e2e.spec.ts',
    'vitest/orders.e2e.spec.ts',
    'vitest/ci.sh',
    'vitest/inspector.e2e.spec.ts',
  ]);
  for (const { name, text } of shown) expect(text, name).toBe(await readFile(join(ROOT, name), 'utf8'));
});
