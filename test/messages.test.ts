import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { counted } from '../lib/check.js';

const ROOT = join(__dirname, '..');
const NOUNS =
  'entries|requests|events|views|sessions|traces|methods|segments|keys|devices|times|items|batches|files|bytes|characters|problems|faults|others';

it('a number and what it counts agree', () => {
  const shown = (count: number) =>
    ['entry', 'key', 'damaged batch', 'byte', 'class', 'day', 'device'].map((noun) => counted(count, noun));
  expect(shown(1)).toEqual(['1 entry', '1 key', '1 damaged batch', '1 byte', '1 class', '1 day', '1 device']);
  expect(shown(2)).toEqual(['2 entries', '2 keys', '2 damaged batches', '2 bytes', '2 classes', '2 days', '2 devices']);
  expect(counted(0, 'entry')).toBe('0 entries');
});

// The inspector's findings name numbers beyond the limits of a server.
it.each(['lib', 'nest', 'cli', 'inspector/page'])(
  'no message in %s puts a plural behind a number that may be one',
  async (room) => {
    // What is written in capitals is a limit, and larger.
    const wrong = new RegExp(`\\$\\{(?![A-Z_]+\\})[^}]*\\} (${NOUNS})\\b|\\w\\((s|es)\\) `, 'g');
    const files = await readdir(join(ROOT, room), { recursive: true, withFileTypes: true });
    const found: string[] = [];
    for (const { parentPath, name } of files.filter((file) => /\.[jt]sx?$/.test(file.name))) {
      const text = await readFile(join(parentPath, name), 'utf8');
      const code = text.replace(/^\s*(\/?\*|\/\/).*$/gm, '');
      for (const [match] of code.matchAll(wrong)) found.push(`${name}: ${match}`);
    }
    expect(found).toEqual([]);
  },
);
