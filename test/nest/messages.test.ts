import { type AddressInfo } from 'node:net';
import { Controller, type INestMicroservice, Injectable } from '@nestjs/common';
import {
  ClientProxyFactory,
  Ctx,
  MessagePattern,
  Payload,
  RpcException,
  type TcpContext,
  Transport,
} from '@nestjs/microservices';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { WsAdapter } from '@nestjs/platform-ws';
import { Test } from '@nestjs/testing';
import { SubscribeMessage, WebSocketGateway, WsException } from '@nestjs/websockets';
import { firstValueFrom, interval, map, type Observable, take, toArray } from 'rxjs';
import { io } from 'socket.io-client';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { Countly } from '../../lib/index.js';
import { contextScope } from '../../lib/internal.js';
import { CountlyModule, fromHeader } from '../../nest/index.js';
import { Collector } from './support/collector.js';
import { closeAppsAfterEach, quiet, start } from './support/platforms.js';

@Controller()
class RpcController {
  @MessagePattern('who')
  who(@Payload() data: { id: string }, @Ctx() _context: TcpContext): unknown {
    contextScope()?.addEvent('who');
    return { asked: data.id, is: contextScope()?.deviceId };
  }

  @MessagePattern('stream')
  stream(): Observable<unknown> {
    return interval(5).pipe(map((i) => ({ i, is: contextScope()?.deviceId })));
  }

  @MessagePattern('fail')
  fail(@Payload() data: { how: string }): unknown {
    contextScope()?.addBreadcrumb(data.how);
    if (data.how === 'expected') throw new RpcException('no such order');
    throw new Error('unexpected');
  }
}

describe('RPC over TCP', () => {
  let service: INestMicroservice | undefined;
  const collector = new Collector();

  afterEach(async () => {
    await service?.close();
  });

  it('opens a scope for each message, reports what nobody expected, and answers as always', async () => {
    const module = await Test.createTestingModule({
      imports: [
        CountlyModule.forRoot(
          quiet(collector, { deviceId: (context) => (context.data as { id?: string } | undefined)?.id }),
        ),
      ],
      controllers: [RpcController],
    }).compile();
    const server = module.createNestMicroservice({
      transport: Transport.TCP,
      options: { host: '127.0.0.1', port: 0 },
      logger: false,
    });
    service = server;
    await server.listen();
    const { port } = (
      server as unknown as { serverInstance: { server: { address(): AddressInfo } } }
    ).serverInstance.server.address();
    const client = ClientProxyFactory.create({ transport: Transport.TCP, options: { host: '127.0.0.1', port } });
    try {
      const ids = Array.from({ length: 50 }, (_, i) => `caller-${i}`);
      const answers = await Promise.all(ids.map((id) => firstValueFrom(client.send('who', { id }))));
      expect(answers).toEqual(ids.map((id) => ({ asked: id, is: id })));
      const streamed = await firstValueFrom(client.send('stream', { id: 'streamer' }).pipe(take(2), toArray()));
      expect(streamed).toEqual([
        { i: 0, is: 'streamer' },
        { i: 1, is: 'streamer' },
      ]);
      for (const how of ['expected', 'unexpected']) {
        await firstValueFrom(client.send('fail', { id: 'failing', how })).catch((error: unknown) => {
          expect(error).toMatchObject({ status: 'error' });
        });
      }
      await module.get(Countly).flush();
      expect(Object.keys(collector.events())).toHaveLength(50);
      expect(collector.of('crash')).toMatchObject([
        { deviceId: 'failing', body: { _logs: 'unexpected', _custom: { type: 'rpc', handler: 'RpcController.fail' } } },
      ]);
    } finally {
      await client.close();
    }
  });
});

@Injectable()
@WebSocketGateway()
class Gateway {
  handleConnection(): void {
    contextScope()?.addEvent('connected');
  }

  handleDisconnect(): void {
    contextScope()?.addEvent('gone');
  }

  @SubscribeMessage('who')
  who(): unknown {
    contextScope()?.addEvent('who');
    return { event: 'is', data: contextScope()?.deviceId };
  }

  @SubscribeMessage('fail')
  fail(): unknown {
    throw new WsException('no such room');
  }

  @SubscribeMessage('break')
  break(): unknown {
    throw new Error('gateway broke');
  }
}

describe('sockets', () => {
  closeAppsAfterEach();

  it('of Socket.IO belong to whoever opened them', async () => {
    const collector = new Collector();
    const { url, countly } = await start(
      'express',
      { imports: [CountlyModule.forRoot(quiet(collector, { deviceId: fromHeader('x-id') }))], providers: [Gateway] },
      collector,
      (app) => app.useWebSocketAdapter(new IoAdapter(app)),
    );
    const ask = async (id: string) => {
      const socket = io(url, { extraHeaders: { 'x-id': id }, transports: ['websocket'] });
      const answers: unknown[] = [];
      for (const event of ['is', 'exception']) socket.on(event, (data) => answers.push(data));
      socket.emit('who');
      socket.emit('fail');
      socket.emit('break');
      await expect.poll(() => answers.length).toBe(3);
      socket.close();
      return answers;
    };
    const [anna] = await Promise.all([ask('anna'), ask('berta')]);
    expect(anna).toEqual([
      'anna',
      expect.objectContaining({ status: 'error', message: 'no such room' }),
      expect.objectContaining({ status: 'error', message: 'Internal server error' }),
    ]);
    await expect.poll(() => collector.events()['anna']).toEqual(['connected', 'who', 'gone']);
    await expect.poll(() => collector.events()['berta']).toEqual(['connected', 'who', 'gone']);
    await countly.flush();
    expect(
      collector
        .of('crash')
        .map(({ deviceId, name }) => [deviceId, name])
        .sort(),
    ).toEqual([
      ['anna', 'Error: gateway broke'],
      ['berta', 'Error: gateway broke'],
    ]);
  });

  it('of ws know the request that opens them', async () => {
    const collector = new Collector();
    const { url, events } = await start(
      'express',
      { imports: [CountlyModule.forRoot(quiet(collector, { deviceId: fromHeader('x-id') }))], providers: [Gateway] },
      collector,
      (app) => app.useWebSocketAdapter(new WsAdapter(app)),
    );
    const socket = new WebSocket(url.replace('http', 'ws'), { headers: { 'x-id': 'anna' } });
    await new Promise((resolve) => socket.once('open', resolve));
    socket.send(JSON.stringify({ event: 'who', data: {} }));
    const [answer] = await new Promise<unknown[]>((resolve) => socket.once('message', (...args) => resolve(args)));
    expect(JSON.parse(String(answer))).toEqual({ event: 'is', data: 'anna' });
    socket.close();
    await expect.poll(() => events()).toEqual({ anna: ['connected', 'who', 'gone'] });
  });
});
