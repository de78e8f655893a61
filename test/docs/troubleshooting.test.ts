import { describe, expect, it } from 'vitest';
import { messagesOf, plain, textsIn } from './support/messages.js';
import { pageAt } from './support/pages.js';

const page = pageAt('docs/troubleshooting.md').text;
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (?:message|expected|reason|symptom|-)/.test(line))
  .map((line) => line.split(/(?<!\\)\|/).slice(1, -1));

describe('docs/troubleshooting.md', () => {
  it('has every message that the library writes, throws or answers with', () => {
    const text = plain(page);
    const messages = ['lib', 'nest', 'cli'].flatMap(messagesOf);
    expect(messages.length).toBeGreaterThan(250);
    const missing = messages.filter((message) => !text.includes(message.text));
    expect(missing.map((message) => `${message.file}: ${message.text}`)).toEqual([]);
  });

  it('says for each why it comes and what to do', () => {
    expect(rows.filter((cells) => cells.length !== 3 || cells.some((cell) => cell.trim() === ''))).toEqual([]);
    expect(rows.length).toBeGreaterThan(100);
  });
});

describe('a message', () => {
  it.each([
    ['a text', "warn('The queue is full.')", ['The queue is full']],
    ['a template', '`The server $' + '{name} is away: $' + '{reason}.`', ['The server … is away']],
    ['the story of debug', "reporter.debug(() => 'Sent it all now.')", []],
    ['a type', "type A = 'one two three';", []],
    ['an import', "import 'one two three';", []],
    ['a name', "get('max_key_length')", []],
  ])('is read from %s', (_, source, texts) => {
    expect(textsIn(source)).toEqual(texts);
  });
});
