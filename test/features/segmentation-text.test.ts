import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../lib/config/limits.js';
import { Opening } from '../../lib/features/opening.js';
import { openedText, type SegmentRules, segmentationText } from '../../lib/features/segmentation-text.js';
import { Reporter, silentLogger } from '../../lib/logger.js';

const rules: SegmentRules = { limits: DEFAULT_LIMITS, reporter: new Reporter(silentLogger, () => 0), call: 'addEvent' };

/** What the text says, read as a server reads it. */
const read = (segmentation: unknown, more: Partial<SegmentRules> = {}) => {
  const text = segmentationText(segmentation, { ...rules, ...more });
  return text === undefined ? undefined : (JSON.parse(text) as Record<string, unknown>);
};

describe('the text of a segmentation', () => {
  it.each<Record<string, unknown>>([
    { a: 'x' },
    { a: 1 },
    { a: 'x', b: 'y' },
    { a: 'x', b: 1, c: 'y' },
    { a: 1, b: 'x', c: true },
    { a: 'say "x"', b: 'y' },
    { a: 'x', b: 'back\\slash', c: 'line\nbreak' },
    { 'say "a"': 'x', b: 'y' },
    { a: ['x', 1], b: 'y' },
  ])('is the JSON of %j, also when its names and values are known already', (segmentation) => {
    expect(read(segmentation)).toEqual(segmentation);
    expect(read(segmentation)).toEqual(segmentation);
  });

  it('follows what the feature puts in front', () => {
    const leading = '"name":"home"';
    expect(read({ a: 'x', b: 1 }, { leading })).toEqual({ name: 'home', a: 'x', b: 1 });
    expect(read(undefined, { leading })).toEqual({ name: 'home' });
    expect(read({ a: null }, { leading })).toEqual({ name: 'home' });
  });

  it.each([[undefined], [null], [{}], [{ a: '' }], [{ '': 'x' }], [[]], ['text']])('is none for %j', (segmentation) => {
    expect(segmentationText(segmentation, rules)).toBeUndefined();
  });

  it('skips a value whose getter throws', () => {
    const segmentation = {
      a: 'x',
      get b(): string {
        throw new Error('unreadable');
      },
      c: 'y',
    };
    expect(read(segmentation)).toEqual({ a: 'x', c: 'y' });
  });

  it('keeps the limits apart that clients have', () => {
    const limits = { ...DEFAULT_LIMITS, maxKeyLength: 2, maxValueSize: 3, maxSegmentationValues: 2 };
    const segmentation = { long: 'value', other: 1, third: 'x' };
    expect(read(segmentation, { limits })).toEqual({ lo: 'val', ot: 1 });
    expect(read(segmentation)).toEqual(segmentation);
    expect(read(segmentation, { limits })).toEqual({ lo: 'val', ot: 1 });
  });

  it('says what JSON says, whatever texts and numbers it has', () => {
    const plain = fc.oneof(
      fc.string({ minLength: 1, maxLength: 40 }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    );
    fc.assert(
      fc.property(fc.array(fc.dictionary(fc.stringMatching(/^[a-c"\\ ]{1,3}$/), plain), { maxLength: 5 }), (list) => {
        for (const segmentation of list) {
          const expected = JSON.parse(JSON.stringify(segmentation)) as Record<string, unknown>;
          expect(read(segmentation) ?? {}).toEqual(expected);
        }
      }),
    );
  });

  it('remembers a bounded number of names', () => {
    for (let i = 0; i < 3000; i++) expect(read({ [`name${i}`]: i })).toEqual({ [`name${i}`]: i });
    expect(read({ name0: 'x' })).toEqual({ name0: 'x' });
  });
});

describe('the same behind what events have in common', () => {
  const START = '{"key":"order","segmentation":';
  const tail = (opening: Opening, segmentation: unknown, more: Partial<SegmentRules> = {}) =>
    openedText(opening, segmentation, { ...rules, ...more });

  const anyValue = fc.oneof(
    fc.constantFrom<unknown>('web', 'ios', 'x'.repeat(12), 'x'.repeat(13), 'say "x"', '', 1, 2, true, null, ['a']),
    fc.string({ unit: 'grapheme' }),
  );
  const anySegmentation = fc.oneof(
    fc.record({ plan: anyValue, 'say "currency"': anyValue, n: anyValue }, { requiredKeys: [] }),
    fc.dictionary(fc.constantFrom('plan', 'n', 'currency', '', 'a.b'), anyValue),
  );

  it('is the text itself, whatever came before', () => {
    fc.assert(
      fc.property(fc.array(anySegmentation, { maxLength: 30 }), fc.integer({ min: 1, max: 3 }), (list, most) => {
        const limits = { ...DEFAULT_LIMITS, maxSegmentationValues: most };
        const opening = new Opening(START);
        // Each of them thrice, for what is met again is taken as a whole.
        for (const segmentation of list.flatMap((it) => [it, it, it])) {
          const rest = tail(opening, segmentation, { limits });
          const expected = segmentationText(segmentation, { ...rules, limits });
          expect(rest && opening.reached + rest).toBe(expected && START + expected);
        }
      }),
    );
  });

  it('goes on from the values that come again, up to the first that does not', () => {
    const opening = new Opening(START);
    const texts = [1, 2, 3, 4].map((n) => tail(opening, { plan: 'pro', currency: 'EUR', n, end: 'x' }));
    expect(opening.reached).toBe(`${START}{"plan":"pro","currency":"EUR","n":`);
    expect(texts.at(-1)).toBe('4,"end":"x"}');
  });

  it('leaves nothing over where all comes again', () => {
    const opening = new Opening(START);
    const texts = [1, 2, 3, 4].map(() => tail(opening, { plan: 'pro', currency: 'EUR' }));
    expect([opening.reached, texts.at(-1)]).toEqual([`${START}{"plan":"pro","currency":"EUR`, '"}']);
  });

  it('is short: what comes late in a long segmentation is no beginning', () => {
    const opening = new Opening(START);
    const many = Object.fromEntries(Array.from({ length: 80 }, (_, n) => [`name${n}`, `value${n}`]));
    for (let n = 0; n < 200; n++) tail(opening, many);
    expect(opening.reached.length).toBeLessThan(400);
  });

  it('does not keep a value that is long or rare', () => {
    const opening = new Opening(START);
    for (const page of ['/a/very/long/path', '/a', '/b', '/c', '/d']) {
      const rest = tail(opening, { page, n: 1 });
      expect(opening.reached + rest).toBe(`${START}{"page":"${page}","n":1}`);
      expect(opening.reached).toBe(`${START}{"page":"`);
    }
  });
});
