import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Breadcrumbs, DeviceStates } from '../../lib/features/device-state.js';
import { ManualClock } from '../../lib/testing/manual-clock.js';

function setup(max: number, idleMs = 1000) {
  const clock = new ManualClock();
  const left: string[] = [];
  const states = new DeviceStates(clock, max, idleMs, (state) => left.push(state.deviceId));
  return { clock, left, states };
}

describe('states of devices', () => {
  it('the least recently used leaves when there are too many', () => {
    const { states, left } = setup(2);
    states.of('a');
    states.of('b');
    states.of('a');
    states.of('c');
    expect(left).toEqual(['b']);
    expect(states.peek('a')).toBeDefined();
  });

  it('idle ones leave after the time, in the order of their last use', () => {
    const { states, left, clock } = setup(10);
    states.of('a');
    states.of('b');
    clock.advance(600);
    states.of('a');
    clock.advance(600);
    states.expire();
    expect(left).toEqual(['b']);
    clock.advance(600);
    states.expire();
    expect(left).toEqual(['b', 'a']);
    expect(states.size).toBe(0);
  });

  it('whoever is kept alive by a heartbeat stays, whatever the number', () => {
    const { states, left } = setup(2);
    states.of('own').visitor.session = { startedAt: 0, reportedUntil: 0, heartbeat: true };
    for (const device of ['a', 'b', 'c']) states.of(device);
    expect(left).toEqual(['a', 'b']);
    expect(states.peek('own')).toBeDefined();
  });

  it('leaves in the order a plain list would, whatever is used in whatever order', () => {
    const device = fc.constantFrom(...'abcdefgh');
    fc.assert(
      fc.property(fc.array(fc.tuple(device, fc.boolean()), { maxLength: 80 }), (uses) => {
        const { states, left } = setup(4);
        let model: string[] = [];
        const gone: string[] = [];
        for (const [id, touchOnly] of uses) {
          const known = model.includes(id);
          if (touchOnly) states.touch(id);
          else states.of(id);
          if (touchOnly && !known) continue;
          model = [...model.filter((other) => other !== id), id];
          if (model.length > 4) gone.push(model.shift() as string);
        }
        expect(left).toEqual(gone);
        expect(states.size).toBe(model.length);
      }),
    );
  });
});

describe('breadcrumbs', () => {
  it('keep the last lines in order, also when their number is changed meanwhile', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ lines: fc.nat(12), most: fc.nat(6) })), (phases) => {
        const breadcrumbs = new Breadcrumbs();
        let expected: string[] = [];
        let n = 0;
        for (const { lines, most } of phases) {
          for (let i = 0; i < lines; i++) {
            const line = `line ${++n}`;
            breadcrumbs.add(line, most, 100);
            expected = most === 0 ? [] : [...expected, line].slice(-most);
          }
          expect(breadcrumbs.text()).toBe(expected.join('\n'));
        }
      }),
    );
  });

  it('are texts of limited length', () => {
    const breadcrumbs = new Breadcrumbs();
    breadcrumbs.add('a long line', 10, 6);
    breadcrumbs.add(17, 10, 6);
    expect(breadcrumbs.text()).toBe('a long\n17');
  });
});
