import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAst } from 'rolldown/parseAst';
import { describe, expect, it } from 'vitest';
import { withoutAddress } from '../../nest/errors/without-address.js';
import { HttpContext } from '../../nest/scope/http-context.js';
import { expectQuick } from './hostile.js';

const ROOT = join(__dirname, '..', '..');
/** Where a text is cut to so many characters before it is looked at. */
const CUT_BEFORE = new Map([['nest/sessions/user-agent.ts', 1024]]);
/** The first are for what takes more than the square of the length, which would not come to an end with the last. */
const LENGTHS = [28, 1000, 10_000];
/** One step for each character takes less than a millisecond, one for each pair of them a hundred. */
const QUICK_MS = 25;

interface Found {
  readonly where: string;
  readonly pattern: RegExp;
}

/** Every regular expression that stands in the code. */
function patternsIn(room: string): Found[] {
  const files = (readdirSync(join(ROOT, room), { recursive: true }) as string[]).filter((name) => name.endsWith('.ts'));
  return files.flatMap((file) => {
    const found: Found[] = [];
    // Its walk through the tree: a literal with `regex` is one.
    JSON.stringify(parseAst(readFileSync(join(ROOT, room, file), 'utf8'), { lang: 'ts' }), (_name, node) => {
      const regex = (node as { regex?: { pattern: string; flags: string } } | null)?.regex;
      if (regex !== undefined)
        found.push({ where: `${room}/${file}`, pattern: new RegExp(regex.pattern, regex.flags) });
      return typeof node === 'bigint' ? 0 : node;
    });
    return found;
  });
}

/** Pieces that a pattern is made of: literal words, members of its classes, and what each escape stands for. */
function piecesOf({ source }: RegExp): string[] {
  const classes = [...source.matchAll(/\[\^?([^\]]+)\]/g)].flatMap(([, inside = '']) => [
    inside[0] ?? '',
    inside.at(-1) ?? '',
  ]);
  const words = source.replace(/\\[a-z]/gi, ' ').split(/[^\w/&,;=."'@%+:-]+/);
  const escapes = Object.entries({ '\\d': '1', '\\s': ' ', '\\w': 'a', '\\n': '\n', '.': 'x' })
    .filter(([name]) => source.includes(name))
    .map(([, piece]) => piece);
  return [...new Set([...classes, ...words, ...escapes, 'a', '1', ' ', '\n', '/', '-', '.', '='])].filter(
    (it) => it !== '',
  );
}

/** Long texts that a pattern likes the start of, and not the end. */
function* temptations(pattern: RegExp, length: number): Iterable<string> {
  const pieces = piecesOf(pattern);
  const [word = ''] = pieces;
  for (const piece of pieces) {
    const run = piece.repeat(Math.ceil(length / piece.length));
    for (const end of ['', '!', '\n', '\u0000']) yield run + end;
    yield `${word}${run}!`;
    for (const other of [' ', '.', '-', '1', 'a', '\n'])
      yield `${(piece + other).repeat(length / (piece.length + 1))}!`;
  }
}

function tookMs(pattern: RegExp, text: string): number {
  const before = performance.now();
  text.replace(pattern, '');
  return performance.now() - before;
}

describe('every regular expression of the library', () => {
  const found = ['lib', 'nest'].flatMap(patternsIn);

  it('is found', () => {
    expect(found.length).toBeGreaterThan(60);
  });

  it.each(found.map(({ where, pattern }) => [where, pattern] as const))(
    '%s %s is through with a long text in no time',
    (where, pattern) => {
      for (const length of LENGTHS.map((most) => Math.min(most, CUT_BEFORE.get(where) ?? most))) {
        for (const text of temptations(pattern, length)) {
          // Somebody else may have had the processor the first time.
          const isQuick = [1, 2, 3].some(() => tookMs(pattern, text) < QUICK_MS);
          expect({ text: text.slice(0, 20), isQuick }).toMatchObject({ isQuick: true });
        }
      }
    },
  );
});

describe('the address of a request in an error (withoutAddress)', () => {
  it.each([
    ['slashes', '/', '/'],
    ['one name again and again', '/a?', 'a='],
    ['per cents', '/', '%2f'],
  ])('is taken out in no time, however long both are: %s', (_what, start, piece) => {
    const url = start + piece.repeat(15_000 / piece.length);
    const error = new Error(`Cannot GET ${url}`);
    error.stack = `${piece.repeat(100_000 / piece.length)}\n${error.message}`;
    const context = new HttpContext({ headers: {}, url, originalUrl: url } as never, {} as never);
    expectQuick(() => {
      expect((withoutAddress(error, context) as Error).message).toBe('Cannot GET (no route)');
    });
  });
});
