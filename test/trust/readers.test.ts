import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(__dirname, '../..');

interface Row {
  readonly what: string;
  readonly names: readonly string[];
  readonly files: readonly string[];
  readonly test: string;
}

/** The table of SECURITY.md: what comes in, who reads it, and the test that feeds it. */
function rows(): Row[] {
  const lines = readFileSync(join(ROOT, 'SECURITY.md'), 'utf8').split('\n');
  const header = lines.findIndex((line) => /^\| from +\| what +\| reader/.test(line));
  const body = lines.slice(
    header + 2,
    lines.findIndex((line, index) => index > header && !line.startsWith('|')),
  );
  return body.map((line) => {
    const [, what = '', reader = '', test = ''] = line
      .split('|')
      .slice(1)
      .map((cell) => cell.trim());
    const quoted = [...reader.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text);
    const file = test.replaceAll('`', '');
    return {
      what,
      names: quoted.filter((text) => !text.includes('/')),
      files: quoted.filter((text) => text.endsWith('.ts')),
      test: file.includes('/') ? file : `test/trust/${file}`,
    };
  });
}

it('there are readers for what comes from servers, requests, files, callbacks and parts', () => {
  expect(rows().length).toBeGreaterThan(25);
});

it.each(rows())('who reads $what is there, and so is its test', ({ names, files, test }) => {
  const sources = files.map((file) => readFileSync(join(ROOT, file), 'utf8')).join('\n');
  for (const name of names) expect(sources, name).toMatch(new RegExp(`\\b${name}\\b`));
  expect(existsSync(join(ROOT, test)), test).toBe(true);
});
