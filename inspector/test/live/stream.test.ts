import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StreamReader } from '../support/stream-reader.js';
import { useInspector } from '../support/use-inspector.js';

describe('/api/stream', () => {
  const server = useInspector();
  let stream: StreamReader;
  beforeEach(async () => {
    stream = await StreamReader.open(server.url);
  });
  afterEach(() => stream.close());

  it('tells at once what came in and what was wrong with it', async () => {
    await server.events({ key: 'shop', count: 0, segmentation: { plan: 'pro' } });
    const seen = await stream.until('changed');
    expect(seen.map(({ event }) => event)).toEqual(['event', 'request', 'problem', 'changed']);
    expect(seen[0]?.data).toMatchObject({ key: 'shop', device_id: 'ann', segmentation: '{"plan":"pro"}' });
    expect(seen[2]?.data).toMatchObject({ row: 15, message: '"shop": count is 0' });
    expect(seen[3]?.data).toEqual({ event: 1, request: 1, problem: 1 });
  });

  it('counts what a large bulk brings instead of sending all of it', async () => {
    const events = Array.from({ length: 500 }, (_, n) => ({ key: `key-${n % 3}`, count: 1 }));
    await server.json('/i/bulk', { requests: [{ ...server.common(), events }] });
    const seen = await stream.until('changed');
    expect(seen.filter(({ event }) => event === 'event').length).toBe(40);
    expect(seen.at(-1)?.data).toEqual({ event: 500, request: 1 });
  });

  it('tells together what comes faster than ten times a second, and counts all of it', async () => {
    const start = performance.now();
    await Promise.all(
      Array.from({ length: 60 }, (_, n) => server.send({ events: [{ key: `k${n}`, count: 1 }] }, `d${n}`)),
    );
    const told: Record<string, number> = {};
    let messages = 0;
    while ((told['event'] ?? 0) < 60) {
      messages += 1;
      const { data } = (await stream.until('changed')).at(-1) ?? {};
      for (const [kind, count] of Object.entries(data as Record<string, number>))
        told[kind] = (told[kind] ?? 0) + count;
    }
    expect(told).toMatchObject({ event: 60, request: 60 });
    expect(messages).toBeLessThan((performance.now() - start) / 100 + 3);
  });

  it('tells who made rows, and that a client said something of itself', async () => {
    const body = JSON.stringify({ ...server.common(), events: [{ key: 'a', count: 1 }] });
    await server.raw('/i', body, { 'content-type': 'application/json' });
    await stream.until('changed');
    const made = [{ body: createHash('sha256').update(body).digest('hex'), entries: [[{ ref: 1, unit: 'u' }]] }];
    await server.json('/inspector/client', { client: { id: 'c' }, methods: [{ ref: 1, methodName: 'pay' }], made });
    const seen = await stream.until('client');
    expect(seen.map(({ event }) => event)).toEqual(['linked', 'client']);
    expect(seen[0]?.data).toEqual({ request_id: 1, count: 1, rows: [{ kind: 'event', id: 1, method: 1, unit: 'u' }] });
    expect(seen[1]?.data).toEqual({ id: 'c' });
  });

  it('names nothing "error", which browsers reserve for a lost connection', async () => {
    await server.send({ crash: { _os: 'L', _app_version: '1', _error: 'Error: x' } });
    expect((await stream.until('changed')).map(({ event }) => event)).toEqual(['crash', 'request', 'changed']);
  });

  it('tells when everything was cleared, and ends when the inspector closes', async () => {
    server.inspector.reset();
    await stream.until('reset');
    await server.inspector.close();
    await expect(stream.until('never')).rejects.toThrow();
  });
});
