import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { Controller, Get, Header, type INestApplication, Module } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { silentLogger } from '../../lib/index.js';
import { ClientMaker } from '../../nest/client/client-maker.js';
import { CountlyRuntime } from '../../nest/countly.runtime.js';
import {
  CountlyDeviceId,
  CountlyModule,
  type CountlyModuleOptions,
  type DeviceIdResolver,
  fromCookie,
  fromHeader,
} from '../../nest/index.js';
import type { ResponseLike } from '../../nest/scope/http-context.js';
import { Collector } from './support/collector.js';
import { closeAppsAfterEach, quiet, start } from './support/platforms.js';

const throws = (): never => {
  throw new Error('odd');
};
type Then = (ok: (value: unknown) => void, failed: (reason: unknown) => void) => void;
/** What libraries hand out in place of a promise. */
const thenable = (then: Then) => Object.defineProperty({}, 'then', { value: then });
const odd = (...values: readonly unknown[]) => fc.constantFrom<unknown[]>(...values);

/** What servers, adapters and doubles have been seen to give, and worse. */
const header = odd(
  'text',
  '',
  12,
  0,
  Number.NaN,
  true,
  null,
  undefined,
  ['a', 'b'],
  [],
  [1, [2]],
  {},
  Symbol('odd'),
  7n,
  throws,
);
const headers = fc.oneof(
  odd(
    undefined,
    null,
    'text',
    7,
    [],
    new Headers({ 'x-id': 'ada' }),
    new Map([['x-id', 'ada']]),
    new Proxy({}, { get: throws }),
  ),
  fc.record(
    {
      'x-id': header,
      cookie: header,
      'content-length': header,
      'accept-language': header,
      'x-countly-carrier': header,
    },
    { requiredKeys: [] },
  ),
);
const SHARED: string[] = [];
const request = fc
  .record(
    {
      headers,
      url: odd('/', '', '/%', '//', '/%00', 'no/slash', '*', undefined, null, 7, {}),
      method: odd('GET', 'get', '', undefined, null, 7, 'A\r\nB'),
      socket: odd(undefined, null, {}, 'text', { remoteAddress: 7 }, { remoteAddress: '::1', encrypted: 'yes' }),
      rawHeaders: odd(undefined, null, [], SHARED, ['host', 'x'], Object.freeze(['host', 'x']), 'text', 7),
      route: odd(undefined, null, 'text', { path: '/a/:b' }, { path: /x/ }, { path: ['/a'] }),
      routeOptions: odd(undefined, null, {}, { url: 7 }, 'text'),
      baseUrl: odd(undefined, '', '/tenants/acme', 7),
      app: odd(undefined, null, {}, { path: throws }),
      user: odd(undefined, null, 7, { id: 'ada' }),
    },
    { requiredKeys: [] },
  )
  .chain((plain) =>
    odd(
      plain,
      Object.freeze({ ...plain }),
      Object.defineProperties(
        { ...plain },
        { ip: { get: throws }, protocol: { get: throws }, socket: { get: throws } },
      ),
      { ...plain, raw: Object.freeze({}) },
    ),
  ) as fc.Arbitrary<object>;
const response = fc.record(
  {
    statusCode: odd(200, '200', undefined, null, Number.NaN, 304, 500),
    headersSent: odd(undefined, true, false, 'yes'),
    on: odd(undefined, throws, 7, (_event: string, listener: () => void) => setTimeout(listener, 0)),
    getHeader: odd(
      undefined,
      throws,
      () => undefined,
      () => 7,
      () => ['text/html'],
    ),
    appendHeader: odd(undefined, throws),
    setHeader: odd(undefined, throws),
    writeHead: odd(undefined, 7, throws, () => undefined),
    writableEnded: odd(undefined, true, false),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<object>;
const answer = odd(undefined, null, '', 7, 7n, {}, [], Symbol('odd'), throws, 'ada', ['events'], 'all', ['no-feature']);
const resolver = fc.oneof(
  answer.map((value) => () => value),
  answer.map((value) => async () => value),
  odd(
    throws,
    async () => throws(),
    () => new Promise(() => {}),
    () => thenable(throws),
    () => thenable((_ok, failed) => failed(undefined)),
    () => Object.defineProperty({}, 'then', { get: throws }),
  ),
) as fc.Arbitrary<never>;

describe('requests of any shape, resolvers of any kind', () => {
  it('go on exactly once, with nothing thrown and nothing rejected', async () => {
    const rejections: unknown[] = [];
    const listener = (reason: unknown) => rejections.push(reason);
    process.on('unhandledRejection', listener);
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          request,
          response,
          resolvers: fc.array(resolver, { maxLength: 2 }),
          consent: resolver,
          other: resolver,
        }),
        async ({ request: odder, response: reply, resolvers, consent, other }) => {
          const options: CountlyModuleOptions = {
            ...quiet(new Collector()),
            deviceId: [fromHeader('x-id'), fromCookie('visitor'), ...(resolvers as DeviceIdResolver[])],
            anonymous: 'cookie',
            networkTraces: true,
            views: true,
            consent,
            ignore: other,
            timezone: other,
            resolverTimeout: 2,
          };
          const maker = new ClientMaker(options, 'odd', new ModulesContainer());
          const runtime = new CountlyRuntime(maker, maker.make());
          const next = vi.fn();
          runtime.http.middleware(odder as never, reply as ResponseLike, next);
          await vi.waitFor(() => expect(next).toHaveBeenCalledTimes(1), { interval: 1 });
          const handled = runtime.http.inRequest(odder, () => 'handled');
          runtime.http.handled(odder);
          runtime.failures?.observe(new Error('late'), runtime.units.ofRequest(odder));
          (reply as { writeHead?: unknown }).writeHead === undefined || attempt(reply);
          await new Promise((resolve) => setTimeout(resolve, 1));
          await runtime.close();
          expect(handled).toBe('handled');
          expect(next.mock.calls).toEqual([[]]);
        },
      ),
      { numRuns: 400 },
    );
    await new Promise((resolve) => setTimeout(resolve, 10));
    process.off('unhandledRejection', listener);
    expect(rejections).toEqual([]);
  }, 120_000);
});

/** The application answers; what its own function throws is its own. */
function attempt(reply: object): void {
  try {
    (reply as { writeHead(...args: unknown[]): unknown }).writeHead(200, { 'Set-Cookie': 'own=1' });
  } catch (error) {
    expect(String(error)).toMatch(/odd|not a function/);
  }
}

@Controller()
class WhoController {
  @Get('who')
  who(@CountlyDeviceId() deviceId: string): object {
    return { deviceId };
  }

  @Get('page')
  @Header('content-type', 'text/html')
  page(): string {
    return '<h1>page</h1>';
  }
}

/** As `serverless-http` makes them: headers as they came in the event of the platform, numbers included. */
class ServerlessRequest extends IncomingMessage {
  constructor(url: string, given: object) {
    super(new Socket());
    Object.assign(this, { method: 'GET', url, httpVersion: '1.1', complete: true, headers: given, body: undefined });
  }

  override _read(): void {
    this.push(null);
  }
}

class ServerlessResponse extends ServerResponse {
  readonly chunks: Buffer[] = [];

  constructor(request: IncomingMessage) {
    super(request);
    this.useChunkedEncodingByDefault = false;
    const take = (chunk: string | Buffer, _encoding: unknown, done?: unknown) => {
      this.chunks.push(Buffer.from(chunk));
      if (typeof done === 'function') done();
      return true;
    };
    const socket = {
      write: take,
      on() {},
      removeListener() {},
      destroy() {},
      cork() {},
      uncork() {},
      _writableState: {},
      writable: true,
    };
    this.assignSocket(socket as unknown as Socket);
  }
}

describe('the adapter of a serverless platform', () => {
  const collector = new Collector();
  let app: INestApplication;
  let handle: (request: IncomingMessage, response: ServerResponse) => void;
  let flush: () => Promise<unknown>;

  beforeAll(async () => {
    @Module({
      imports: [
        CountlyModule.forRoot(
          quiet(collector, {
            deviceId: [fromHeader('x-id'), async (context) => context.cookie('visitor')],
            anonymous: 'cookie',
            networkTraces: true,
            views: true,
          }),
        ),
      ],
      controllers: [WhoController],
    })
    class App {}
    const running = await start('express', { imports: [App] }, collector);
    app = running.app;
    flush = () => running.countly.flush();
    handle = app.getHttpAdapter().getInstance() as typeof handle;
  });
  afterAll(() => app.close());

  const ask = async (url: string, given: object) => {
    const from = new ServerlessRequest(url, given);
    const answered = new ServerlessResponse(from);
    const ended = new Promise((resolve) => answered.on('finish', resolve));
    handle(from, answered);
    await ended;
    return { status: answered.statusCode, text: Buffer.concat(answered.chunks).toString().split('\r\n\r\n')[1] };
  };

  it.each([
    ['a number', { 'x-id': 7, 'content-length': 0 }, '7'],
    ['a list', { 'x-id': ['ada'], 'content-length': ['0'] }, 'ada'],
    ['a list of cookies', { cookie: ['a=b', 'visitor=bob'] }, 'bob'],
    ['nothing useful', { 'x-id': null, cookie: {}, 'accept-language': 7 }, expect.stringMatching(/^[0-9a-f-]{36}$/)],
  ])('may give headers as %s', async (_what, given, deviceId) => {
    const { status, text } = await ask('/who', given);
    expect(status).toBe(200);
    expect(JSON.parse(text ?? '')).toEqual({ deviceId });
  });

  it('has its requests traced and its pages counted', async () => {
    collector.seen.length = 0;
    expect(await ask('/page', { 'x-id': 8 })).toMatchObject({ status: 200 });
    await flush();
    expect(collector.seen.map(({ deviceId, name }) => `${deviceId} ${name}`)).toEqual(
      expect.arrayContaining(['8 GET /page', '8 [CLY]_view']),
    );
  });
});

describe('a logger that throws', () => {
  closeAppsAfterEach();

  it('takes nothing down', async () => {
    const logger = { ...silentLogger, warn: throws };
    const { url } = await start(
      'express',
      {
        imports: [CountlyModule.forRoot(quiet(new Collector(), { deviceId: throws, consent: throws, logger }))],
        controllers: [WhoController],
      },
      new Collector(),
    );
    expect((await fetch(`${url}/who`)).status).toBe(200);
  });
});
