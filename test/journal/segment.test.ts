import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inRuns } from '../../lib/journal/codec.js';
import { SegmentFile } from '../../lib/journal/segment.js';
import { START } from './support/entries.js';
import { SimulatedDisk } from './support/simulated-disk.js';

const fs = () => new SimulatedDisk().mount(() => START);
const segment = (): SegmentFile => new SegmentFile(fs(), '/000001.seg');

describe('SegmentFile', () => {
  it('settles an entry once, and knows which it has', () => {
    const it = segment();
    for (const id of [100, 101, 105]) it.add(id);
    expect([it.settle(101), it.settle(101), it.settle(103), it.settle(99), it.settle(106)]).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
    expect(it.live).toBe(2);
    expect([100, 101, 103, 105].map((id) => it.isLive(id))).toEqual([true, false, false, true]);
    expect([it.firstId, it.lastId]).toEqual([100, 105]);
  });

  it('tells settlements once, neighbours as one run', () => {
    const it = segment();
    for (const id of [100, 103, 107, 110, 120]) it.add(id);
    for (const id of [107, 103, 120]) it.settle(id);
    expect(it.takeSettled()).toEqual([103, 107, 120, 120]);
    expect(it.hasNews).toBe(false);
    expect(it.takeSettled()).toEqual([]);
  });

  it('never says that a live entry is settled, and forgets no settlement', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.nat(2_000), { maxLength: 200 }), { maxLength: 5 }), (rounds) => {
        const it = segment();
        const live = new Set<number>();
        for (let id = 100; id <= 2_100; id += 1 + (id % 3)) {
          it.add(id);
          live.add(id);
        }
        for (const round of rounds) {
          const now = round.map((n) => n + 100).filter((id) => live.delete(id));
          for (const n of round) it.settle(n + 100);
          const isTold = inRuns(it.takeSettled());
          expect(now.filter((id) => !isTold(id))).toEqual([]);
          expect([...live].filter(isTold)).toEqual([]);
          expect(it.live).toBe(live.size);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('keeps its file open while a write is under way, for its descriptor would soon be another file’s', () => {
    const mount = fs();
    const one = new SegmentFile(mount, '/000001.seg');
    const descriptor = one.file();
    one.hold();
    one.close();
    const other = new SegmentFile(mount, '/000002.seg');
    expect(other.file()).not.toBe(descriptor);
    one.release();
    expect(new SegmentFile(mount, '/000003.seg').file()).toBe(descriptor);
  });

  it('cuts off what a dead process left half written', async () => {
    const mount = fs();
    mount.writeSync(new SegmentFile(mount, '/000001.seg').file(), Buffer.from('whole half'), 0, 10, 0);
    const again = new SegmentFile(mount, '/000001.seg', 6);
    again.file();
    expect((await mount.read('/000001.seg')).toString()).toBe('whole ');
  });
});
