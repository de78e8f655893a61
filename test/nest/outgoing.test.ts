import { channel } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Controller, Get, Headers, Query } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { request } from 'undici';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { Countly, CountlyConfigError, silentLogger } from '../../lib/index.js';
import { CARRIER_HEADER, CountlyModule, type CountlyModuleOptions, fromCarrier, fromHeader } from '../../nest/index.js';
import { CountlyServer } from '../support/countly-server.js';
import { Collector } from './support/collector.js';
import { closeAppsAfterEach, quiet, start } from './support/platforms.js';

const SECRET = 'a secret of more than thirty-two characters';
const CHANNELS = [
  'undici:request:create',
  'undici:request:headers',
  'undici:request:trailers',
  'undici:request:error',
  'http.client.request.created',
  'http.client.request.start',
  'http.client.response.finish',
  'http.client.request.error',
];

let other: Server;
let host = '';
/** What the other service was sent, by visitor. */
let carriers: (string | undefined)[] = [];

beforeAll(async () => {
  other = createServer((incoming, response) => {
    carriers.push(incoming.headers[CARRIER_HEADER] as string | undefined);
    if (incoming.url?.startsWith('/broken') === true) return void incoming.socket.destroy();
    response.statusCode = incoming.url?.startsWith('/missing') === true ? 404 : 200;
    response.end('answer');
  }).listen(0, '127.0.0.1');
  await once(other, 'listening');
  host = `127.0.0.1:${(other.address() as AddressInfo).port}`;
});

afterAll(() => other.close());
afterEach(() => {
  carriers = [];
});

type Way = 'fetch' | 'undici' | 'node:http';
const WAYS: Record<Way, (url: string, body?: string) => Promise<unknown>> = {
  fetch: async (url, body) => (await fetch(url, body === undefined ? {} : { method: 'POST', body })).text(),
  undici: async (url, body) => (await request(url, body === undefined ? {} : { method: 'POST', body })).body.text(),
  async 'node:http'(url, body) {
    const sent = send(url, { method: body === undefined ? 'GET' : 'POST', agent: false });
    if (body !== undefined) sent.setHeader('content-length', body.length).write(body);
    sent.end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    for await (const _ of response);
  },
};

@Controller()
class Gateway {
  @Get('call')
  async call(@Query('way') way: Way, @Query('path') path: string, @Query('body') body?: string): Promise<string> {
    await Promise.resolve();
    await WAYS[way](`http://${host}${path}`, body).catch(() => {});
    return 'called';
  }

  @Get('own')
  async own(@Headers('x-id') id: string): Promise<string> {
    return id;
  }
}

async function boot(options: CountlyModuleOptions = {}) {
  const collector = new Collector();
  const running = await start(
    'express',
    {
      imports: [
        CountlyModule.forRoot(
          quiet(collector, { deviceId: fromHeader('x-id'), traces: { outgoing: true }, ...options }),
        ),
      ],
      controllers: [Gateway],
    },
    collector,
  );
  const ask = async (way: Way, path: string, id = 'ada', body?: string) => {
    const url = new URL(`${running.url}/call`);
    url.search = new URLSearchParams({ way, path, ...(body === undefined ? {} : { body }) }).toString();
    await (await fetch(url, { headers: { 'x-id': id } })).text();
  };
  /** Name, status, sizes and device of every trace so far. */
  const traces = async () => {
    await running.countly.flush();
    return collector.of('apm').map(({ deviceId, name, body }) => {
      const { response_code, request_payload_size, response_payload_size, response_time } = body[
        'apm_metrics'
      ] as Record<string, number>;
      expect(response_time).toBeGreaterThan(0);
      return [deviceId, name, response_code, request_payload_size, response_payload_size];
    });
  };
  return { ...running, ask, traces };
}

/** Countly takes no dots in names. */
const shown = (name: string) => name.replaceAll('.', '');

describe.each(Object.keys(WAYS) as Way[])('requests sent with %s', (way) => {
  closeAppsAfterEach();

  it('are traced by method, host and path, without ids and query, under whoever caused them', async () => {
    const { ask, traces } = await boot();
    await ask(way, '/orders/4711/lines?token=secret', 'ada');
    await ask(way, '/missing/0b6a1f2c-77aa-4c35-9f6f-2f6c1f0c9b1d', 'bob', '12345');
    await ask(way, '/broken', 'eve');
    expect(await traces()).toEqual([
      ['ada', shown(`GET ${host}/orders/:id/lines`), 200, 0, 6],
      ['bob', shown(`POST ${host}/missing/:id`), 404, 5, 6],
      ['eve', shown(`GET ${host}/broken`), 0, 0, 0],
    ]);
  });

  it('are told apart when many run at once', async () => {
    const { ask, traces } = await boot();
    const ids = Array.from({ length: 30 }, (_, i) => `visitor-${i}`);
    await Promise.all(ids.map((id) => ask(way, '/orders', id)));
    expect((await traces()).map(([id]) => id).sort()).toEqual(ids.sort());
  });
});

describe('outgoing requests', () => {
  closeAppsAfterEach();
  afterEach(() => vi.restoreAllMocks());

  it('are not traced by default, and not listened to', async () => {
    const { ask, countly } = await boot({ traces: undefined });
    expect(CHANNELS.filter((name) => channel(name).hasSubscribers)).toEqual([]);
    await ask('fetch', '/orders');
    expect(countly.stats().accepted).toBe(0);
  });

  it('are let go of when the application closes', async () => {
    const { app } = await boot({ carrier: { secret: SECRET, hosts: ['*.internal'] } });
    expect(CHANNELS.filter((name) => channel(name).hasSubscribers)).toEqual(CHANNELS);
    await app.close();
    expect(CHANNELS.filter((name) => channel(name).hasSubscribers)).toEqual([]);
  });

  it('of nobody in particular are not traced, and not by another application', async () => {
    const [a, b] = [await boot(), await boot()];
    await WAYS.fetch(`http://${host}/outside`);
    await a.ask('fetch', '/inside');
    expect(await a.traces()).toHaveLength(1);
    expect(await b.traces()).toEqual([]);
  });

  it.each([
    ['', {}],
    [' under another name', { requestOptions: { headers: { host: 'countly.internal' } } }],
  ])('are never those that deliver to Countly%s', async (_name, options) => {
    const server = new CountlyServer();
    await server.start();
    const collector = new Collector();
    const { transport: _none, ...rest } = quiet(collector, { deviceId: fromHeader('x-id') });
    @Controller()
    class Busy {
      constructor(private readonly countly: Countly) {}

      @Get()
      async flush(): Promise<unknown> {
        this.countly.current().addEvent('busy');
        await this.countly.flush();
        return this.countly.stats();
      }
    }
    const { url } = await start(
      'express',
      {
        imports: [CountlyModule.forRoot({ ...rest, ...options, url: server.url, traces: { outgoing: true } })],
        controllers: [Busy],
      },
      collector,
    );
    const stats = await (await fetch(url, { headers: { 'x-id': 'ada' } })).json();
    expect(stats).toMatchObject({ accepted: 1, delivered: 1 });
    const again = await (await fetch(url, { headers: { 'x-id': 'ada' } })).json();
    expect(again).toMatchObject({ accepted: 2, delivered: 2 });
    await server.stop();
  });

  it('can be sampled, left out by host, and named', async () => {
    const sampled = await boot({ traces: { outgoing: { sample: 0.25 } } });
    const dice = [0.1, 0.3, 0.2, 0.9];
    vi.spyOn(Math, 'random').mockImplementation(() => dice.shift() ?? 1);
    for (const path of ['/a', '/b', '/c', '/d']) await sampled.ask('fetch', path);
    expect((await sampled.traces()).map(([, name]) => name)).toEqual(['a', 'c'].map((p) => shown(`GET ${host}/${p}`)));
    vi.restoreAllMocks();

    for (const ignored of ['127.0.0.1', host]) {
      const ignoring = await boot({ traces: { outgoing: { ignoreHosts: [ignored] } } });
      await ignoring.ask('fetch', '/orders');
      expect(await ignoring.traces()).toEqual([]);
    }

    const warn = vi.fn();
    const named = await boot({
      logger: { ...silentLogger, warn },
      traces: {
        outgoing: {
          name({ method, path }) {
            if (path === '/throws') throw new Error('broken');
            return path === '/left-out' ? undefined : `${method} stock`;
          },
        },
      },
    });
    for (const path of ['/orders', '/left-out', '/throws']) await named.ask('fetch', path);
    expect((await named.traces()).map(([, name]) => name)).toEqual(['GET stock', shown(`GET ${host}/throws`)]);
    expect(warn.mock.calls.filter(([text]) => String(text).includes('traces.outgoing.name'))).toHaveLength(1);
  });

  it('cannot flood Countly with names', async () => {
    const { countly, traces } = await boot({ traces: { outgoing: true } });
    const word = (i: number) => `${String.fromCharCode(97 + (i % 26))}${String.fromCharCode(97 + Math.floor(i / 26))}`;
    await countly.run({ deviceId: 'ada' }, async () => {
      for (let i = 0; i < 505; i++) await WAYS.fetch(`http://${host}/${word(i)}`);
    });
    const names = (await traces()).map(([, name]) => String(name));
    expect(new Set(names).size).toBe(501);
    expect(names.at(-1)).toBe(shown(`GET ${host} (other)`));
  });

  it('carry the carrier to hosts that are named, and to no other', async () => {
    const secret = { secret: SECRET };
    const { ask } = await boot({ carrier: { ...secret, hosts: [host] } });
    await ask('fetch', '/orders', 'ada');
    await ask('undici', '/orders', 'ada');
    await ask('node:http', '/orders', 'ada');
    const elsewhere = await boot({ carrier: { ...secret, hosts: ['stock.internal', '*.0.0.2'] } });
    await elsewhere.ask('fetch', '/orders', 'ada');
    const carrier = expect.stringMatching(/^v1\./) as string;
    // Before Node 22.12 the headers of node:http have been sent by the time anybody is told.
    const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
    const early = major > 22 || (major === 22 && minor >= 12);
    expect(carriers).toEqual([carrier, carrier, early ? carrier : undefined, undefined]);
    const reader = await boot({ carrier: secret, deviceId: fromCarrier(), networkTraces: true, traces: undefined });
    await (await fetch(`${reader.url}/own`, { headers: { [CARRIER_HEADER]: String(carriers[0]) } })).text();
    await expect.poll(async () => (await reader.traces()).map(([id]) => id)).toEqual(['ada']);
  });

  it('refuses settings that mean nothing', async () => {
    const problems = async (traces: unknown) => {
      const wrong = quiet(new Collector(), { traces } as CountlyModuleOptions);
      const error = await Test.createTestingModule({ imports: [CountlyModule.forRoot(wrong)] })
        .compile()
        .catch((reason: unknown) => reason);
      return (error as CountlyConfigError).problems.map(({ option }) => option);
    };
    expect(await problems(true)).toEqual(['traces']);
    expect(await problems({ incoming: true })).toEqual(['traces.incoming']);
    expect(await problems({ outgoing: 'yes' })).toEqual(['traces.outgoing']);
    expect(await problems({ outgoing: { sample: 2, ignoreHosts: 'x', name: 'y' } })).toEqual([
      'traces.outgoing.sample',
      'traces.outgoing.ignoreHosts',
      'traces.outgoing.name',
    ]);
  });
});
