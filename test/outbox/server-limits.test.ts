import { describe, expect, it } from 'vitest';
import { recorded } from '../support/recorded.js';

/** The most that an operator can set. */
const MOST = {
  lkl: 2000,
  lvs: 2000,
  lsv: 500,
  lbc: 500,
  ltlpt: 500,
  ltl: 2000,
  rqs: 100_000,
  eqs: 10_000,
  upcl: 10_000,
};
const MEGABYTE = 1024 * 1024;
const segmentation = Object.fromEntries(
  Array.from({ length: 2000 }, (_, i) => [`s${i}`.padEnd(3000, 'n'), 'v'.repeat(9000)]),
);

describe('what the server allows stays within what the client can bear', () => {
  const options = { serverSettings: true, sdkBehaviorSettings: MOST, maxQueuedBytes: 8 * MEGABYTE } as const;

  it('no request is larger than the largest event, however many wait', async () => {
    const test = recorded(options);
    for (let i = 0; i < 3; i++) test.client.addEvent(`e${i}`, { segmentation });
    const bodies = await test.bodies();
    expect(test.client.stats().dropped).toEqual({});
    expect(Math.max(...bodies.map((body) => body.length))).toBeLessThan(2.5 * MEGABYTE);
  });

  it('a crash with all the breadcrumbs and lines that may be is one of them', async () => {
    const test = recorded(options);
    for (let i = 0; i < 2000; i++) test.client.addBreadcrumb('b'.repeat(9000));
    const stack = Array.from({ length: 2000 }, () => `    at ${'f'.repeat(9000)}`).join('\n');
    test.client.logError(Object.assign(new Error('x'), { stack }));
    const [body = ''] = await test.bodies();
    expect(body.length).toBeGreaterThan(0);
    expect(body.length).toBeLessThan(2.5 * MEGABYTE);
  });

  it('what waits is bounded by our own bytes, whatever number of requests the server allows', async () => {
    const test = recorded(options);
    test.transport.answer({ kind: 'retry', reason: 'away' });
    for (let i = 0; i < 50; i++) test.client.addEvent(`e${i}`, { segmentation });
    const { pending, dropped } = test.client.stats();
    expect(pending).toBeLessThan(8);
    expect(pending + (dropped.overflow ?? 0)).toBe(50);
  });
});
