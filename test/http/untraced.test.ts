import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { untraced } from '../../lib/http/untraced.js';
import { json, startServer } from './support/http-server.js';
import { openTransport, REQUEST } from './support/transport.js';

const API = Symbol.for('opentelemetry.js.api.1');
const SUPPRESSED = Symbol.for('OpenTelemetry SDK Context Key SUPPRESS_TRACING');
const CHANNELS = ['http.client.request.created', 'http.client.request.start'];
const place = globalThis as unknown as Record<symbol, unknown>;

/** The part of a context that counts here. */
class Context {
  constructor(readonly values: ReadonlyMap<symbol, unknown> = new Map()) {}
  setValue = (key: symbol, value: unknown) => new Context(new Map([...this.values, [key, value]]));
}

/** A context manager as the OpenTelemetry SDK registers it. */
function register() {
  const store = new AsyncLocalStorage<Context>();
  const active = () => store.getStore() ?? new Context();
  place[API] = { version: '1.9.0', context: { active, with: (it: Context, work: () => void) => store.run(it, work) } };
  return active;
}

afterEach(() => {
  delete place[API];
});

describe('a delivery', () => {
  test('is no span and carries no header, also of a tracer that watches Node’s own channels', async () => {
    const active = register();
    const spans: string[] = [];
    // What tracers do that patch nothing.
    const trace = (message: unknown): void => {
      const { request } = message as { request: ClientRequest };
      if (active().values.get(SUPPRESSED) === true) return;
      spans.push(request.path);
      if (!request.headersSent) request.setHeader('traceparent', '00-1-1-01');
    };
    for (const name of CHANNELS) subscribe(name, trace);
    try {
      const server = await startServer((_request, response) => json(response, 200, '{"result":"Success"}'));
      const transport = openTransport({ url: server.url });
      await transport.send(REQUEST);
      await transport.send(REQUEST);
      await transport.query({ ...REQUEST, path: '/o/sdk' });
      expect(spans).toEqual([]);
      expect(server.seen).toHaveLength(3);
      for (const { headers } of server.seen) expect(headers['traceparent']).toBeUndefined();
      // The host's own requests are traced as before.
      await (await fetchByHttp(server.url))();
      expect(spans.length).toBeGreaterThan(0);
    } finally {
      for (const name of CHANNELS) unsubscribe(name, trace);
    }
  });
});

async function fetchByHttp(url: string): Promise<() => Promise<void>> {
  const { get } = await import('node:http');
  return () => new Promise((resolve) => get(url, (response) => response.resume().on('end', resolve)));
}

describe('untraced', () => {
  test('is the work itself without a tracer', () => expect(untraced(() => 7)).toBe(7));

  test('leaves the context outside as it was', () => {
    const active = register();
    expect(untraced(() => active().values.get(SUPPRESSED))).toBe(true);
    expect(active().values.get(SUPPRESSED)).toBeUndefined();
  });

  test.each<[string, unknown]>([
    ['has no context manager', {}],
    ['is something else', 'text'],
    [
      'throws',
      {
        context: {
          active: () => {
            throw new Error('x');
          },
        },
      },
    ],
    ['answers nothing', { context: { active: () => undefined, with: () => {} } }],
    ['does not do the work', { context: { active: () => new Context(), with: () => {} } }],
  ])('does the work once, whatever stands there: it %s', (_, api) => {
    place[API] = api;
    let times = 0;
    expect(untraced(() => ++times)).toBe(1);
  });

  test('passes on what the work throws', () => {
    register();
    expect(() =>
      untraced(() => {
        throw new TypeError('x');
      }),
    ).toThrow(TypeError);
  });
});
