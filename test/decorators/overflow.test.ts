import { afterEach, describe, expect, it } from 'vitest';
import { weave } from '../../lib/decorators/plain.js';
import { ReportErrors } from '../../lib/decorators/report-errors.js';
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
});
