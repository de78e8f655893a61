import { describe, expect, it } from 'vitest';
import { useInspector } from '../support/use-inspector.js';

const SUCCESS = { status: 200, body: { result: 'Success' } };

describe('/i/bulk', () => {
  const server = useInspector({ appKey: 'APPKEY' });
  const entry = (key: string, device = 'ann') => ({ ...server.common(device), events: [{ key, count: 1 }] });
  const keys = () => server.query<{ key: string }>('SELECT key FROM events ORDER BY id').map(({ key }) => key);
  const outcomes = () =>
    server.query<{ outcome: string }>('SELECT outcome FROM entries ORDER BY id').map(({ outcome }) => outcome);

  it('takes its entries in, in their order', async () => {
    expect(await server.json('/i/bulk', { requests: [entry('a'), entry('b', 'bob'), entry('c')] })).toEqual(SUCCESS);
    expect(keys()).toEqual(['a', 'b', 'c']);
    expect(server.query('SELECT outcome, entry_count, event_count FROM requests')).toEqual([
      { outcome: 'stored', entry_count: 3, event_count: 3 },
    ]);
  });

  it('accepts JSON text in a form, with real values inside', async () => {
    expect(await server.form('/i/bulk', { requests: JSON.stringify([entry('a')]) })).toEqual(SUCCESS);
    expect(keys()).toEqual(['a']);
  });

  it('drops events that are text inside an entry', async () => {
    await server.json('/i/bulk', { requests: [{ ...entry('a'), events: '[{"key":"a"}]' }] });
    expect(keys()).toEqual([]);
  });

  it('reads other parts also as text', async () => {
    const metrics = JSON.stringify({ _os: 'Linux' });
    await server.json('/i/bulk', { requests: [{ ...server.common(), begin_session: 1, metrics }] });
    expect(server.query('SELECT metrics FROM sessions')).toEqual([{ metrics }]);
  });

  it('skips entries it cannot use and says nothing', async () => {
    const { device_id: _id, ...nobody } = entry('x');
    const foreign = { ...entry('y'), app_key: 'other' };
    expect(await server.json('/i/bulk', { requests: [null, nobody, foreign, 'text', entry('a')] })).toEqual(SUCCESS);
    expect(keys()).toEqual(['a']);
    expect(outcomes()).toEqual(['skipped', 'skipped', 'rejected', 'skipped', 'stored']);
    expect(server.query('SELECT outcome FROM requests')).toEqual([{ outcome: 'partial' }]);
  });

  it('lends its app_key to entries without one, and nothing else', async () => {
    const { app_key: _key, ...bare } = entry('a');
    const { device_id: _id, ...nobody } = entry('b');
    await server.json('/i/bulk', { app_key: 'APPKEY', device_id: 'ann', requests: [bare, nobody] });
    expect(keys()).toEqual(['a']);
  });

  it('stops at an entry with null among its events: everything after it is lost', async () => {
    const broken = { ...server.common(), events: [{ key: 'x' }, null] };
    expect(await server.json('/i/bulk', { requests: [entry('a'), broken, entry('b'), entry('c')] })).toEqual(SUCCESS);
    expect(keys()).toEqual(['a']);
    expect(outcomes()).toEqual(['stored', 'lost', 'lost', 'lost']);
  });

  it('counts an entry with app_id all the same, but is refused with one of its own', async () => {
    await server.json('/i/bulk', { requests: [{ ...entry('a'), app_id: 'mine', user_id: 'me' }] });
    expect(keys()).toEqual(['a']);
    expect(await server.json('/i/bulk', { app_id: 'mine', requests: [entry('b')] })).toEqual({
      status: 400,
      body: { result: 'Invalid parameter "app_id"' },
    });
    expect(keys()).toEqual(['a']);
  });

  it('in safe mode answers what its first entry answers', async () => {
    const foreign = { ...entry('x'), app_key: 'other' };
    expect(await server.json('/i/bulk', { requests: [foreign, entry('a')], safe_api_response: true })).toEqual({
      status: 400,
      body: { result: 'App does not exist' },
    });
    expect(await server.json('/i/bulk', { requests: [entry('a'), foreign], safe_api_response: true })).toEqual(SUCCESS);
  });

  it('with GET tells entries of a device apart by their timestamp only', async () => {
    const timestamp = server.next();
    const requests = ['a', 'b'].map((key) => ({ ...entry(key), timestamp }));
    await server.get(`/i/bulk?requests=${encodeURIComponent(JSON.stringify(requests))}`);
    expect(keys()).toEqual(['a']);
  });

  it('refuses a missing, unreadable or wrong list', async () => {
    expect((await server.json('/i/bulk', {})).body).toEqual({ result: 'Missing parameter "requests"' });
    expect((await server.form('/i/bulk', { requests: '[{' })).body).toEqual({ result: 'Missing parameter "requests"' });
    expect(await server.json('/i/bulk', { requests: { a: 1 } })).toEqual({
      status: 400,
      body: { result: 'Invalid parameter "requests"' },
    });
  });

  it('takes 100 entries of 200 events at thousands of events a second', async () => {
    const events = Array.from({ length: 200 }, (_, n) => ({
      key: `key-${n % 20}`,
      count: 1,
      segmentation: { n: n % 7 },
    }));
    const requests = Array.from({ length: 100 }, (_, n) => ({ ...server.common(`device-${n}`), events }));
    // Time on the processor, so that a busy machine does not fail the test.
    const before = process.cpuUsage();
    await server.json('/i/bulk', { requests });
    expect(process.cpuUsage(before).user / 1e6).toBeLessThan(5);
    expect(server.query('SELECT count(*) AS n FROM events')).toEqual([{ n: 20_000 }]);
  });
});
