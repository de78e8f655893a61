import { channel } from 'node:diagnostics_channel';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  type CanActivate,
  Controller,
  Get,
  type INestApplicationContext,
  Injectable,
  Module,
  UseGuards,
} from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { EventEmitterModule, OnEvent } from '@nestjs/event-emitter';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Interval, ScheduleModule } from '@nestjs/schedule';
import { Test } from '@nestjs/testing';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { describe, expect, it, vi } from 'vitest';
import { Countly, TrackEvent } from '../../lib/index.js';
import { registeredClient } from '../../lib/internal.js';
import { CountlyModule, fromHeader } from '../../nest/index.js';
import { Collector } from './support/collector.js';
import { PLATFORMS, quiet } from './support/platforms.js';

vi.setConfig({ testTimeout: 120_000 });

@Injectable()
class Guard implements CanActivate {
  canActivate(): boolean {
    return true;
  }
}

@Injectable()
class Shop {
  @TrackEvent('sold')
  sell(): void {}

  @OnEvent('order')
  onOrder(): void {}

  @Interval(60_000)
  often(): void {}
}

@WebSocketGateway()
@UseGuards(Guard)
class Gateway {
  handleConnection(): void {}

  @SubscribeMessage('ask')
  ask(): void {}
}

@Controller()
@UseGuards(Guard)
class Visits {
  constructor(private readonly shop: Shop) {}

  @Get()
  sell(): string {
    this.shop.sell();
    return 'sold';
  }
}

/** Everything of the module that keeps something, at once. */
function everything(collector: Collector) {
  @Module({
    imports: [CountlyModule.forFeature({ keyPrefix: 'shop_', views: true })],
    controllers: [Visits],
    providers: [Shop],
    exports: [Shop],
  })
  class ShopModule {}

  return [
    ShopModule,
    ScheduleModule.forRoot(),
    EventEmitterModule.forRoot(),
    CqrsModule.forRoot(),
    CountlyModule.forRoot(
      quiet(collector, {
        deviceId: fromHeader('x-id'),
        anonymous: 'cookie',
        networkTraces: true,
        traces: { outgoing: true },
        carrier: { secret: 'a secret of more than thirty-two characters', hosts: ['*.internal'] },
      }),
    ),
  ];
}

const EVENTS = ['beforeExit', 'exit', 'SIGTERM', 'SIGINT', 'uncaughtExceptionMonitor', 'unhandledRejection', 'warning'];
const CHANNELS = ['undici:request:create', 'undici:request:trailers', 'http.client.request.start'];

/** What an application leaves in the process if it forgets to take it away. */
const traces = () => ({
  listeners: EVENTS.map((event) => process.listenerCount(event)),
  channels: CHANNELS.map((name) => channel(name).hasSubscribers),
  client: registeredClient(),
  handles: process.getActiveResourcesInfo().filter((kind) => !['Immediate', 'TickObject'].includes(kind)).length,
});

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** How many of these are still in memory. Weak references are only let go of between turns. */
async function alive(refs: readonly WeakRef<object>[]): Promise<number> {
  let count = refs.length;
  for (let round = 0; round < 50 && count > 2; round++) {
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
    count = refs.filter((ref) => ref.deref() !== undefined).length;
  }
  return count;
}

async function useAndClose(app: INestApplicationContext, collector: Collector, kept: WeakRef<object>[]): Promise<void> {
  app.get(Shop, { strict: false }).sell();
  kept.push(new WeakRef(app), new WeakRef(app.get(Countly)), new WeakRef(app.get(Shop, { strict: false })));
  await app.close();
  expect(collector.events()).toEqual({ 'the-process': ['shop_sold'] });
  expect(collector.closed).toBe(true);
  collector.seen.length = 0;
}

describe('an application that was closed', () => {
  it('is gone, also the 200th testing module of a process', async () => {
    const before = traces();
    const kept: WeakRef<object>[] = [];
    for (let i = 0; i < 200; i++) {
      const collector = new Collector();
      const module = await Test.createTestingModule({ imports: everything(collector), providers: [Guard] }).compile();
      await module.init();
      await useAndClose(module, collector, kept);
    }
    expect(traces()).toEqual({ ...before, handles: expect.any(Number) as number });
    expect(traces().handles).toBeLessThanOrEqual(before.handles + 2);
    expect(kept).toHaveLength(600);
    // The last one may still be on the stack.
    expect(await alive(kept)).toBeLessThanOrEqual(5);
  });

  it.each(PLATFORMS)('is gone with its server, its requests and its sockets on %s', async (platform) => {
    const before = traces();
    const kept: WeakRef<object>[] = [];
    for (let i = 0; i < 8; i++) {
      const collector = new Collector();
      const module = await Test.createTestingModule({
        imports: everything(collector),
        providers: [Guard, Gateway],
      }).compile();
      const adapter = platform === 'express' ? new ExpressAdapter() : new FastifyAdapter();
      const app = module.createNestApplication<NestFastifyApplication>(adapter as FastifyAdapter, { logger: false });
      await app.listen(0, '127.0.0.1');
      const url = await app.getUrl();
      const response = await fetch(url, { headers: { 'x-id': 'ada', connection: 'close' } });
      expect(await response.text()).toBe('sold');
      kept.push(new WeakRef(app), new WeakRef(app.get(Countly)), new WeakRef(app.get(Gateway)));
      await app.close();
      expect(collector.events()['ada']).toContain('shop_sold');
    }
    expect({ ...traces(), handles: 0 }).toEqual({ ...before, handles: 0 });
    expect(kept).toHaveLength(24);
    expect(await alive(kept)).toBeLessThanOrEqual(5);
  });
});
