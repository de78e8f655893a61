import { describe, expect, it } from 'vitest';
import { expectError, expectEvent, expectTrace, expectView, literal } from '../../../page/lib/expectation.js';
import type { ErrorRow, EventRow, TraceRow, ViewRow } from '../../../src/api/contract/lists.js';

const event = (of: Partial<EventRow>): EventRow =>
  ({ key: 'checkout', count: 1, sum: null, dur: null, segmentation: null, ...of }) as EventRow;

describe('what a test would expect', () => {
  it('names what an event carries and leaves out what is usual', () => {
    expect(expectEvent(event({}))).toBe("await expect(countly).toHaveTracked('checkout');");
    expect(expectEvent(event({ count: 2, sum: 12.5, segmentation: { plan: 'pro', items: 2 } }))).toBe(
      "await expect(countly).toHaveTracked('checkout', { count: 2, sum: 12.5, segmentation: { plan: 'pro', items: 2 } });",
    );
  });

  it('leaves out of a view what the client adds', () => {
    const view = { name: '/cart', segmentation: { name: '/cart', visit: 1, start: 1, segment: 'Linux', plan: 'pro' } };
    expect(expectView(view as unknown as ViewRow)).toBe(
      "await expect(countly).toHaveViewed('/cart', { segmentation: { plan: 'pro' } });",
    );
  });

  it('says of an error whether it was fatal, of a trace its type', () => {
    expect(expectError({ name: 'Boom', nonfatal: true } as ErrorRow)).toBe(
      "await expect(countly).toHaveReported('Boom');",
    );
    expect(expectError({ name: 'Boom', nonfatal: false } as ErrorRow)).toContain('{ fatal: true }');
    expect(expectTrace({ name: 'load', type: 'device' } as TraceRow)).toContain(
      "toHaveTraced('load', { type: 'device' })",
    );
  });

  it('is TypeScript whatever was collected', () => {
    const nasty = { "it's": 'a\n"b"\\', __proto__x: null, 'a-b': [1, true, { c: '\u2028' }], ok: '`$' };
    const read = new Function(`return ${literal(nasty)}`) as () => unknown;
    expect(read()).toEqual(nasty);
    const hidden = JSON.parse('{"__proto__":{"a":1}}') as object;
    const copy = new Function(`return ${literal(hidden)}`) as () => object;
    expect(Object.keys(copy())).toEqual(['__proto__']);
  });
});
