import { describe, expect, it } from 'vitest';
import { useInspector } from '../support/use-inspector.js';

const DUPLICATE = { status: 200, body: { result: 'Success', info: 'Request ignored: Duplicate request' } };
const SUCCESS = { status: 200, body: { result: 'Success' } };

describe('the same request again', () => {
  const server = useInspector();
  const event = (key: string) => ({ ...server.common(), events: [{ key }] });
  const count = () => server.query<{ n: number }>('SELECT count(*) AS n FROM events')[0]?.n;

  it('is ignored with 200 and an info', async () => {
    const request = event('a');
    expect(await server.json('/i', request)).toEqual(SUCCESS);
    expect(await server.json('/i', request)).toEqual(DUPLICATE);
    expect(count()).toBe(1);
    expect(server.query('SELECT outcome FROM entries ORDER BY id')).toEqual([
      { outcome: 'stored' },
      { outcome: 'duplicate' },
    ]);
  });

  it('is recognised although rr and checksum differ', async () => {
    const text = 'app_key=K&device_id=ann&timestamp=1700000000000&events=%5B%7B%22key%22%3A%22a%22%7D%5D';
    expect(await server.form('/i', `${text}&rr=3`)).toEqual(SUCCESS);
    expect(await server.form('/i', `${text}&rr=2&checksum256=abc`)).toEqual(DUPLICATE);
  });

  it('counts again when another request of this device came between', async () => {
    const [first, second] = [event('a'), event('b')];
    for (const request of [first, second, first]) expect(await server.json('/i', request)).toEqual(SUCCESS);
    expect(count()).toBe(3);
  });

  it('is recognised when only other devices came between', async () => {
    const request = event('a');
    await server.json('/i', request);
    await server.send({ events: [{ key: 'b' }] }, 'bob');
    expect(await server.json('/i', request)).toEqual(DUPLICATE);
  });

  it('counts again without a timestamp', async () => {
    const { timestamp: _timestamp, ...request } = event('a');
    await server.json('/i', request);
    expect(await server.json('/i', request)).toEqual(SUCCESS);
    expect(count()).toBe(2);
  });

  it('counts again as soon as a byte differs', async () => {
    const request = event('a');
    await server.json('/i', request);
    expect(await server.json('/i', { ...request, av: '1.0' })).toEqual(SUCCESS);
  });

  it('in a bulk is ignored only for devices with one entry', async () => {
    const once = event('a');
    const twice = [1, 2].map(() => ({ ...server.common('bob'), events: [{ key: 'b' }] }));
    const requests = [once, ...twice];
    await server.json('/i/bulk', { requests });
    await server.json('/i/bulk', { requests });
    expect(server.query('SELECT key, count(*) AS n FROM events GROUP BY key ORDER BY key')).toEqual([
      { key: 'a', n: 1 },
      { key: 'b', n: 4 },
    ]);
  });
});
