import { afterEach, describe, expect, it } from 'vitest';
import { type Recorded, recorded } from '../support/recorded.js';

describe('a trace', () => {
  let test: Recorded;
  afterEach(() => test.close());
  const traces = async () => (await test.contents()).map(({ apm }) => apm);

  it('of the network has response time, code and sizes under apm_metrics', async () => {
    test = recorded();
    const startedAt = test.clock.now() - 120;
    test.client.recordNetworkTrace({
      name: 'GET /users/:id',
      startedAt,
      responseTimeMs: 120.5,
      responseCode: 200,
      responsePayloadSize: 512,
    });
    test.client.recordNetworkTrace({ name: '$a.b', responseTimeMs: 0, responseCode: 0, requestPayloadSize: -5 });
    expect(await traces()).toEqual([
      {
        type: 'network',
        name: 'GET /users/:id',
        apm_metrics: { response_time: 120.5, response_payload_size: 512, request_payload_size: 0, response_code: 200 },
        stz: startedAt,
        etz: startedAt + 121,
      },
      {
        type: 'network',
        name: 'ab',
        apm_metrics: { response_time: 0, response_payload_size: 0, request_payload_size: 0, response_code: 0 },
        stz: test.clock.now(),
        etz: test.clock.now() + 1,
      },
    ]);
  });

  it.each([Date.now(), 1e12, 1e308, Number.MAX_VALUE])(
    'of %d ms is none: that is a time of day, or nothing',
    async (ms) => {
      test = recorded();
      test.client.reportTrace({ type: 'device', name: 'import', startedAt: test.clock.now(), durationMs: ms });
      test.client.recordNetworkTrace({ name: 'GET /', responseTimeMs: ms, responseCode: 200 });
      expect(await traces()).toEqual([]);
      expect(test.client.stats().dropped).toEqual({ invalid: 2 });
    },
  );

  it('says what it has to, whether or not the answer before was the same', async () => {
    test = recorded();
    const answers = [
      [200, 10, 0],
      [200, 10, 0],
      [404, 10, 0],
      [404, 10, 0],
      [404, 11, 0],
      [404, 11, 0],
      [404, 11, 2],
      [404, 11, 2],
    ] as const;
    answers.forEach(([responseCode, responsePayloadSize, requestPayloadSize], n) => {
      const sizes = { responsePayloadSize, requestPayloadSize };
      test.client.recordNetworkTrace({ name: n < 7 ? 'GET /' : 'PUT "/"', responseTimeMs: n, responseCode, ...sizes });
    });
    test.client.reportTrace({ type: 'device', name: 'GET /', startedAt: 1, durationMs: 7 });
    expect(await traces()).toMatchObject([
      ...answers.map(([response_code, response_payload_size, request_payload_size], response_time) => ({
        type: 'network',
        name: response_time < 7 ? 'GET /' : 'PUT "/"',
        apm_metrics: { response_code, response_payload_size, request_payload_size, response_time },
      })),
      { type: 'device', name: 'GET /', apm_metrics: { duration: 7 } },
    ]);
  });

  it('knows its names in any number and of any length', async () => {
    test = recorded();
    const names = [...Array.from({ length: 600 }, (_, n) => `GET /${n}`), 'x'.repeat(3_000), '$'.repeat(9)];
    for (const name of [...names, ...names])
      test.client.reportTrace({ type: 'device', name, startedAt: 1, durationMs: 1 });
    const expected = [...names.slice(0, 600), 'x'.repeat(2_048)];
    expect(((await traces()) as { name: string }[]).map(({ name }) => name)).toEqual([...expected, ...expected]);
    expect(test.client.stats().dropped).toEqual({ invalid: 2 });
  });

  it('of the start of the process works', async () => {
    test = recorded();
    test.client.reportAppStart();
    const [trace] = (await traces()) as { stz: number; etz: number; apm_metrics: { duration: number } }[];
    expect(trace).toMatchObject({ type: 'device', name: 'app_start' });
    expect(trace?.apm_metrics.duration).toBeGreaterThan(0);
    expect(trace?.etz).toBeGreaterThan(trace?.stz ?? 0);
    expect(String(trace?.stz)).toHaveLength(13);
  });

  it.each(['apm_metrics', 'app_metrics'])('may be written as the official SDK does, with %s', async (member) => {
    test = recorded();
    const stz = test.clock.now() - 50;
    test.client.reportTrace({
      type: 'device',
      name: 'job',
      stz,
      etz: stz + 50,
      [member]: { duration: 50, rows: 3 },
    } as never);
    expect(await traces()).toEqual([
      { type: 'device', name: 'job', apm_metrics: { duration: 50, rows: 3 }, stz, etz: stz + 50 },
    ]);
  });

  it('keeps numbers under names a server takes, and drops what is no trace', async () => {
    test = recorded();
    const metrics = { ok_1: 1, 'not ok': 2, text: 'x', nan: Number.NaN } as never;
    test.client.reportTrace({ type: 'device', name: 'job', startedAt: 5, durationMs: 1, metrics });
    for (const bad of [
      undefined,
      {},
      { type: 'x', name: 'y' },
      { type: 'device', durationMs: 1 },
      { type: 'network', name: 'x' },
    ]) {
      test.client.reportTrace(bad as never);
    }
    expect(await traces()).toMatchObject([{ apm_metrics: { duration: 1, ok_1: 1 } }]);
    expect(test.client.stats().dropped).toEqual({ invalid: 5 });
  });
});
