import { afterEach, describe, expect, it } from 'vitest';
import { weave } from '../../lib/decorators/plain.js';
import { ReportErrors } from '../../lib/decorators/report-errors.js';
import { TimedEvent } from '../../lib/decorators/track-event.js';
import { type Recorded, recorded } from '../support/recorded.js';

describe('a decorated method that calls itself until the stack is full', () => {
  let test: Recorded;
  afterEach(() => test.close());

  it.each([1, 2, 3])('is reported once, by a layer that has room for it (%d)', async () => {
    test = recorded();
    const visit: () => number = weave((): number => 1 + visit(), ReportErrors());
    expect(() => test.client.run({ deviceId: 'ann' }, visit)).toThrow(RangeError);
    expect(test.client.stats()).toMatchObject({ accepted: 1, pending: 1, dropped: {} });
    expect(await test.contents('ann')).toEqual([{ crash: expect.objectContaining({ _type: 'RangeError' }) }]);
    expect(test.warnings).toEqual([]);
  });

  // Recorded where there is no room, an event would be counted half-way, and the client would never be done.
  it.each([1, 2, 3])('is recorded with each of its calls, and the ledger adds up (%d)', async () => {
    test = recorded();
    let calls = 0;
    const visit: () => number = weave(
      (): number => {
        calls++;
        return 1 + visit();
      },
      TimedEvent('visit', { on: 'error' }),
    );
    let thrown: unknown;
    try {
      test.client.run({ deviceId: 'ann' }, visit);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(RangeError);
    await test.client.flush();
    const { accepted, delivered, pending, dropped } = test.client.stats();
    // The innermost call may have had no room to begin.
    expect(accepted).toBeGreaterThanOrEqual(calls - 1);
    expect({ delivered, pending, dropped }).toEqual({ delivered: accepted, pending: 0, dropped: {} });
    expect(test.warnings).toEqual([]);
  });
});
