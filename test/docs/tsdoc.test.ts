import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from './support/pages.js';
import { namesIn, type PublicName, publicNames } from './support/public-names.js';

let names: PublicName[] = [];
beforeAll(() => {
  if (!existsSync(join(ROOT, 'dist/core.d.ts'))) throw new Error('Run `npm run build:lib` first.');
  names = publicNames();
});

/** A default alone is no explanation. */
const saysNothing = (text: string) => /^[\s*]*(@default\b.*)?$/s.test(text);
const comment = (name: string) => names.find((one) => one.name === name)?.comment ?? '';

describe('what an editor shows', () => {
  it('is something for every public name and every member of one', () => {
    expect(names.filter((one) => saysNothing(one.comment)).map(({ name }) => name)).toEqual([]);
    expect(names.length).toBeGreaterThan(600);
  });

  it.each(['forRoot', 'forRootAsync', 'forFeature'])('is something for CountlyModule.%s, with an example', (method) => {
    expect(comment(`CountlyModule.${method}`)).toContain('@example');
  });

  it.each([
    [
      'RecordingScope',
      ['addEvent', 'startEvent', 'trackView', 'startView', 'logError', 'startTrace', 'transaction', 'hold'],
    ],
    [
      'DeviceScope',
      ['beginSession', 'userDetails', 'userData', 'giveConsent', 'changeId', 'fetchRemoteConfig', 'request'],
    ],
    ['Countly', ['init', 'device', 'scope', 'run', 'flush', 'close', 'stats', 'processDevice']],
  ])('is something for the methods of %s that everybody needs', (owner, methods) => {
    expect(methods.filter((method) => comment(`${owner}.${method}`) === '')).toEqual([]);
  });

  it('shows decorators as they are written', () => {
    expect(names.filter((one) => one.comment.includes('\\@')).map(({ name }) => name)).toEqual([]);
  });

  it('names what is thrown, where a brace would be read as a type and tear the line', () => {
    expect(names.filter((one) => one.comment.includes('@throws {')).map(({ name }) => name)).toEqual([]);
    expect(names.filter((one) => one.comment.includes('@throws Countly')).length).toBeGreaterThan(10);
  });
});

describe('a name', () => {
  const offered = new Set(['a', 'A']);
  const said = (text: string) => namesIn(text, offered).map(({ name, comment }) => `${name}:${comment.trim()}`);

  it.each([
    ['without a comment', 'declare function a(): void;', ['a:']],
    ['with one', '/** * One. */\ndeclare function a(): void;', ['a:* * One.']],
    [
      'whose first overload has one',
      '/** One. */\ndeclare function a(): void;\ndeclare function a(b: 1): void;',
      ['a:* One.'],
    ],
    ['of a member', '/** One. */\ndeclare class A {\n  b(): void;\n  private c;\n  #d;\n}', ['A:* One.', 'A.b:']],
    ['that no entry offers', 'declare function b(): void;', []],
  ])('%s', (_, text, found) => {
    expect(said(text)).toEqual(found);
  });
});
