import { describe, expect, it } from 'vitest';
import type { Entry } from '../../lib/protocol/entry.js';
import { HeldMerges } from '../../lib/redis/held-merges.js';
import { oldEntry } from '../outbox/harness.js';

const merge = (id: number, deviceId: string, oldId: string): Entry =>
  oldEntry(id, { deviceId, kind: 'request', feature: 'core', body: `"old_device_id":"${oldId}"` });
const event = (id: number, deviceId: string): Entry => oldEntry(id, { deviceId });

describe('merges that wait for the lane of somebody else', () => {
  const setup = (...ours: string[]) => new HeldMerges((deviceId) => ours.includes(deviceId));

  it('hold back what follows of their device, and nothing else', () => {
    const held = setup('ada', 'bob');
    const entries = [
      event(1, 'ada'),
      merge(2, 'ada', 'theirs'),
      event(3, 'ada'),
      event(4, 'bob'),
      merge(5, 'bob', 'ada'),
    ];
    // The last one waits as well: what it is to come after waits.
    expect(entries.filter((entry) => held.admits(entry)).map(({ id }) => id)).toEqual([1, 4]);
    expect(held.questions).toEqual([{ deviceId: 'ada', oldId: 'theirs', from: '-', before: 2 }]);
    held.waits('ada', '1-1');
    expect(held.questions).toMatchObject([{ from: '1-1' }]);
    expect(held.release('ada').map(({ id }) => id)).toEqual([2, 3]);
    expect(held.questions).toMatchObject([{ deviceId: 'bob', oldId: 'ada', before: 5 }]);
    expect(held.release('bob').map(({ id }) => id)).toEqual([5]);
  });

  it('are released up to the next one that has to wait', () => {
    const held = setup('ada');
    for (const entry of [merge(1, 'ada', 'x'), event(2, 'ada'), merge(3, 'ada', 'y'), event(4, 'ada')])
      held.admits(entry);
    expect(held.release('ada').map(({ id }) => id)).toEqual([1, 2]);
    expect(held.questions).toMatchObject([{ deviceId: 'ada', oldId: 'y', before: 3 }]);
    expect(held.release('ada').map(({ id }) => id)).toEqual([3, 4]);
  });

  it('go with their lane, and lose what was taken back', () => {
    const held = setup('ada');
    for (const entry of [merge(1, 'ada', 'x'), event(2, 'ada'), merge(3, 'bob', 'x')]) held.admits(entry);
    expect(held.drop(({ id }) => id === 2).map(({ id }) => id)).toEqual([2]);
    expect(held.drop(({ deviceId }) => deviceId === 'bob').map(({ id }) => id)).toEqual([3]);
    expect(held.questions).toMatchObject([{ deviceId: 'ada' }]);
    expect(held.release('ada').map(({ id }) => id)).toEqual([1]);
  });
});
