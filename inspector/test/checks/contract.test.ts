import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/index.js';
import { useInspector } from '../support/use-inspector.js';
import type { Case } from './cases.js';
import { DEVICE_CASES } from './device-cases.js';
import { EVENT_CASES } from './event-cases.js';
import { REPORT_CASES } from './report-cases.js';
import { REQUEST_CASES } from './request-cases.js';
import { TEXT_CASES } from './text-cases.js';

const CASES: readonly Case[] = [...EVENT_CASES, ...DEVICE_CASES, ...REPORT_CASES, ...REQUEST_CASES, ...TEXT_CASES].sort(
  (left, right) => left.row - right.row,
);

describe('the contract', () => {
  it('has 76 rows, all of them described and tested', () => {
    const all = Array.from({ length: 76 }, (_, index) => index + 1);
    expect([...CATALOGUE.keys()]).toEqual(all);
    expect([...new Set(CASES.map(({ row }) => row))]).toEqual(all);
  });
});

describe('a mistake is found, and no other one with it', () => {
  const server = useInspector();

  it.each(CASES.map((one) => [one.row, one.name, one] as const))('row %i: %s', async (row, _name, one) => {
    await one.send(server);
    const level = CATALOGUE.get(row)?.level;
    const found = server
      .query<{ row: number }>(`SELECT DISTINCT "row" FROM problems WHERE level <> 'N' OR "row" = ? ORDER BY 1`, row)
      .map((problem) => problem.row);
    expect(found).toEqual([row, ...(one.alongside ?? [])].sort((left, right) => left - right));
    expect(server.query('SELECT DISTINCT level FROM problems WHERE "row" = ?', row)).toEqual([{ level }]);
  });
});

describe('what is right', () => {
  const server = useInspector();

  it('is not complained about', async () => {
    await server.send({ consent: { sessions: true, events: true } });
    await server.begin({ country_code: 'DE', city: 'Berlin' });
    await server.events(
      { key: 'order', count: 1, sum: 9.5, dur: 0.2, timestamp: server.next(), segmentation: { plan: 'pro', n: 3 } },
      { key: '[CLY]_view', count: 1, segmentation: { name: '/a', visit: 1, start: 1, segment: 'Linux', _idv: 'v1' } },
      { key: '[CLY]_view', count: 1, dur: 3, segmentation: { name: '/a', segment: 'Linux', _idv: 'v1' } },
      { key: '[CLY]_star_rating', count: 1, segmentation: { rating: 5, platform: 'web', widget_id: 'w1' } },
    );
    await server.send({ session_duration: 60 });
    await server.send({ end_session: 1, session_duration: 12 });
    await server.send({
      crash: { _os: 'Linux', _app_version: '1.0', _error: 'Error: x', _nonfatal: true, _online: true },
    });
    await server.send({
      apm: {
        type: 'network',
        name: 'GET /',
        apm_metrics: { response_time: 1 },
        stz: 1_700_000_000_000,
        etz: 1_700_000_000_001,
      },
    });
    await server.send({
      user_details: { name: 'Ann', custom: { plan: 'pro', n: { $inc: 1 }, set: { $addToSet: ['a'] } } },
    });
    await server.send({ old_device_id: 'anon', consent: { sessions: true, events: true } });
    await server.send({ tz: '0', t: '0', hour: '0', dow: '0', av: '1.0', hc: '{"el":0}' });
    await server.send({ metrics: { _os: 'Linux', _app_version: '2.4' } });
    await server.json('/o/sdk?method=rc', { ...server.common(), keys: '["color"]' });
    await server.json('/i/bulk', { requests: [{ ...server.common('bob'), events: [{ key: 'order', count: 1 }] }] });
    expect(server.query(`SELECT "row", message FROM problems WHERE level <> 'N'`)).toEqual([]);
  });
});

describe('a problem', () => {
  const server = useInspector();

  it('says what was sent, what a server does, what to do, and where it was', async () => {
    await server.events({ key: 'shop', count: 0 });
    expect(server.query('SELECT * FROM problems')).toMatchObject([
      {
        row: 15,
        level: 'W',
        message: '"shop": count is 0',
        server: CATALOGUE.get(15)?.server,
        remedy: CATALOGUE.get(15)?.remedy,
        request_id: 1,
        position: 0,
        device_id: 'ann',
        occurrences: 1,
      },
    ]);
  });

  it('that repeats within a request is counted, not repeated', async () => {
    await server.events(...Array.from({ length: 50 }, () => ({ key: 'shop', count: 0 })));
    expect(server.query('SELECT occurrences FROM problems')).toEqual([{ occurrences: 50 }]);
  });

  it('of level N is said once', async () => {
    await server.send({ user_details: { name: 'Ann' } });
    await server.send({ user_details: { name: 'Bob' } }, 'bob');
    expect(server.query('SELECT level FROM problems')).toEqual([{ level: 'N' }]);
  });

  it('with a checksum says what was hashed', async () => {
    const salted = REQUEST_CASES.find(({ name }) => name === 'rr added after the checksum');
    await salted?.send(server);
    expect(server.messages(26)).toEqual([
      '"checksum256" was computed over the text without "rr", which was added later',
    ]);
  });
});
