import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import {
  type ArgumentsHost,
  Body,
  type CallHandler,
  type CanActivate,
  Catch,
  Controller,
  type ExceptionFilter,
  type ExecutionContext,
  Get,
  Injectable,
  type MiddlewareConsumer,
  Module,
  type NestInterceptor,
  type NestModule,
  Param,
  ParseIntPipe,
  type PipeTransform,
  Post,
  Req,
  UploadedFile,
  UseFilters,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Args, GraphQLModule, Query, Resolver } from '@nestjs/graphql';
import { FileInterceptor } from '@nestjs/platform-express';
import { Observable } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DeviceScope, TrackEvent } from '../../lib/index.js';
import { contextScope } from '../../lib/internal.js';
import {
  CountlyDeviceId,
  CountlyModule,
  type CountlyModuleOptions,
  CurrentScope,
  fromHeader,
  fromUser,
  RequireConsent,
} from '../../nest/index.js';
import { noRedis, Redis } from '../support/redis.js';
import { Collector } from './support/collector.js';
import { closeAppsAfterEach, PLATFORMS, type Platform, quiet, start } from './support/platforms.js';
import { redisWith, type SessionStore, sessions, WorkerPool } from './support/pools.js';

const note = (where: string): void => contextScope()?.addEvent(where);
const VISITORS = ['ada', 'bob', 'cleo', 'dan'];

@Injectable()
class NotingGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    note('guard');
    const request = context.switchToHttp().getRequest<{ headers: Record<string, string>; user?: unknown }>();
    if (request.headers['x-user'] !== undefined) request.user = { id: request.headers['x-user'] };
    return true;
  }
}

@Injectable()
class NotingInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler) {
    note('interceptor');
    return next.handle();
  }
}

@Injectable()
class NotingPipe implements PipeTransform {
  transform(value: unknown) {
    note('pipe');
    return value;
  }
}

const cache = new WorkerPool();

/** Looks into a cache first, whose answers come in a callback. */
@Injectable()
class CachingInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const [request] = context.getArgs<[{ url: string }]>();
    return new Observable((subscriber) => {
      cache.get(request.url, () => next.handle().subscribe(subscriber));
    });
  }
}

@Catch()
class NotingFilter implements ExceptionFilter {
  constructor(private readonly host: HttpAdapterHost) {}

  catch(error: Error, host: ArgumentsHost): void {
    note('filter');
    const answer = { answered: error.message, of: contextScope()?.deviceId };
    this.host.httpAdapter.reply(host.switchToHttp().getResponse(), answer, 418);
  }
}

@Injectable()
class Shop {
  @TrackEvent('sold')
  async sell(): Promise<void> {
    await Promise.resolve();
  }
}

@Controller()
class ShopController {
  constructor(private readonly shop: Shop) {}

  @Get('buy/:what')
  @UseGuards(NotingGuard)
  @UseInterceptors(NotingInterceptor)
  async buy(
    @Param('what', NotingPipe) _what: string,
    @CountlyDeviceId() deviceId: string,
    @CurrentScope() scope: DeviceScope | undefined,
    @Req() { session, raw }: { session?: string; raw?: { session?: string } },
  ) {
    await this.shop.sell();
    return { deviceId, scope: scope?.deviceId, session: session ?? raw?.session };
  }

  @Get('cached/:what')
  @UseInterceptors(CachingInterceptor, NotingInterceptor)
  async cached(@Param('what', NotingPipe) _what: string, @CountlyDeviceId() deviceId: string) {
    await this.shop.sell();
    return { deviceId };
  }

  @Get('break/:number')
  @UseFilters(NotingFilter)
  break(@Param('number', ParseIntPipe) _number: number): void {}

  @Get('fail')
  fail(): void {
    throw new Error('handler broke');
  }

  @Get('history')
  @RequireConsent('views')
  history(@CountlyDeviceId() deviceId: string) {
    return { deviceId };
  }

  @Post('post')
  post(@Body() body: unknown, @CountlyDeviceId() deviceId: string) {
    note('post');
    return { deviceId, body };
  }
}

interface Setup {
  readonly platform: Platform;
  readonly store?: SessionStore;
  readonly options?: CountlyModuleOptions;
  readonly more?: { imports?: object[]; controllers?: object[]; providers?: object[] } | undefined;
  readonly prepare?: Parameters<typeof start>[3];
}

async function boot({ platform, store, options = {}, more = {}, prepare }: Setup) {
  const collector = new Collector();
  @Module({
    imports: [
      CountlyModule.forRoot(quiet(collector, { deviceId: fromHeader('x-id'), ...options })),
      ...((more.imports ?? []) as never[]),
    ],
    controllers: [ShopController, ...((more.controllers ?? []) as never[])],
    providers: [Shop, ...((more.providers ?? []) as never[])],
  })
  class App implements NestModule {
    configure(consumer: MiddlewareConsumer): void {
      if (store !== undefined)
        consumer
          .apply(sessions(store), (_q: unknown, _s: unknown, next: () => void) => {
            note('middleware');
            next();
          })
          .forRoutes('*path');
    }
  }
  const running = await start(platform, { imports: [App] }, collector, prepare);
  const ask = async (path: string, id: string, init: RequestInit = {}) => {
    const response = await fetch(`${running.url}/${path}`, { ...init, headers: { 'x-id': id, ...init.headers } });
    return (await response.json()) as Record<string, unknown>;
  };
  return { ...running, ask };
}

/** What everybody's event keys are when nothing got mixed up. */
const eachOf = (keys: readonly string[]) => Object.fromEntries(VISITORS.map((id) => [id, keys]));
const askAll = async (ask: (path: string, id: string) => Promise<unknown>, path: string) => {
  // The first alone: its request opens the pool.
  const [first = '', ...others] = VISITORS;
  return [await ask(path, first), ...(await Promise.all(others.map((id) => ask(path, id))))];
};

describe.skipIf(noRedis).each(PLATFORMS)('a session store over one Redis connection, on %s', (platform) => {
  closeAppsAfterEach();
  const redis = new Redis();
  let store: Awaited<ReturnType<typeof redisWith>>;
  beforeAll(() => redis.start());
  afterAll(() => redis.stop());

  it('does not change whom a request belongs to', async () => {
    store = await redisWith(redis.port, VISITORS);
    const { ask, events } = await boot({ platform, store });
    expect(await askAll(ask, 'buy/tea')).toEqual(
      VISITORS.map((id) => ({ deviceId: id, scope: id, session: `of ${id}` })),
    );
    expect(await events()).toEqual(eachOf(['middleware', 'guard', 'interceptor', 'pipe', 'sold']));
    store.close();
  });
});

describe.each(PLATFORMS)('middleware that goes on in a callback of somebody else, on %s', (platform) => {
  closeAppsAfterEach();

  it('leaves filters, error reports and requests without a route with their visitor', async () => {
    const { ask, events, countly, collector } = await boot({ platform, store: new WorkerPool() });
    expect(await askAll(ask, 'break/x')).toMatchObject(VISITORS.map((id) => ({ of: id })));
    await askAll(ask, 'fail');
    await askAll(ask, 'nowhere');
    expect(await events()).toEqual(eachOf(['middleware', 'filter', 'middleware', 'middleware']));
    await countly.flush();
    expect(
      collector
        .of('crash')
        .map(({ deviceId }) => deviceId)
        .sort(),
    ).toEqual(VISITORS);
  });

  it('leaves the user whom a guard found', async () => {
    const { ask, events } = await boot({
      platform,
      store: new WorkerPool(),
      options: { deviceId: [fromUser<{ id: string }>(({ id }) => id), fromHeader('x-id')] },
    });
    await ask('buy/tea', 'ada');
    expect(await ask('buy/tea', 'bob', { headers: { 'x-user': 'user-1' } })).toMatchObject({
      deviceId: 'user-1',
      scope: 'user-1',
    });
    expect(await events()).toEqual({
      ada: ['middleware', 'guard', 'interceptor', 'pipe', 'sold'],
      bob: ['middleware', 'guard'],
      'user-1': ['interceptor', 'pipe', 'sold'],
    });
  });

  it('leaves consent, an asynchronous identity and bodies', async () => {
    const { ask, events } = await boot({
      platform,
      store: new WorkerPool(),
      options: {
        deviceId: async (context) => context.header('x-id'),
        consent: (context) => (context.header('x-id') === 'bob' ? [] : 'all'),
      },
    });
    expect(await ask('history', 'ada')).toEqual({ deviceId: 'ada' });
    expect(await ask('history', 'bob')).toMatchObject({ statusCode: 403 });
    const json = { method: 'POST', body: '{"a":1}', headers: { 'content-type': 'application/json' } };
    expect(await ask('post', 'cleo', json)).toEqual({ deviceId: 'cleo', body: { a: 1 } });
    expect(await events()).toEqual({ ada: ['middleware'], cleo: ['middleware', 'post'] });
  });

  it('does not bring in those whom the application leaves out', async () => {
    const { ask, events } = await boot({
      platform,
      store: new WorkerPool(),
      options: { ignore: (context) => context.header('x-id') === 'probe' },
    });
    await ask('buy/tea', 'ada');
    expect(await ask('buy/tea', 'probe')).toMatchObject({ session: 'session:probe' });
    const { ada, ...others } = await events();
    expect(ada).toEqual(['middleware', 'guard', 'interceptor', 'pipe', 'sold']);
    expect(Object.keys(others)).toEqual(['the-process']);
  });

  it('may also be an interceptor', async () => {
    const { ask, events } = await boot({ platform });
    expect(await askAll(ask, 'cached/tea')).toEqual(VISITORS.map((id) => ({ deviceId: id })));
    expect(await events()).toEqual(eachOf(['interceptor', 'pipe', 'sold']));
  });

  it('may also stand in main.ts', async () => {
    const pool = new WorkerPool();
    const { ask, events } = await boot({
      platform,
      prepare: (app) => app.use(sessions(pool)),
    });
    expect(await askAll(ask, 'buy/tea')).toMatchObject(VISITORS.map((id) => ({ deviceId: id, scope: id })));
    expect(await events()).toEqual(eachOf(['guard', 'interceptor', 'pipe', 'sold']));
  });
});

describe('hooks of Fastify that go on in a callback of somebody else', () => {
  closeAppsAfterEach();

  it.each(['onRequest', 'preParsing', 'preValidation', 'preHandler'])(
    'as in %s, do not change it either',
    async (name) => {
      const pool = new WorkerPool();
      const { ask, events } = await boot({
        platform: 'fastify',
        prepare: (app) => {
          const fastify = app.getHttpAdapter().getInstance() as { addHook(name: string, hook: unknown): void };
          fastify.addHook(name, (request: object, reply: unknown, ...rest: unknown[]) =>
            sessions(pool)(request, reply, rest.at(-1) as () => void),
          );
        },
      });
      expect(await askAll(ask, 'buy/tea')).toMatchObject(VISITORS.map((id) => ({ deviceId: id, scope: id })));
      expect(await events()).toEqual(eachOf(['guard', 'interceptor', 'pipe', 'sold']));
    },
  );
});

@Resolver()
class Tea {
  @Query(() => String)
  tea(@Args('kind') _kind: string, @CountlyDeviceId() deviceId: string): string {
    note('resolver');
    return `${deviceId} ${contextScope()?.deviceId}`;
  }
}

@Controller()
class Uploads {
  @Post('upload')
  @UseInterceptors(FileInterceptor('file'))
  upload(@UploadedFile() file: { size: number }, @CountlyDeviceId() deviceId: string) {
    note('uploaded');
    return { deviceId, size: file.size };
  }
}

describe('what reads the request by itself, behind such a middleware', () => {
  closeAppsAfterEach();

  it('as GraphQL does, belongs to the request', async () => {
    const { ask, events } = await boot({
      platform: 'express',
      store: new WorkerPool(),
      more: {
        imports: [GraphQLModule.forRoot<ApolloDriverConfig>({ driver: ApolloDriver, autoSchemaFile: true })],
        providers: [Tea],
      },
    });
    const graphql = (path: string, id: string) =>
      ask(path, id, {
        method: 'POST',
        body: JSON.stringify({ query: '{ tea(kind: "green") }' }),
        headers: { 'content-type': 'application/json' },
      });
    expect(await askAll(graphql, 'graphql')).toEqual(VISITORS.map((id) => ({ data: { tea: `${id} ${id}` } })));
    expect(await events()).toEqual(eachOf(['middleware', 'resolver']));
  });

  it('as multer does, belongs to the request', async () => {
    const { ask, events } = await boot({
      platform: 'express',
      store: new WorkerPool(),
      more: { controllers: [Uploads] },
    });
    const upload = (path: string, id: string) => {
      const body = new FormData();
      body.append('file', new Blob(['x'.repeat(100_000)]), 'picture.png');
      return ask(path, id, { method: 'POST', body });
    };
    expect(await askAll(upload, 'upload')).toEqual(VISITORS.map((id) => ({ deviceId: id, size: 100_000 })));
    expect(await events()).toEqual(eachOf(['middleware', 'uploaded']));
  });
});
