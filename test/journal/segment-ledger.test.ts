import { describe, expect, it } from 'vitest';
import { Segment } from '../../lib/journal/segment.js';
import { SegmentLedger } from '../../lib/journal/segment-ledger.js';

/** Segments of ten ids each: 1-10, 11-20 … */
function ledgerOf(count: number): {
  ledger: SegmentLedger;
  segments: Segment[];
  settle: (from: number, to: number) => void;
} {
  const ledger = new SegmentLedger();
  const segments: Segment[] = [];
  const settle = (from: number, to: number): void => {
    for (let id = from; id <= to; id++) ledger.settle(id);
  };
  for (let sequence = 1; sequence <= count; sequence++) {
    const segment = new Segment({ sequence, firstId: sequence * 10 - 9, firstTime: 0 }, `/${sequence}`);
    ledger.add(segment);
    for (let id = sequence * 10 - 9; id <= sequence * 10; id++) segment.add(id);
    segments.push(segment);
  }
  return { ledger, segments, settle };
}

const write = (ledger: SegmentLedger): number[] => {
  const runs: number[] = [];
  ledger.takeNews((it) => runs.push(...it.flatMap(({ first, more }) => [first, more])));
  return runs;
};
const sweep = (ledger: SegmentLedger): number[] => ledger.sweep().map((it) => it.name.sequence);

describe('SegmentLedger', () => {
  it('finds the segment of an id', () => {
    const { ledger, segments } = ledgerOf(5);
    for (let id = 1; id <= 50; id++) expect(ledger.find(id)).toBe(segments[Math.ceil(id / 10) - 1]);
    expect(ledger.find(0)).toBeUndefined();
    expect(ledger.find(51)).toBeUndefined();
  });

  it('gives up a segment when all in it is settled, but never the one that is written', () => {
    const { ledger, settle } = ledgerOf(2);
    settle(1, 9);
    write(ledger);
    expect(sweep(ledger)).toEqual([]);
    settle(10, 20);
    write(ledger);
    expect(sweep(ledger)).toEqual([1]);
    ledger.retire();
    expect(sweep(ledger)).toEqual([2]);
  });

  it('keeps a segment whose seals are of older entries that are not settled', () => {
    const { ledger, settle } = ledgerOf(2);
    ledger.noteSeal([5]);
    const third = new Segment({ sequence: 3, firstId: 21, firstTime: 0 }, '/3');
    ledger.add(third);
    settle(11, 20);
    write(ledger);
    expect(sweep(ledger)).toEqual([]);
    settle(1, 10);
    write(ledger);
    expect(sweep(ledger)).toEqual([1, 2]);
  });

  it('repeats settlements of a segment that stays, so that the one they stand in can go', () => {
    const { ledger, settle } = ledgerOf(2);
    settle(1, 9);
    expect(write(ledger)).toEqual([1, 8]);
    ledger.add(new Segment({ sequence: 3, firstId: 21, firstTime: 0 }, '/3'));
    settle(11, 20);
    write(ledger);
    expect(sweep(ledger)).toEqual([]);
    expect(ledger.hasNews).toBe(true);
    expect(write(ledger)).toEqual([1, 8]);
    expect(sweep(ledger)).toEqual([2]);
    expect(ledger.hasNews).toBe(false);
    expect(ledger.isLive(10)).toBe(true);
  });

  it('does not let one waiting entry keep a chain of segments', () => {
    const { ledger, settle } = ledgerOf(1);
    for (let sequence = 2; sequence < 50; sequence++) {
      const first = sequence * 10 - 9;
      const segment = new Segment({ sequence, firstId: first, firstTime: 0 }, `/${sequence}`);
      ledger.add(segment);
      for (let id = first; id < first + 10; id++) segment.add(id);
      // Settlements always reach back to the segment before.
      settle(Math.max(2, first - 15), first + 4);
      for (let round = 0; round < 2; round++) {
        write(ledger);
        ledger.sweep();
      }
    }
    expect(ledger.size).toBeLessThanOrEqual(4);
  });

  it('keeps a pinned segment until it is let go', () => {
    const { ledger, segments, settle } = ledgerOf(2);
    const pinned = segments[0] as Segment;
    pinned.pins++;
    settle(1, 10);
    write(ledger);
    expect(sweep(ledger)).toEqual([]);
    ledger.unpin(pinned);
    expect(sweep(ledger)).toEqual([1]);
  });
});
