import {
  Controller,
  Get,
  type INestApplication,
  type MiddlewareConsumer,
  Module,
  type NestModule,
} from '@nestjs/common';
import { RedisStore } from 'connect-redis';
import session from 'express-session';
import { createClient } from 'redis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TrackEvent } from '../../lib/index.js';
import { CountlyDeviceId, CountlyModule, fromHeader, fromUser } from '../../nest/index.js';
import { noRedis, Redis } from '../support/redis.js';
import { Collector } from './support/collector.js';
import { closeAppsAfterEach, PLATFORMS, type Platform, quiet, start } from './support/platforms.js';

/** As Express's middleware sees a request, and leaves who is logged in there, like Passport. */
interface Incoming {
  readonly url: string;
  readonly headers: Record<string, string>;
  session?: { name?: string };
  user?: { id: string };
}

type Middleware = (request: Incoming, response: unknown, next: () => void) => void;

const logIn: Middleware = (request, _response, next) => {
  const { session } = request;
  if (session === undefined) throw new Error('There is no session.');
  if (request.headers['x-login'] !== undefined) session.name = request.headers['x-login'];
  if (session.name !== undefined) request.user = { id: session.name };
  next();
};

@Controller()
class Pages {
  @Get('who')
  @TrackEvent('seen')
  who(@CountlyDeviceId() deviceId: string): { deviceId: string } {
    return { deviceId };
  }
}

const WAYS = ['app.use', 'MiddlewareConsumer'] as const;
const cases = PLATFORMS.flatMap((platform) => WAYS.map((way): [Platform, (typeof WAYS)[number]] => [platform, way]));

describe.skipIf(noRedis)('express-session with a store in Redis', () => {
  closeAppsAfterEach();
  const redis = new Redis();
  let client: ReturnType<typeof createClient>;
  beforeAll(async () => {
    await redis.start();
    client = createClient({ url: `redis://${redis.host}:${redis.port}` });
    await client.connect();
  });
  afterAll(async () => {
    client.destroy();
    await redis.stop();
  });

  it.each(cases)('gives each request the user of its session, on %s by %s', async (platform, way) => {
    const collector = new Collector();
    const store = new RedisStore({ client, prefix: `${platform}-${way}:` });
    const sessions = session({
      store,
      secret: 'shop',
      resave: false,
      saveUninitialized: false,
    }) as unknown as Middleware;
    @Module({
      imports: [
        CountlyModule.forRoot(
          quiet(collector, { deviceId: [fromUser<{ id: string }>((user) => user.id), fromHeader('x-visitor')] }),
        ),
      ],
      controllers: [Pages],
    })
    class App implements NestModule {
      configure(consumer: MiddlewareConsumer): void {
        if (way === 'MiddlewareConsumer') consumer.apply(sessions, logIn).forRoutes('*path');
      }
    }
    const prepare = (app: INestApplication): void => {
      // One at a time: Fastify takes no more.
      if (way === 'app.use') for (const one of [sessions, logIn]) app.use(one);
    };
    const { url, events } = await start(platform, { imports: [App] }, collector, prepare);
    const ask = async (headers: Record<string, string>) => {
      const response = await fetch(`${url}/who`, { headers });
      const cookie = response.headers.get('set-cookie')?.split(';')[0] ?? '';
      return { cookie, ...((await response.json()) as { deviceId: string }) };
    };
    const names = ['ada', 'bob', 'cleo', 'dan'];
    const first = await Promise.all(names.map((name) => ask({ 'x-login': name, 'x-visitor': `v-${name}` })));
    expect(first.map(({ deviceId }) => deviceId)).toEqual(names);
    // The sessions come back from Redis, many at a time over its one connection.
    const later = await Promise.all([0, 1, 2].flatMap(() => first.map(({ cookie }) => ask({ cookie }))));
    expect(later.map(({ deviceId }) => deviceId)).toEqual([...names, ...names, ...names]);
    expect((await ask({ 'x-visitor': 'nobody' })).deviceId).toBe('nobody');
    expect(await events()).toEqual({
      ...Object.fromEntries(names.map((name) => [name, ['seen', 'seen', 'seen', 'seen']])),
      nobody: ['seen'],
    });
  });
});

describe('a user that was left on a request of Fastify', () => {
  closeAppsAfterEach();

  it.each([
    ['by a hook, on its own', (request: { user?: unknown }) => request],
    ['by a hook, on the one of Node', (request: { raw?: { user?: unknown } }) => request.raw ?? {}],
  ] as const)('%s, is who is served', async (_, target) => {
    const collector = new Collector();
    @Module({
      imports: [CountlyModule.forRoot(quiet(collector, { deviceId: fromUser<{ id: string }>((user) => user.id) }))],
      controllers: [Pages],
    })
    class App {}
    const { url, events } = await start('fastify', { imports: [App] }, collector, (app) => {
      const fastify = app.getHttpAdapter().getInstance() as { addHook(name: string, hook: unknown): void };
      fastify.addHook('preHandler', (request: object, _reply: unknown, done: () => void) => {
        (target(request) as { user?: unknown }).user = { id: 'ada' };
        done();
      });
    });
    expect(await (await fetch(`${url}/who`)).json()).toEqual({ deviceId: 'ada' });
    expect(await events()).toEqual({ ada: ['seen'] });
  });
});
