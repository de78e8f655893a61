import { AssertionError } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ReportErrors, TimedEvent, Trace, TrackEvent, TrackView } from '../../lib/index.js';
import {
  assertCountly,
  type CountlyMatchers,
  countlyMatchers,
  createTestClient,
  type TestClient,
  type TrackingPlan,
} from '../../lib/testing/index.js';

declare module 'vitest' {
  interface Matchers extends CountlyMatchers {}
}
expect.extend({ ...countlyMatchers });

class PaymentError extends Error {
  override readonly name = 'PaymentError';
}

class Shop {
  @TrackEvent('checkout', { sum: 12, segmentation: ({ args: [plan] }) => ({ plan, items: 2 }) })
  @TimedEvent('slow')
  pay(_plan: string): void {}

  @TrackView('Cart', { segmentation: { size: 'small' } })
  @Trace('load', { metrics: () => ({ rows: 3 }) })
  show(): void {}

  @ReportErrors({ segmentation: { step: 2 } })
  fail(): never {
    throw new PaymentError('card declined');
  }
}

let countly: TestClient;
beforeEach(() => {
  countly = createTestClient();
});
afterEach(() => countly.close());

/** What a matcher says when it fails. */
async function failure(assertion: Promise<void>): Promise<string> {
  const error = await assertion.then(
    () => new Error('it passed'),
    (thrown: Error) => thrown,
  );
  expect(error).toBeInstanceOf(AssertionError);
  return error.message;
}

describe('matchers in Vitest', () => {
  it('find events, by all or some of what they carry', async () => {
    new Shop().pay('pro');
    await expect(countly).toHaveTracked('checkout');
    await expect(countly).toHaveTracked('checkout', { sum: 12, count: 1, segmentation: { plan: 'pro', items: 2 } });
    await expect(countly).toHaveTracked('checkout', { segmentation: expect.objectContaining({ plan: 'pro' }) });
    await expect(countly).toHaveTracked('checkout', { segmentation: { plan: expect.any(String), items: 2 } });
    await expect(countly).toHaveTracked('checkout', { times: 1, deviceId: 'test-device' });
    await expect(countly.transport).toHaveTracked('checkout');
    await expect(countly).not.toHaveTracked('refund');
    await expect(countly).not.toHaveTracked('checkout', { segmentation: { plan: 'pro' } });
    await expect(countly).not.toHaveTracked('checkout', { sum: 13 });
    await expect(countly).not.toHaveTracked('checkout', { times: 2 });
    await expect(countly).toHaveTracked('refund', { times: 0 });
  });

  it('tell timed events from others', async () => {
    new Shop().pay('pro');
    await expect(countly).toHaveTimed('slow', { dur: expect.any(Number) });
    await expect(countly).not.toHaveTimed('checkout');
  });

  it('find views, traces and errors', async () => {
    new Shop().show();
    expect(() => new Shop().fail()).toThrow('declined');
    await expect(countly).toHaveViewed('Cart', { segmentation: { size: 'small' } });
    await expect(countly).toHaveTraced('load', { type: 'device', metrics: expect.objectContaining({ rows: 3 }) });
    await expect(countly).toHaveReported();
    await expect(countly).toHaveReported(PaymentError, {
      fatal: false,
      segmentation: { step: 2 },
      layers: 'Shop.fail',
    });
    await expect(countly).toHaveReported('card declined');
    await expect(countly).toHaveReported(/^PaymentError/, { times: 1 });
    await expect(countly).toHaveReported(new Error('card declined'));
    await expect(countly).not.toHaveReported(TypeError);
    await expect(countly).not.toHaveReported(Error);
    await expect(countly).not.toHaveViewed('Home');
    await expect(countly).not.toHaveTraced('save');
  });

  it('know when nothing was recorded', async () => {
    await expect(countly).toHaveTrackedNothing();
    countly.client.userData.set('plan', 'pro');
    countly.client.userData.save();
    await expect(countly).toHaveTrackedNothing();
    new Shop().show();
    await expect(countly).not.toHaveTrackedNothing();
  });

  it('refuse what they cannot look at, and expectations that are misspelt', async () => {
    await expect(expect({}).toHaveTracked('x')).rejects.toThrow('createTestClient()');
    await expect(expect(null).toHaveTrackedNothing()).rejects.toThrow('got null');
    new Shop().pay('pro');
    const misspelt = { segments: {} } as object;
    await expect(expect(countly).toHaveTracked('checkout', misspelt)).rejects.toThrow('got "segments"');
  });
});

describe('a failure', () => {
  it('shows what came of that name', async () => {
    new Shop().pay('free');
    const said = await failure(
      assertCountly(countly).toHaveTracked('checkout', { sum: 13, segmentation: { plan: 'pro' } }),
    );
    expect(said).toBe(
      'expected event "checkout" with { sum: 13, segmentation: { plan: \'pro\' } }, got it never; what came instead:\n' +
        '  event "checkout" of test-device { count: 1, sum: 12, segmentation: { plan: \'free\', items: 2 } }',
    );
  });

  it('shows everything when nothing of that name came', async () => {
    new Shop().show();
    const said = await failure(assertCountly(countly).toHaveTracked('checkout'));
    expect(said).toContain('view "Cart"');
    expect(said).toContain('trace "load"');
  });

  it('says when nothing came at all, and what was not wanted', async () => {
    expect(await failure(assertCountly(countly).toHaveViewed('Cart'))).toContain('nothing was recorded at all');
    new Shop().pay('pro');
    expect(await failure(assertCountly(countly).not.toHaveTracked('checkout'))).toContain(
      'expected no event "checkout"',
    );
    expect(await failure(assertCountly(countly).toHaveTracked('checkout', { times: 2 }))).toContain(
      '2 times, got it once',
    );
    expect(await failure(assertCountly(countly).toHaveTrackedNothing())).toContain(
      'expected nothing, but came:\n  event',
    );
  });
});

describe('toMatchPlan', () => {
  const entry = { class: 'Shop', method: 'pay', moreSegments: false, keyFrom: 'given', risks: [] };
  const plan = (segments: object, key = 'checkout') =>
    ({
      version: 1,
      entries: [
        { ...entry, kind: 'event', key, segments },
        { ...entry, kind: 'event', key: 'slow', segments: {} },
      ],
    }) as unknown as TrackingPlan;

  it.each([
    [
      'as it is',
      { plan: { type: 'string', from: 'catalogue' }, items: { type: 'number', from: 'decorator' } },
      undefined,
    ],
    [
      'of unknown types',
      { plan: { type: 'unknown', from: 'class' }, items: { type: 'unknown', from: 'class' } },
      undefined,
    ],
    [
      'with another type',
      { plan: { type: 'number', from: 'catalogue' }, items: { type: 'number', from: 'catalogue' } },
      'segment "plan" is a string, planned is a number',
    ],
    [
      'with other values',
      { plan: { type: 'string', values: ['free'], from: 'catalogue' }, items: { type: 'number', from: 'catalogue' } },
      'value that is not planned',
    ],
    [
      'with a segment more',
      {
        plan: { type: 'string', from: 'catalogue' },
        items: { type: 'number', from: 'catalogue' },
        zone: { type: 'string', from: 'catalogue' },
      },
      'lacks segment "zone"',
    ],
    [
      'with an optional segment more',
      {
        plan: { type: 'string', from: 'catalogue' },
        items: { type: 'number', from: 'catalogue' },
        zone: { type: 'string', optional: true, from: 'catalogue' },
      },
      undefined,
    ],
    ['without a segment', { plan: { type: 'string', from: 'catalogue' } }, 'segment "items" is not in the plan'],
  ])('compares with the plan %s', async (_what, segments, problem) => {
    new Shop().pay('pro');
    if (problem === undefined) await expect(countly).toMatchPlan(plan(segments));
    else expect(await failure(assertCountly(countly).toMatchPlan(plan(segments)))).toContain(problem);
  });

  it('knows keys as they are sent, and reads a file', async () => {
    const folder = mkdtempSync(join(__dirname, '../../.test-out/matchers-'));
    const file = join(folder, 'plan.json');
    writeFileSync(file, JSON.stringify(plan({}, 'orders.placed')));
    countly.client.addEvent('orders.placed');
    await expect(countly).toMatchPlan(file);
    countly.client.addEvent('other');
    expect(await failure(assertCountly(countly).toMatchPlan(file))).toContain('event "other" is not in the plan');
    rmSync(folder, { recursive: true });
  });
});

it('node:test ends by itself after assertCountly', () => {
  const script = `
    const { test } = require('node:test');
    const { createTestClient, assertCountly } = require('countly-weave/testing');
    test('tracked', async () => {
      const countly = createTestClient();
      countly.client.addEvent('checkout', { sum: 12 });
      await assertCountly(countly).toHaveTracked('checkout', { sum: 12 });
      await assertCountly(countly).not.toHaveTracked('refund');
    });`;
  const started = performance.now();
  const { status, stdout } = spawnSync(process.execPath, ['-e', script], {
    cwd: join(__dirname, '../..'),
    encoding: 'utf8',
    timeout: 20_000,
  });
  expect(stdout).toMatch(/pass 1/);
  expect(status).toBe(0);
  // Nothing of the client, which was not even closed, keeps the process.
  expect(performance.now() - started).toBeLessThan(10_000);
});
