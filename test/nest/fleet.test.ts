import { Controller, Get, type INestApplication, Post } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Countly, type DeviceScope, silentLogger, TrackEvent, TrackView } from '../../lib/index.js';
import { redisFleet } from '../../lib/redis/index.js';
import { CountlyModule, CurrentScope, fromHeader } from '../../nest/index.js';
import { CountlyServer, type LogicalRequest } from '../support/countly-server.js';
import { noRedis, Redis } from '../support/redis.js';

@Controller()
class Shop {
  @Get('home')
  @TrackView('home')
  home(): string {
    return 'a page';
  }

  @Get('cart')
  @TrackView('cart')
  @TrackEvent('cart_seen')
  cart(): string {
    return 'a page';
  }

  @Post('login')
  login(@CurrentScope() scope: DeviceScope): void {
    scope.changeId('customer-7', { merge: true });
  }

  @Post('logout')
  logout(@CurrentScope() scope: DeviceScope): void {
    scope.endSession();
  }
}

describe.skipIf(noRedis)('two Nest applications of a fleet behind a load balancer', () => {
  const redis = new Redis();
  const server = new CountlyServer();
  const seen: LogicalRequest[] = [];
  const apps: INestApplication[] = [];

  beforeAll(async () => {
    await Promise.all([redis.start(), server.start()]);
    server.script = ({ entries }) => {
      seen.push(...entries);
      return undefined;
    };
  });
  afterEach(() => Promise.all(apps.splice(0).map((app) => app.close())));
  afterAll(() => Promise.all([redis.stop(), server.stop()]));

  async function open(): Promise<string> {
    const countly = CountlyModule.forRoot({
      ...{ url: server.url, appKey: 'shop', durability: 'memory', logger: silentLogger },
      ...{ serverSettings: false, healthCheck: false, flushInterval: 50 },
      deviceId: fromHeader('x-visitor'),
      sessions: true,
      fleet: redisFleet({ url: redis.url, leaseTime: 500 }),
    });
    const module = await Test.createTestingModule({ imports: [countly], controllers: [Shop] }).compile();
    const app = module.createNestApplication({ logger: false });
    apps.push(app);
    await app.listen(0, '127.0.0.1');
    await app.get(Countly).fleet?.status();
    return app.getUrl();
  }

  /** What was recorded is where both see it, and delivered. */
  const settled = () => Promise.all(apps.map((app) => app.get(Countly).flush({ timeout: 8000 })));

  it('have one session, one landing and one person, also after a login', async () => {
    const urls = [await open(), await open()];
    let turn = 0;
    const ask = async (method: string, path: string, visitor: string) => {
      const answer = await fetch(`${urls[turn++ % 2]}${path}`, { method, headers: { 'x-visitor': visitor } });
      expect(answer.ok).toBe(true);
      await settled();
    };
    for (const path of ['/home', '/cart', '/home']) await ask('GET', path, 'ada');
    await ask('POST', '/login', 'ada');
    await ask('GET', '/cart', 'customer-7');
    await ask('POST', '/logout', 'customer-7');
    const what = seen.flatMap(({ device_id: who, ...request }) => {
      if (request['begin_session']) return [`${who} begins`];
      if (request['end_session']) return [`${who} ends`];
      if (request['old_device_id']) return [`${who} was ${request['old_device_id']}`];
      const events = (request.events ?? []) as unknown as { key: string; segmentation?: Record<string, unknown> }[];
      return events.map(({ key, segmentation }) => {
        if (key !== '[CLY]_view') return `${who} ${key}`;
        const way = segmentation?.['visit'] === undefined ? 'leaves' : segmentation['start'] ? 'lands on' : 'sees';
        return `${who} ${way} ${segmentation?.['name']}`;
      });
    });
    expect(what).toEqual([
      ...['ada begins', 'ada lands on home', 'ada leaves home', 'ada sees cart', 'ada cart_seen', 'ada leaves cart'],
      ...['ada sees home', 'customer-7 was ada', 'customer-7 leaves home', 'customer-7 sees cart'],
      ...['customer-7 cart_seen', 'customer-7 leaves cart', 'customer-7 ends'],
    ]);
  });
});
