import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../lib/config/limits.js';
import { type SegmentRules, segmentationText } from '../../lib/features/segmentation-text.js';
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
