import type { AddressInfo } from 'node:net';
import {
  type ArgumentsHost,
  type CanActivate,
  Catch,
  Controller,
  type ExceptionFilter,
  type ExecutionContext,
  Get,
  type INestApplication,
  Injectable,
  Scope,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import {
  type ClientProxy,
  ClientProxyFactory,
  MessagePattern,
  type MicroserviceOptions,
  Payload,
  Transport,
} from '@nestjs/microservices';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { WsAdapter } from '@nestjs/platform-ws';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { defer, firstValueFrom, type Observable, of, throwError } from 'rxjs';
import { io } from 'socket.io-client';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { contextScope } from '../../lib/internal.js';
import { CountlyModule, type CountlyModuleOptions, fromUser, RequireConsent } from '../../nest/index.js';
import { Collector } from './support/collector.js';
import { closeAppsAfterEach, quiet, start } from './support/platforms.js';

interface Ask {
  readonly id: string;
  readonly how?: 'guard' | 'handler' | 'stream' | 'user';
}

const note = (where: string): void => contextScope()?.addEvent(where);
const dataOf = (context: ExecutionContext | ArgumentsHost): Ask =>
  context.getType() === 'ws' ? context.switchToWs().getData<Ask>() : context.switchToRpc().getData<Ask>();

@Injectable()
class GlobalGuard implements CanActivate {
  canActivate(): boolean {
    note('global guard');
    return true;
  }
}

@Injectable()
class AsyncGuard implements CanActivate {
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const ask = dataOf(context);
    await Promise.resolve();
    note('guard');
    if (ask.how === 'guard') throw new Error('guard broke');
    if (ask.how === 'user') Object.assign(context.switchToRpc().getContext(), { user: { id: 'user-1' } });
    return true;
  }
}

class GivenGuard implements CanActivate {
  canActivate(): boolean {
    note('given guard');
    return true;
  }
}

@Injectable({ scope: Scope.REQUEST })
class RequestGuard implements CanActivate {
  canActivate(): boolean {
    note('request guard');
    return true;
  }
}

/** Decides only when somebody subscribes. */
@Injectable()
class LazyGuard implements CanActivate {
  canActivate(context: ExecutionContext): Observable<boolean> {
    return defer(() => {
      note('lazy guard');
      return dataOf(context).how === 'guard' ? throwError(() => new Error('lazy guard broke')) : of(true);
    });
  }
}

/** Answers in its own way, and records that it did. */
@Catch()
class Answer implements ExceptionFilter {
  catch(error: Error, host: ArgumentsHost): Observable<never> | undefined {
    note('filter');
    const said = { answered: error.message, of: contextScope()?.deviceId };
    if (host.getType() === 'rpc') return throwError(() => said);
    const client = host.switchToWs().getClient<{ emit?: unknown; send(text: string): void }>();
    if (typeof client.emit === 'function' && 'handshake' in client) client.emit.call(client, 'said', said);
    else client.send(JSON.stringify({ event: 'said', data: said }));
    return undefined;
  }
}

@Catch()
@Injectable({ scope: Scope.REQUEST })
class AnswerOnce extends Answer {}

/** Stands on no class: only the application is given one. */
@Catch()
class LastAnswer implements ExceptionFilter {
  catch(error: Error): Observable<never> {
    note('last filter');
    const said = { answered: error.message, of: contextScope()?.deviceId };
    return throwError(() => said);
  }
}

const GIVEN = new GivenGuard();

@Controller()
@UseFilters(Answer)
@UseGuards(AsyncGuard, GIVEN)
class Rpc {
  @MessagePattern('ask')
  ask(@Payload() ask: Ask): unknown {
    note('handler');
    if (ask.how === 'handler') throw new Error('handler broke');
    return ask.how === 'stream' ? throwError(() => new Error('stream broke')) : contextScope()?.deviceId;
  }

  @MessagePattern('consent')
  @RequireConsent('events')
  consent(): string {
    return 'allowed';
  }
}

@Controller()
class PerRequest {
  @MessagePattern('request-scoped')
  @UseGuards(RequestGuard, LazyGuard)
  @UseFilters(AnswerOnce)
  ask(): string | undefined {
    note('handler');
    return contextScope()?.deviceId;
  }

  @MessagePattern('lazy')
  @UseGuards(LazyGuard)
  lazy(): string {
    return 'let through';
  }

  @Get('page')
  page(): string {
    return 'the page';
  }
}

@Injectable()
@WebSocketGateway()
@UseFilters(new Answer())
@UseGuards(AsyncGuard, GIVEN)
class Gateway {
  @SubscribeMessage('ask')
  ask(_client: unknown, ask: Ask): unknown {
    note('handler');
    if (ask.how === 'handler') throw new Error('handler broke');
    return { event: 'said', data: contextScope()?.deviceId };
  }
}

const deviceId = (context: { data: unknown }) => (context.data as Ask | undefined)?.id;

describe('guards and filters of RPC messages', () => {
  closeAppsAfterEach();

  /** A hybrid application: HTTP and TCP. */
  async function boot(
    options: CountlyModuleOptions = {},
    prepare: (app: INestApplication) => void = () => {},
    inheritAppConfig = true,
  ) {
    const collector = new Collector();
    let tcp: { serverInstance?: { server: { address(): AddressInfo } } } = {};
    const running = await start(
      'express',
      {
        imports: [CountlyModule.forRoot(quiet(collector, { deviceId, ...options }))],
        controllers: [Rpc, PerRequest],
        providers: [{ provide: APP_GUARD, useClass: GlobalGuard }],
      },
      collector,
      (app) => {
        prepare(app);
        tcp = app.connectMicroservice<MicroserviceOptions>(
          { transport: Transport.TCP, options: { host: '127.0.0.1', port: 0 } },
          { inheritAppConfig },
        ) as unknown as typeof tcp;
      },
    );
    await running.app.startAllMicroservices();
    const port = tcp.serverInstance?.server.address().port ?? 0;
    const client: ClientProxy = ClientProxyFactory.create({
      transport: Transport.TCP,
      options: { host: '127.0.0.1', port },
    });
    const ask = async (data: Ask, pattern = 'ask') => {
      try {
        return await firstValueFrom(client.send<unknown>(pattern, data));
      } catch (error) {
        return error;
      }
    };
    return { ...running, ask, done: () => client.close() };
  }

  it('run in the scope of their message, and of no other', async () => {
    const { ask, events, done } = await boot();
    const ids = Array.from({ length: 20 }, (_, i) => `caller-${i}`);
    expect(await Promise.all(ids.map((id) => ask({ id })))).toEqual(ids);
    const each = ['global guard', 'guard', 'given guard', 'handler'];
    expect(await events()).toEqual(Object.fromEntries(ids.map((id) => [id, each])));
    done();
  });

  it.each(['guard', 'handler', 'stream'] as const)('answer what a %s throws, and it is reported once', async (how) => {
    const { ask, events, countly, collector, done } = await boot();
    expect(await ask({ id: 'ada', how })).toEqual({ answered: `${how} broke`, of: 'ada' });
    expect(Object.keys(await events())).toEqual(['ada']);
    expect(collector.events()['ada']?.at(-1)).toBe('filter');
    await countly.flush();
    expect(collector.of('crash').map(({ deviceId: id, name }) => [id, name])).toEqual([['ada', `Error: ${how} broke`]]);
    done();
  });

  it('need nothing of the application: a connected microservice may inherit none of it', async () => {
    const { url, ask, events, countly, collector, done } = await boot({}, undefined, false);
    expect(await ask({ id: 'ada' })).toBe('ada');
    expect(await ask({ id: 'bob', how: 'guard' })).toEqual({ answered: 'guard broke', of: 'bob' });
    expect(await ask({ id: 'eve', how: 'stream' })).toEqual({ answered: 'stream broke', of: 'eve' });
    expect(await ask({ id: 'kim' }, 'request-scoped')).toBe('kim');
    // Its controllers answer HTTP as before, in the scope of nobody in particular here.
    expect(await (await fetch(`${url}/page`)).text()).toBe('the page');
    expect(await events()).toEqual({
      ada: ['guard', 'given guard', 'handler'],
      bob: ['guard', 'filter'],
      eve: ['guard', 'given guard', 'handler', 'filter'],
      kim: ['request guard', 'lazy guard', 'handler'],
      'the-process': ['global guard'],
    });
    await countly.flush();
    expect(collector.of('crash').map(({ deviceId: id, name }) => [id, name])).toEqual([
      ['bob', 'Error: guard broke'],
      ['eve', 'Error: stream broke'],
    ]);
    done();
  });

  it('let resolvers look again after them', async () => {
    const user = fromUser<{ id: string }>(({ id }) => id);
    const byContext: typeof user = Object.assign(
      (context: Parameters<typeof user>[0]) =>
        (context.execution?.switchToRpc().getContext<{ user?: { id: string } }>().user ?? undefined)?.id,
      user,
    );
    const { ask, events, done } = await boot({ deviceId: [byContext, deviceId] });
    expect(await ask({ id: 'ada', how: 'user' })).toBe('user-1');
    expect(await events()).toMatchObject({ ada: ['global guard', 'guard', 'given guard'], 'user-1': ['handler'] });
    done();
  });

  it('include the guard that asks for consent', async () => {
    const { ask, done } = await boot({ consent: (context) => (deviceId(context) === 'ada' ? ['events'] : []) });
    expect(await ask({ id: 'ada' }, 'consent')).toBe('allowed');
    expect(await ask({ id: 'bob' }, 'consent')).toMatchObject({ answered: 'Consent needed for: events' });
    done();
  });

  it('that Nest makes for each message are no exception, nor are those that answer later', async () => {
    const { ask, events, countly, collector, done } = await boot();
    expect(await ask({ id: 'ada' }, 'request-scoped')).toBe('ada');
    expect(await ask({ id: 'bob', how: 'guard' }, 'request-scoped')).toEqual({
      answered: 'lazy guard broke',
      of: 'bob',
    });
    const guards = ['global guard', 'request guard', 'lazy guard'];
    expect(await events()).toEqual({ ada: [...guards, 'handler'], bob: [...guards, 'filter'] });
    await countly.flush();
    expect(collector.of('crash').map(({ deviceId: id, name }) => [id, name])).toEqual([
      ['bob', 'Error: lazy guard broke'],
    ]);
    done();
  });

  it('that were given to the application are no exception either', async () => {
    const { ask, events, done } = await boot({}, (app) => app.useGlobalFilters(new LastAnswer()));
    expect(await ask({ id: 'ada', how: 'guard' }, 'lazy')).toEqual({ answered: 'lazy guard broke', of: 'ada' });
    expect(await events()).toEqual({ ada: ['global guard', 'lazy guard', 'last filter'] });
    done();
  });
});

describe('guards and filters of sockets', () => {
  closeAppsAfterEach();

  async function boot(adapter: 'socket.io' | 'ws') {
    const collector = new Collector();
    const running = await start(
      'express',
      { imports: [CountlyModule.forRoot(quiet(collector, { deviceId }))], providers: [Gateway, AsyncGuard] },
      collector,
      (app) => app.useWebSocketAdapter(adapter === 'ws' ? new WsAdapter(app) : new IoAdapter(app)),
    );
    const ask = (data: Ask): Promise<unknown> =>
      new Promise((resolve, reject) => {
        if (adapter === 'socket.io') {
          const socket = io(running.url, { transports: ['websocket'], forceNew: true });
          socket.once('said', (said) => {
            socket.close();
            resolve(said);
          });
          socket.once('connect_error', reject);
          socket.emit('ask', data);
          return;
        }
        const socket = new WebSocket(running.url.replace('http', 'ws'));
        socket.once('error', reject);
        socket.once('open', () => socket.send(JSON.stringify({ event: 'ask', data })));
        socket.once('message', (text) => {
          socket.close();
          resolve((JSON.parse(String(text)) as { data: unknown }).data);
        });
      });
    return { ...running, ask };
  }

  it.each(['socket.io', 'ws'] as const)('run in the scope of their message with %s', async (adapter) => {
    const { ask, events, countly, collector } = await boot(adapter);
    const ids = Array.from({ length: 10 }, (_, i) => `caller-${i}`);
    expect(await Promise.all(ids.map((id) => ask({ id })))).toEqual(ids);
    expect(await events()).toEqual(Object.fromEntries(ids.map((id) => [id, ['guard', 'given guard', 'handler']])));
    for (const how of ['guard', 'handler'] as const) {
      expect(await ask({ id: how, how })).toEqual({ answered: `${how} broke`, of: how });
    }
    await countly.flush();
    expect(collector.events()).toMatchObject({
      guard: ['guard', 'filter'],
      handler: ['guard', 'given guard', 'handler', 'filter'],
    });
    expect(collector.of('crash').map(({ deviceId: id, name }) => [id, name])).toEqual([
      ['guard', 'Error: guard broke'],
      ['handler', 'Error: handler broke'],
    ]);
  });
});
