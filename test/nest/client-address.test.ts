import { Controller, Get } from '@nestjs/common';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { Countly } from '../../lib/index.js';
import { CountlyModule, type CountlyModuleOptions, fromHeader } from '../../nest/index.js';
import { Collector } from './support/collector.js';
import { PLATFORMS, type Platform, quiet } from './support/platforms.js';

@Controller()
class Visits {
  constructor(private readonly countly: Countly) {}

  @Get()
  visit(): string {
    this.countly.current().beginSession();
    return 'welcome';
  }
}

let close: (() => Promise<void>) | undefined;
afterEach(async () => {
  await close?.();
  close = undefined;
});

/** The address that Countly is told for a visitor whose request came through a proxy. */
async function addressTold(platform: Platform, trustProxy: boolean, options: CountlyModuleOptions = {}) {
  const collector = new Collector();
  const module = await Test.createTestingModule({
    imports: [CountlyModule.forRoot(quiet(collector, { deviceId: fromHeader('x-id'), ...options }))],
    controllers: [Visits],
  }).compile();
  const adapter = platform === 'express' ? new ExpressAdapter() : new FastifyAdapter({ trustProxy });
  const app = module.createNestApplication<NestExpressApplication>(adapter as ExpressAdapter, { logger: false });
  if (platform === 'express') app.set('trust proxy', trustProxy);
  await app.listen(0, '127.0.0.1');
  close = () => app.close();
  await fetch(await app.getUrl(), { headers: { 'x-id': 'ada', 'x-forwarded-for': '203.0.113.9' } });
  await app.get(Countly).flush();
  return collector.addresses.get('ada');
}

describe.each(PLATFORMS)('the address of the person on %s', (platform) => {
  it('is that of the connection when the application trusts no proxy', async () => {
    expect(await addressTold(platform, false)).toMatch(/^(::ffff:)?127\.0\.0\.1$/);
  });

  it('is what the proxy says when the application trusts it', async () => {
    expect(await addressTold(platform, true)).toBe('203.0.113.9');
  });

  it('is nobody’s business with ip: false, and whatever a function says', async () => {
    expect(await addressTold(platform, true, { ip: false })).toBeUndefined();
    await close?.();
    expect(await addressTold(platform, false, { ip: (context) => context.header('x-forwarded-for') })).toBe(
      '203.0.113.9',
    );
  });
});
