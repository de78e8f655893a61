import { type CanActivate, Controller, type INestMicroservice, Injectable, UseGuards } from '@nestjs/common';
import {
  type ClientProxy,
  ClientProxyFactory,
  EventPattern,
  MessagePattern,
  Payload,
  Transport,
} from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { firstValueFrom } from 'rxjs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Countly } from '../../lib/index.js';
import { contextScope } from '../../lib/internal.js';
import { CountlyModule, countlyCarrier } from '../../nest/index.js';
import { noRedis, Redis } from '../support/redis.js';
import { Collector } from './support/collector.js';
import { quiet } from './support/platforms.js';

const SECRET = 'a secret of more than thirty-two characters';

interface Order {
  readonly fails?: boolean;
  readonly countly?: string | undefined;
}

@Injectable()
class NotingGuard implements CanActivate {
  canActivate(): boolean {
    contextScope()?.addEvent('guard');
    return true;
  }
}

@Controller()
class Warehouse {
  readonly heard: (string | undefined)[] = [];

  @MessagePattern('pack')
  @UseGuards(NotingGuard)
  async pack(@Payload() order: Order): Promise<unknown> {
    await Promise.resolve();
    if (order.fails === true) throw new Error('out of boxes');
    contextScope()?.addEvent('packed');
    return contextScope()?.deviceId;
  }

  @EventPattern('ordered')
  ordered(@Payload() _order: Order): void {
    contextScope()?.addEvent('heard');
    this.heard.push(contextScope()?.deviceId);
  }
}

describe.skipIf(noRedis)('RPC through Redis', () => {
  const redis = new Redis();
  const collector = new Collector();
  let service: INestMicroservice;
  let client: ClientProxy;

  beforeAll(async () => {
    await redis.start();
    const options = { host: redis.host, port: redis.port };
    const module = await Test.createTestingModule({
      imports: [CountlyModule.forRoot(quiet(collector, { carrier: { secret: SECRET } }))],
      controllers: [Warehouse],
    }).compile();
    service = module.createNestMicroservice({ transport: Transport.REDIS, options, logger: false });
    await service.listen();
    client = ClientProxyFactory.create({ transport: Transport.REDIS, options });
    await client.connect();
  });

  afterEach(async () => {
    await countly().flush();
    collector.seen.length = 0;
  });

  afterAll(async () => {
    await client.close();
    await service.close();
    await redis.stop();
  });

  const countly = () => service.get(Countly);
  const carrierOf = (deviceId: string) => countly().run({ deviceId }, () => countlyCarrier());
  const pack = (order: Order) => firstValueFrom(client.send<string>('pack', order));

  it('belongs to whom the message carries, guards included', async () => {
    const ids = Array.from({ length: 30 }, (_, i) => `visitor-${i}`);
    expect(await Promise.all(ids.map((id) => pack({ countly: carrierOf(id) })))).toEqual(ids);
    await countly().flush();
    expect(collector.events()).toEqual(Object.fromEntries(ids.map((id) => [id, ['guard', 'packed']])));
  });

  it('belongs to the process without a carrier', async () => {
    expect(await pack({})).toBe('the-process');
    expect(await pack({ countly: 'v1.forged.forged' })).toBe('the-process');
  });

  it('has a scope for events as well', async () => {
    await firstValueFrom(client.emit('ordered', { countly: carrierOf('ada') }), { defaultValue: undefined });
    await expect.poll(() => service.get(Warehouse).heard).toEqual(['ada']);
    await countly().flush();
    expect(collector.events()).toEqual({ ada: ['heard'] });
  });

  it('reports what nobody expected, and answers as always', async () => {
    const answer = await pack({ fails: true, countly: carrierOf('ada') }).catch((error: unknown) => error);
    expect(answer).toMatchObject({ status: 'error', message: 'Internal server error' });
    await countly().flush();
    expect(collector.of('crash')).toMatchObject([
      { deviceId: 'ada', body: { _custom: { type: 'rpc', handler: 'Warehouse.pack' } } },
    ]);
  });
});
