import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyDifference, cutHead, differenceTo } from '../../lib/journal/head-template.js';

const head = (id: string, time: number): string =>
  `"device_id":${JSON.stringify(id)},"t":0,"timestamp":${time},"tz":"60"`;

describe('head template', () => {
  it('keeps of a similar head its device id and a few digits', () => {
    const example = { path: '/i' as const, ...cutHead(head('u1', 1_700_000_000_000)) };
    const cut = cutHead(head('someone', 1_700_000_000_123));
    expect(cut.deviceId).toBe('someone');
    expect(differenceTo(example, '/i', cut)?.middle).toBe('123');
    expect(differenceTo(example, '/i/bulk', cut)).toBeUndefined();
  });

  it('leaves a device id with escapes where it is', () => {
    expect(cutHead(head('a"b', 1))).toEqual({ before: '', deviceId: undefined, after: head('a"b', 1) });
  });

  it('never cuts through a character', () => {
    const cut = (text: string) => ({ path: '/i' as const, ...cutHead(text) });
    for (const [one, other] of [
      ['"𔐀"', '"𔐁"'],
      ['"\u{14400}"', '"\u{10400}"'],
    ] as const) {
      expect(differenceTo(cut(one), '/i', cut(other))?.middle).toBe(other.slice(1, -1));
    }
  });

  it('gives back every head', () => {
    const anyHead = fc.oneof(
      fc.tuple(fc.string(), fc.nat(2e12)).map(([id, time]) => head(id, time)),
      fc.string(),
      fc.string({ unit: fc.constantFrom('"', 'device_id', ':', 'a', '\\') }),
    );
    fc.assert(
      fc.property(anyHead, anyHead, (one, other) => {
        const template = { path: '/i' as const, ...cutHead(one) };
        for (const text of [one, other]) {
          const cut = cutHead(text);
          const difference = differenceTo(template, '/i', cut);
          if (difference) expect(applyDifference(template, cut.deviceId ?? '', difference)).toBe(text);
        }
        expect(differenceTo(template, '/i', cutHead(one))).toBeDefined();
      }),
    );
  });
});
