import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import {
  type ArgumentsHost,
  type CanActivate,
  Catch,
  Controller,
  type ExceptionFilter,
  type ExecutionContext,
  Get,
  Injectable,
  Param,
  ParseIntPipe,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import { APP_FILTER, HttpAdapterHost } from '@nestjs/core';
import { GraphQLModule, Query, Resolver } from '@nestjs/graphql';
import { describe, expect, it } from 'vitest';
import { contextScope } from '../../lib/internal.js';
import { CountlyModule, fromHeader, fromUser } from '../../nest/index.js';
import { Collector } from './support/collector.js';
import { closeAppsAfterEach, PLATFORMS, type Platform, quiet, start } from './support/platforms.js';

@Injectable()
class LoginGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<{ headers: Record<string, string>; user?: unknown }>();
    if (request.headers['x-login'] !== undefined) request.user = { id: request.headers['x-login'] };
    if (request.headers['x-break'] === 'guard') throw new Error('guard broke');
    return true;
  }
}

@Injectable()
@Catch()
class Answer implements ExceptionFilter {
  constructor(private readonly host: HttpAdapterHost) {}

  catch(error: Error, host: ArgumentsHost): void {
    contextScope()?.addEvent('filter');
    const answer = { answered: error.message, of: contextScope()?.deviceId };
    this.host.httpAdapter.reply(host.switchToHttp().getResponse(), answer, 500);
  }
}

/** As `app.useGlobalFilters` takes it: an instance that Nest did not make. */
@Catch()
class Given implements ExceptionFilter {
  catch(error: Error, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<{ status(code: number): { send(body: unknown): void } }>();
    response.status(500).send({ answered: error.message, of: contextScope()?.deviceId });
  }
}

@Controller()
@UseGuards(LoginGuard)
class Shop {
  @Get('handler')
  async handler(): Promise<void> {
    await Promise.resolve();
    throw new Error('handler broke');
  }

  @Get('pipe/:id')
  pipe(@Param('id', ParseIntPipe) _id: number): void {}
}

@Controller('own')
@UseGuards(LoginGuard)
@UseFilters(Answer)
class OwnFilter {
  @Get('handler')
  handler(): void {
    throw new Error('handler broke');
  }
}

const deviceId = [fromUser<{ id: string }>(({ id }) => id), fromHeader('x-id')];

describe.each(PLATFORMS)('exception filters on %s', (platform: Platform) => {
  closeAppsAfterEach();

  async function boot(filter: 'provider' | 'instance') {
    const collector = new Collector();
    const running = await start(
      platform,
      {
        imports: [CountlyModule.forRoot(quiet(collector, { deviceId, errors: { minStatus: 500 } }))],
        controllers: [Shop, OwnFilter],
        providers: filter === 'provider' ? [{ provide: APP_FILTER, useClass: Answer }] : [],
      },
      collector,
      (app) => filter === 'instance' && app.useGlobalFilters(new Given()),
    );
    const ask = async (path: string, headers: Record<string, string> = {}) => {
      const response = await fetch(`${running.url}/${path}`, { headers: { 'x-id': 'visitor', ...headers } });
      return (await response.json()) as { answered: string; of: string };
    };
    return { ...running, ask };
  }

  it.each(['provider', 'instance'] as const)('run in the scope of their request, as a global %s', async (filter) => {
    const { ask, countly, collector } = await boot(filter);
    expect(await ask('handler')).toEqual({ answered: 'handler broke', of: 'visitor' });
    expect(await ask('handler', { 'x-login': 'ada' })).toEqual({ answered: 'handler broke', of: 'ada' });
    expect((await ask('pipe/x', { 'x-login': 'ada' })).of).toBe('ada');
    expect(await ask('handler', { 'x-break': 'guard' })).toEqual({ answered: 'guard broke', of: 'visitor' });
    expect((await ask('nowhere')).of).toBe('visitor');
    await countly.flush();
    const crashes = collector.of('crash').map(({ deviceId: id, name }) => `${id} ${name}`);
    expect(crashes).toEqual(expect.arrayContaining(['visitor Error: handler broke', 'ada Error: handler broke']));
  });

  it('of a controller as well', async () => {
    const { ask, events } = await boot('instance');
    expect(await ask('own/handler', { 'x-login': 'ada' })).toEqual({ answered: 'handler broke', of: 'ada' });
    expect(await events()).toEqual({ ada: ['filter'] });
  });
});

@Catch()
class GraphQLAnswer implements ExceptionFilter {
  catch(error: Error): Error {
    return new Error(`${error.message} for ${contextScope()?.deviceId}`);
  }
}

@Resolver()
@UseFilters(GraphQLAnswer)
class Breaking {
  @Query(() => String)
  async fail(): Promise<string> {
    await Promise.resolve();
    throw new Error('resolver broke');
  }
}

describe('exception filters of GraphQL', () => {
  closeAppsAfterEach();

  it('run in the scope of their operation', async () => {
    const collector = new Collector();
    const { url } = await start(
      'express',
      {
        imports: [
          CountlyModule.forRoot(quiet(collector, { deviceId })),
          GraphQLModule.forRoot<ApolloDriverConfig>({ driver: ApolloDriver, autoSchemaFile: true }),
        ],
        providers: [Breaking],
      },
      collector,
    );
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-id': 'ada' },
      body: JSON.stringify({ query: '{ fail }' }),
    });
    const { errors } = (await response.json()) as { errors: { message: string }[] };
    expect(errors[0]?.message).toBe('resolver broke for ada');
  });
});
