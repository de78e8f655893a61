import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Inspector, InspectorOptionError, PlanError, startInspector } from '../../src/index.js';
import { type BuiltCli, buildCli } from '../support/built-cli.js';

const entry = {
  keyFrom: 'given',
  decorator: null,
  class: null,
  method: null,
  source: null,
  moreSegments: false,
  risks: [],
};
const checkout = {
  ...entry,
  ...{ kind: 'timed-event', key: 'checkout', description: 'Paid', owner: 'payments' },
  segments: {
    plan: { type: 'string', values: ['free', 'pro'], from: 'catalogue' },
    amount: { type: 'number', from: 'catalogue' },
    note: { type: 'string', optional: true, from: 'catalogue' },
    zone: { type: 'string', from: 'parameter' },
  },
};
const PLAN = {
  version: 1,
  entries: [
    checkout,
    { ...entry, kind: 'event', key: 'orders.placed', segments: {} },
    { ...entry, kind: 'event', key: 'open', segments: {}, moreSegments: true },
    { ...entry, kind: 'view', key: 'Cart', segments: {} },
    { ...entry, kind: 'trace', key: 'load', segments: {} },
    { ...entry, kind: 'error', key: null, segments: {} },
  ],
};

let inspector: Inspector;
afterEach(() => inspector?.close());

async function send(events: readonly object[], more: Readonly<Record<string, unknown>> = {}): Promise<void> {
  const body = JSON.stringify({ app_key: 'K', device_id: 'ada', timestamp: Date.now(), events, ...more });
  const answer = await fetch(`${inspector.url}/i`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  expect(answer.status).toBe(200);
}
const problemsOf = (key: string) =>
  inspector
    .planReport()
    ?.keys.find((verdict) => verdict.key === key)
    ?.problems.map(({ problem }) => problem);

describe('an inspector with a plan', () => {
  it.each([
    ['all of it', { plan: 'pro', amount: 3, zone: 'x', note: 'y' }, []],
    ['what may be missing left out', { plan: 'free', amount: 0 }, []],
    ['a segment missing', { plan: 'pro' }, ['lacks segment "amount"']],
    ['another type', { plan: 'pro', amount: '3' }, ['segment "amount" is a string, planned is a number']],
    ['another value', { plan: 'gold', amount: 3 }, ['segment "plan" has a value that is not planned']],
    ['a segment more', { plan: 'pro', amount: 3, colour: 'red' }, ['segment "colour" is not in the plan']],
  ])('judges an event with %s', async (_what, segmentation, problems) => {
    inspector = await startInspector({ port: 0, plan: PLAN });
    await send([{ key: 'checkout', count: 1, segmentation }]);
    expect(problemsOf('checkout')).toEqual(problems);
    expect(inspector.planReport()).toMatchObject(problems.length === 0 ? { good: 1, bad: 0 } : { good: 0, bad: 1 });
  });

  it('marks what is not in the plan, and takes keys as they are sent', async () => {
    inspector = await startInspector({ port: 0, plan: PLAN });
    await send([
      { key: 'orders_placed', count: 1 },
      { key: 'open', count: 1, segmentation: { anything: 1 } },
      { key: 'surprise', count: 1 },
      { key: '[CLY]_view', count: 1, segmentation: { name: 'Cart', visit: 1, start: 1, segment: 'Linux' } },
      { key: '[CLY]_view', count: 1, dur: 3, segmentation: { name: 'Cart', segment: 'Linux' } },
      { key: '[CLY]_view', count: 1, segmentation: { name: 'Secret', visit: 1, segment: 'Linux' } },
    ]);
    expect(inspector.planReport()).toMatchObject({ good: 3, bad: 2 });
    expect(problemsOf('surprise')).toEqual(['not in the plan']);
    expect(problemsOf('Secret')).toEqual(['not in the plan']);
  });

  it('knows what was never seen, until it is', async () => {
    inspector = await startInspector({ port: 0, plan: PLAN });
    const unseen = () => inspector.planReport()?.unseen.map(({ key }) => key);
    expect(unseen()).toEqual(['checkout', 'orders_placed', 'open', 'Cart', 'load']);
    const apm = { type: 'device', name: 'load', apm_metrics: { duration: 3 }, stz: Date.now() - 3, etz: Date.now() };
    await send([{ key: 'open', count: 1 }], { apm });
    expect(unseen()).toEqual(['checkout', 'orders_placed', 'Cart']);
    inspector.reset();
    expect(unseen()).toHaveLength(5);
    expect(inspector.planReport()).toMatchObject({ good: 0, bad: 0, keys: [] });
  });

  it('answers the page, with what is bad first', async () => {
    inspector = await startInspector({ port: 0, plan: PLAN });
    await send([
      { key: 'open', count: 1 },
      { key: 'surprise', count: 1 },
    ]);
    const report = (await (await fetch(`${inspector.url}/api/plan`)).json()) as { keys: { key: string }[] };
    expect(report).toMatchObject({
      plan: true,
      good: 1,
      bad: 1,
      unseen: expect.arrayContaining([expect.objectContaining({ key: 'checkout', owner: 'payments' })]),
    });
    expect(report.keys.map(({ key }) => key)).toEqual(['surprise', 'open']);
  });

  it('stays bounded, whatever keys and segments come', async () => {
    inspector = await startInspector({ port: 0, plan: PLAN });
    for (let part = 0; part < 6; part++) {
      await send(Array.from({ length: 1000 }, (_, i) => ({ key: `k${part}_${i}`, count: 1 })));
      await send([
        {
          key: 'checkout',
          count: 1,
          segmentation: Object.fromEntries(Array.from({ length: 90 }, (_, i) => [`s${part}_${i}`, 1])),
        },
      ]);
    }
    const report = inspector.planReport();
    expect(report?.keys.length).toBeLessThanOrEqual(5001);
    expect(report?.bad).toBe(6006);
    expect(problemsOf('checkout')?.length).toBeLessThanOrEqual(51);
  });

  it('judges also what a file held before', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'inspector-plan-'));
    const database = join(folder, 'kept.db');
    inspector = await startInspector({ port: 0, database });
    await send([
      { key: 'open', count: 1 },
      { key: 'surprise', count: 1 },
    ]);
    expect(inspector.planReport()).toBeUndefined();
    expect(await (await fetch(`${inspector.url}/api/plan`)).json()).toEqual({ plan: false });
    await inspector.close();
    inspector = await startInspector({ port: 0, database, plan: PLAN });
    expect(inspector.planReport()).toMatchObject({ good: 1, bad: 1 });
    await inspector.close();
    rmSync(folder, { recursive: true });
  });
});

describe('a plan that cannot be used', () => {
  it.each([
    ['no object', 5 as unknown as object, 'expected a tracking plan of version 1, but the object is none'],
    ['another version', { version: 2, entries: [] }, 'expected a tracking plan of version 1'],
    ['an entry that is none', { version: 1, entries: [null] }, 'entries[0] of the object'],
    ['an entry without segments', { version: 1, entries: [{ kind: 'event', key: 'a' }] }, 'entries[0] of the object'],
    ['no file', '/no/such/plan.json', 'cannot be read: ENOENT'],
    ['a file that is no JSON', __filename, 'is no JSON'],
  ])('is refused at the start: %s', async (_what, plan, message) => {
    await expect(startInspector({ port: 0, plan })).rejects.toThrow(PlanError);
    await expect(startInspector({ port: 0, plan })).rejects.toThrow(message);
    await expect(startInspector({ port: 0, plan })).rejects.not.toThrow(InspectorOptionError);
  });
});

describe('countly-inspector --strict', () => {
  let cli: BuiltCli;
  let folder: string;
  beforeAll(() => {
    cli = buildCli();
    folder = mkdtempSync(join(tmpdir(), 'inspector-strict-'));
    writeFileSync(join(folder, 'plan.json'), JSON.stringify(PLAN));
  });
  afterAll(() => {
    cli.remove();
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['nothing wrong', { events: [{ key: 'open', count: 1 }] }, 0, ''],
    [
      'an event that is not planned',
      { events: [{ key: 'surprise', count: 1 }] },
      1,
      '1× event "surprise": not in the plan',
    ],
    ['a request that was refused', { app_key: 'other', events: [] }, 1, '1× answered 400'],
    ['a problem that loses data', { events: [{ key: '[CLY]_session', count: 1 }] }, 1, '1× '],
  ])('ends with %s as it should', async (_what, change, code, message) => {
    const running = cli.start(
      '--port',
      '0',
      '--db',
      ':memory:',
      '--app-key',
      'K',
      '--strict',
      '--plan',
      join(folder, 'plan.json'),
    );
    const url = await running.output(/listens on (\S+)/);
    const body = JSON.stringify({
      app_key: 'K',
      device_id: 'ada',
      timestamp: Date.now(),
      hour: '1',
      dow: '1',
      ...change,
    });
    await fetch(`${url}/i`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    running.signal('SIGINT');
    const ended = await running.ended;
    expect(ended.err).toContain(message);
    expect(ended.code).toBe(code);
  });
});
