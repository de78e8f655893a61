import {
  type ArgumentsHost,
  BadRequestException,
  type CanActivate,
  Catch,
  ConflictException,
  Controller,
  type ExceptionFilter,
  Get,
  HttpException,
  Injectable,
  type MiddlewareConsumer,
  Module,
  type ModuleMetadata,
  type NestMiddleware,
  type NestModule,
  Param,
  ParseIntPipe,
  ServiceUnavailableException,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import { APP_FILTER, HttpAdapterHost } from '@nestjs/core';
import { describe, expect, it } from 'vitest';
import { contextScope } from '../../lib/internal.js';
import { CountlyModule, type CountlyModuleOptions, fromHeader } from '../../nest/index.js';
import { Collector } from './support/collector.js';
import { closeAppsAfterEach, PLATFORMS, type Platform, quiet, start } from './support/platforms.js';

class DomainError extends Error {
  override name = 'DomainError';
}

@Injectable()
class BrokenGuard implements CanActivate {
  canActivate(): boolean {
    throw new Error('guard broke');
  }
}

@Injectable()
class BrokenMiddleware implements NestMiddleware {
  use(request: { headers: Record<string, string> }, _response: unknown, next: () => void): void {
    if (request.headers['x-break'] === 'middleware') throw new Error('middleware broke');
    next();
  }
}

/** An application's own catch-all, answering in its own way on both platforms. */
@Catch()
class CatchAll implements ExceptionFilter {
  constructor(private readonly host: HttpAdapterHost) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const status = error instanceof HttpException ? error.getStatus() : error instanceof DomainError ? 409 : 500;
    const body = { app: 'says', error: error instanceof Error ? error.message : String(error) };
    this.host.httpAdapter.reply(host.switchToHttp().getResponse(), body, status);
  }
}

@Catch(DomainError)
class Teapot implements ExceptionFilter {
  catch(_error: DomainError, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<{ status(code: number): { send(body: unknown): void } }>();
    response.status(418).send({ teapot: true });
  }
}

@Catch()
class OwnCatchAll implements ExceptionFilter {
  catch(_error: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<{ status(code: number): { send(body: unknown): void } }>();
    response.status(503).send({ own: true });
  }
}

@Controller()
class FailingController {
  @Get('fail/:kind')
  async fail(@Param('kind') kind: string): Promise<unknown> {
    contextScope()?.addBreadcrumb(`asked for ${kind}`);
    await Promise.resolve();
    if (kind === 'error') throw new Error('unexpected');
    if (kind === 'domain') throw new DomainError('out of stock');
    if (kind === 'bad') throw new BadRequestException('no');
    if (kind === 'down') throw new ServiceUnavailableException('later');
    if (kind === 'text') throw 'just a text';
    if (kind === 'null') throw null;
    return { fine: true };
  }

  @Get('number/:id')
  number(@Param('id', ParseIntPipe) id: number): unknown {
    return { id };
  }

  @Get('guarded')
  @UseGuards(BrokenGuard)
  guarded(): unknown {
    return {};
  }
}

@Controller('own')
@UseFilters(OwnCatchAll)
class OwnFilterController {
  @Get()
  fail(): unknown {
    throw new Error('behind a filter of its own');
  }

  @Get('teapot')
  @UseFilters(Teapot)
  teapot(): unknown {
    throw new DomainError('short and stout');
  }
}

const PATHS = ['fail/error', 'fail/domain', 'fail/bad', 'fail/down', 'fail/text', 'fail/null', 'fail/none'];
const MORE = ['number/x', 'guarded', 'own', 'own/teapot', 'nowhere', 'fail/%E0%A4%A'];

async function boot(platform: Platform, options: CountlyModuleOptions | undefined, extra: ModuleMetadata = {}) {
  const collector = new Collector();
  @Module({
    imports: options === undefined ? [] : [CountlyModule.forRoot(quiet(collector, options))],
    controllers: [FailingController, OwnFilterController],
    ...extra,
  })
  class App implements NestModule {
    configure(consumer: MiddlewareConsumer): void {
      consumer.apply(BrokenMiddleware).forRoutes(FailingController);
    }
  }
  return start(platform, { imports: [App] }, collector);
}

async function answerOf(url: string, path: string, headers: Record<string, string> = {}): Promise<unknown> {
  const response = await fetch(`${url}/${path}`, { headers });
  const { date: _date, ...rest } = Object.fromEntries(response.headers);
  return { status: response.status, headers: rest, body: await response.text() };
}

const device = { deviceId: fromHeader('x-id') };

describe.each(PLATFORMS)('errors on %s', (platform) => {
  closeAppsAfterEach();

  it.each([
    ['without filters', {}],
    ['with a global catch-all', { providers: [{ provide: APP_FILTER, useClass: CatchAll }] }],
  ])('are answered byte for byte as without the module, %s', async (_name, extra: ModuleMetadata) => {
    const bare = await boot(platform, undefined, extra);
    const watched = await boot(platform, device, extra);
    for (const path of [...PATHS, ...MORE]) {
      expect([path, await answerOf(watched.url, path)]).toEqual([path, await answerOf(bare.url, path)]);
    }
    const broken = { 'x-break': 'middleware' };
    expect(await answerOf(watched.url, 'fail/none', broken)).toEqual(await answerOf(bare.url, 'fail/none', broken));
  });

  it('are reported when nobody expected them, once, with the breadcrumbs of their request', async () => {
    const { url, countly, collector } = await boot(platform, device);
    await Promise.all(PATHS.map((path, i) => answerOf(url, path, { 'x-id': `visitor-${i}` })));
    await countly.flush();
    const crashes = collector.of('crash').map(({ deviceId, body }) => ({
      deviceId,
      first: String(body['_error']).split('\n')[0],
      logs: body['_logs'],
      custom: body['_custom'],
      nonfatal: body['_nonfatal'],
    }));
    const custom = (status: number) => ({ method: 'GET', route: '/fail/:kind', status });
    expect(crashes.sort((a, b) => a.deviceId.localeCompare(b.deviceId))).toMatchObject([
      { deviceId: 'visitor-0', logs: 'asked for error', custom: custom(500), nonfatal: true },
      { deviceId: 'visitor-1', logs: 'asked for domain', custom: custom(500) },
      { deviceId: 'visitor-3', logs: 'asked for down', custom: custom(503) },
      { deviceId: 'visitor-4', logs: 'asked for text', custom: custom(500) },
      { deviceId: 'visitor-5', logs: 'asked for null', custom: custom(500) },
    ]);
  });

  it('count as the application answered them', async () => {
    const { url, countly, collector } = await boot(platform, device, {
      providers: [{ provide: APP_FILTER, useClass: CatchAll }],
    });
    for (const path of PATHS) await answerOf(url, path);
    await countly.flush();
    expect(collector.of('crash').map(({ body }) => (body['_custom'] as { status: number }).status)).toEqual([
      500, 503, 500, 500,
    ]);
  });

  it('are seen in middleware, guards and behind filters of a controller', async () => {
    const { url, countly, collector } = await boot(platform, device);
    await answerOf(url, 'fail/none', { 'x-break': 'middleware', 'x-id': 'm' });
    await answerOf(url, 'guarded', { 'x-id': 'g' });
    await answerOf(url, 'own', { 'x-id': 'o' });
    await answerOf(url, 'own/teapot', { 'x-id': 't' });
    await countly.flush();
    expect(
      collector.of('crash').map(({ deviceId, body }) => [deviceId, (body['_custom'] as { status: number }).status]),
    ).toEqual([
      ['m', 500],
      ['g', 500],
      ['o', 503],
    ]);
  });

  it('are chosen by the application', async () => {
    const { url, countly, collector } = await boot(platform, {
      ...device,
      errors: { report: (error, facts) => error instanceof ConflictException || facts.status === 400 },
    });
    for (const path of PATHS) await answerOf(url, path);
    await countly.flush();
    expect(collector.of('crash')).toHaveLength(1);
  });

  it('are not reported with errors: false', async () => {
    const { url, countly, collector } = await boot(platform, { ...device, errors: false });
    for (const path of PATHS) await answerOf(url, path);
    await countly.flush();
    expect(collector.of('crash')).toEqual([]);
  });

  it('never carry a raw URL', async () => {
    const { url, countly, collector } = await boot(platform, device);
    await answerOf(url, 'fail/error?token=secret');
    await countly.flush();
    expect(JSON.stringify(collector.seen)).not.toContain('secret');
    expect(collector.of('crash')).toHaveLength(1);
  });
});
