import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Fault } from '../../src/index.js';
import { type TestInspector, useInspector } from '../support/use-inspector.js';

/** The row of a request is written before its fault plays. */
async function untilRecorded(server: TestInspector): Promise<void> {
  while (server.query('SELECT id FROM requests').length === 0) await delay(1);
}

describe('a fault that answers', () => {
  const server = useInspector();
  const stored = () => server.query<{ n: number }>('SELECT count(*) AS n FROM events')[0]?.n;
  const event = () => server.events({ key: 'a', count: 1 });

  it.each([
    [{ kind: 'status', status: 500 }, 500, 'Internal Server Error'],
    [{ kind: 'status', status: 413 }, 413, 'Payload Too Large'],
    [{ kind: 'status', status: 400, result: 'Missing parameter' }, 400, 'Missing parameter'],
    [{ kind: 'checksum' }, 200, 'Request does not match checksum'],
  ] as const)('%o', async (fault, status, result) => {
    server.inspector.setFault(fault);
    expect(await event()).toEqual({ status, body: { result } });
    expect(stored()).toBe(0);
    expect(server.query('SELECT fault, outcome, stored, status FROM requests')).toEqual([
      { fault: fault.kind, outcome: 'fault', stored: 0, status },
    ]);
  });

  it('429 says when to come back', async () => {
    server.inspector.setFault({ kind: 'status', status: 429, retryAfter: 7 });
    const response = await fetch(`${server.url}/i`, { method: 'POST' });
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '7']);
  });

  it('html is the page of a captive portal', async () => {
    server.inspector.setFault({ kind: 'html' });
    const response = await fetch(`${server.url}/i?app_key=K&device_id=a`);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(stored()).toBe(0);
  });

  it('slow stores the request and answers late', async () => {
    server.inspector.setFault({ kind: 'slow', delayMs: 80 });
    const startedAt = performance.now();
    expect(await event()).toEqual({ status: 200, body: { result: 'Success' } });
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(75);
    expect(stored()).toBe(1);
  });
});

describe('a fault that does not answer', () => {
  const server = useInspector();
  const stored = () => server.query<{ n: number }>('SELECT count(*) AS n FROM events')[0]?.n;

  it.each([
    ['refuse', 0],
    ['cut', 0],
    ['cut-after-store', 1],
  ] as const)('%s closes the connection; stored: %i', async (kind, expected) => {
    server.inspector.setFault({ kind });
    await expect(server.events({ key: 'a', count: 1 })).rejects.toThrow();
    expect(stored()).toBe(expected);
    expect(server.query('SELECT fault, stored FROM requests')).toEqual([{ fault: kind, stored: expected }]);
  });

  it('cut sends the head and half of the body', async () => {
    server.inspector.setFault({ kind: 'cut' });
    const response = await fetch(`${server.url}/i`, { method: 'POST' });
    expect([response.status, response.headers.get('content-length')]).toEqual([200, '20']);
    await expect(response.text()).rejects.toThrow();
  });

  it.each([
    ['hang', 0],
    ['hang-after-store', 1],
  ] as const)('%s never answers; stored: %i', async (kind, expected) => {
    server.inspector.setFault({ kind });
    const body = JSON.stringify({ ...server.common(), events: [{ key: 'a', count: 1 }] });
    const headers = { 'content-type': 'application/json' };
    const abort = new AbortController();
    const answer = fetch(`${server.url}/i`, { method: 'POST', headers, body, signal: abort.signal }).then(
      () => 'answered',
      () => 'given up',
    );
    await untilRecorded(server);
    expect(await Promise.race([answer, delay(50, 'still waiting')])).toBe('still waiting');
    abort.abort();
    expect(await answer).toBe('given up');
    expect(stored()).toBe(expected);
  });

  it('a request stored before its answer was cut is a duplicate when it comes again', async () => {
    server.inspector.setFault({ kind: 'cut-after-store', count: 1 });
    const request = { ...server.common(), events: [{ key: 'a', count: 1 }] };
    await expect(server.json('/i', request)).rejects.toThrow();
    expect((await server.json('/i', request)).body).toMatchObject({ info: 'Request ignored: Duplicate request' });
    expect(stored()).toBe(1);
  });

  it('hanging requests do not keep the inspector from closing', async () => {
    server.inspector.setFault({ kind: 'hang' });
    const pending = server.events({ key: 'a', count: 1 }).catch((error: unknown) => error);
    await untilRecorded(server);
    await server.inspector.close();
    expect(await pending).toBeInstanceOf(Error);
  });
});

describe('the scope of a fault', () => {
  const server = useInspector();
  const statusOf = async (device: string) => (await server.send({}, device)).status;

  it('is everything until it is cleared', async () => {
    const id = server.inspector.setFault({ kind: 'status', status: 503 });
    expect([await statusOf('a'), await statusOf('b')]).toEqual([503, 503]);
    expect(server.inspector.faults()).toEqual([{ id, kind: 'status', status: 503, hits: 2 }]);
    server.inspector.clearFaults();
    expect(await statusOf('a')).toBe(200);
  });

  it('can be the next requests, also after some that pass', async () => {
    server.inspector.setFault({ kind: 'status', status: 503, skip: 1, count: 2 });
    const statuses = [await statusOf('a'), await statusOf('a'), await statusOf('a'), await statusOf('a')];
    expect(statuses).toEqual([200, 503, 503, 200]);
  });

  it('can be one device, also inside a bulk', async () => {
    server.inspector.setFault({ kind: 'status', status: 400, device: 'ann' });
    expect([await statusOf('ann'), await statusOf('bob')]).toEqual([400, 200]);
    const bulk = (...devices: string[]) =>
      server.json('/i/bulk', { requests: devices.map((one) => server.common(one)) });
    expect([(await bulk('bob', 'ann')).status, (await bulk('bob', 'cid')).status]).toEqual([400, 200]);
  });

  it('can be one endpoint', async () => {
    server.inspector.setFault({ kind: 'status', status: 503, endpoint: 'bulk' });
    expect((await server.json('/i/bulk', { requests: [] })).status).toBe(503);
    expect(await statusOf('ann')).toBe(200);
  });

  it('of two faults the older one hits first', async () => {
    server.inspector.setFault({ kind: 'status', status: 500, count: 1 });
    server.inspector.setFault({ kind: 'status', status: 429 });
    expect([await statusOf('a'), await statusOf('a')]).toEqual([500, 429]);
  });

  it('never touches the page and its API', async () => {
    server.inspector.setFault({ kind: 'refuse' });
    expect((await server.get('/api/faults')).status).toBe(200);
  });
});

describe('POST /api/faults', () => {
  const server = useInspector();

  it('sets faults, a status alone being enough', async () => {
    await server.json('/api/faults', { kind: '429', retryAfter: 1 });
    expect(server.inspector.faults()).toMatchObject([{ kind: 'status', status: 429, retryAfter: 1 }]);
    expect((await server.send({})).status).toBe(429);
  });

  it('with a list replaces all of them', async () => {
    server.inspector.setFault({ kind: 'hang' });
    await server.json('/api/faults', [{ kind: 'html' }]);
    expect(server.inspector.faults()).toMatchObject([{ kind: 'html' }]);
    await fetch(`${server.url}/api/faults`, { method: 'DELETE' });
    expect(server.inspector.faults()).toEqual([]);
  });

  it.each([
    [{ kind: 'explode' }, 'fault "kind": expected one of status, slow'],
    [{ kind: 'slow', delayMs: -1 }, 'fault "delayMs": expected a whole number from 0 to 3600000, got -1'],
    [{ kind: 'cut', count: 0 }, 'fault "count": expected a whole number from 1'],
    [{ kind: 'cut', endpoint: 'o' }, 'fault "endpoint": expected one of i, bulk, fetch'],
    ['hang', 'fault: expected an object, got "hang"'],
  ])('says what is wrong with %o', async (fault, message) => {
    const answer = await server.json('/api/faults', fault);
    expect(answer.status).toBe(400);
    expect((answer.body as { error: string }).error).toContain(message);
    expect(() => server.inspector.setFault(fault as Fault)).toThrow(message);
    expect(server.inspector.faults()).toEqual([]);
  });
});
