import { Controller, Get, Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { Countly, CountlyConfigError, ReportErrors, TrackEvent } from '../../../lib/index.js';
import { registeredClient } from '../../../lib/internal.js';
import { assertCountly } from '../../../lib/testing/index.js';
import { CountlyModule, fromHeader, getCountlyToken, InjectCountly } from '../../../nest/index.js';
import { CountlyTesting, CountlyTestingModule, overrideCountly } from '../../../nest/testing/index.js';
import { Collector } from '../support/collector.js';
import { quiet } from '../support/platforms.js';

@Injectable()
class Shop {
  constructor(@InjectCountly() readonly countly: Countly) {}

  @TrackEvent('sold', { segmentation: { plan: 'pro' } })
  sell(): string {
    this.countly.addEvent('by hand');
    return 'sold';
  }

  @ReportErrors()
  fail(): never {
    throw new Error('empty');
  }
}

@Controller()
class ShopController {
  constructor(private readonly shop: Shop) {}

  @Get()
  sell(): string {
    return this.shop.sell();
  }
}

const parts = { controllers: [ShopController], providers: [Shop] };
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

describe('CountlyTestingModule', () => {
  it('records as in production, for the person of the request, and sends nothing', async () => {
    const module = await Test.createTestingModule({
      imports: [CountlyTestingModule.forRoot({ deviceId: fromHeader('x-id') })],
      ...parts,
    }).compile();
    const app = module.createNestApplication({ logger: false });
    closing.push(() => app.close());
    await app.listen(0, '127.0.0.1');
    expect(await (await fetch(await app.getUrl(), { headers: { 'x-id': 'ada' } })).text()).toBe('sold');
    const countly = module.get(CountlyTesting);
    await assertCountly(countly).toHaveTracked('sold', { deviceId: 'ada', segmentation: { plan: 'pro' }, times: 1 });
    await assertCountly(countly).toHaveTracked('by hand', { deviceId: 'ada' });
    expect(module.get(Countly)).toBe(countly.client);
    await countly.clear();
    expect(await countly.events()).toEqual([]);
    expect(() => module.get(Shop).fail()).toThrow('empty');
    await assertCountly(countly).toHaveReported('empty', { deviceId: 'test-device' });
  });

  it('leaves no client behind', async () => {
    const module = await Test.createTestingModule({ imports: [CountlyTestingModule.forRoot()], ...parts }).compile();
    await module.init();
    expect(registeredClient()).toBeDefined();
    await module.close();
    expect(registeredClient()).toBeUndefined();
  });

  it('has named clients', async () => {
    const module = await Test.createTestingModule({
      imports: [CountlyTestingModule.forRoot({ name: 'billing' })],
    }).compile();
    closing.push(() => module.close());
    expect(module.get(CountlyTesting).client).toBe(module.get(getCountlyToken('billing')));
  });

  it('refuses a transport, and options that are wrong', () => {
    expect(() => CountlyTestingModule.forRoot({ transport: new Collector() })).toThrow(CountlyConfigError);
    expect(() => CountlyTestingModule.forRoot({ transport: new Collector() })).toThrow('transport: expected none');
  });
});

describe('overrideCountly', () => {
  it('takes the place of the client that the application makes, wholly', async () => {
    const collector = new Collector();
    @Module({ imports: [CountlyModule.forRoot(quiet(collector, { deviceId: fromHeader('x-id') }))], ...parts })
    class AppModule {}
    const builder = Test.createTestingModule({ imports: [AppModule] });
    const countly = overrideCountly(builder);
    const app = (await builder.compile()).createNestApplication({ logger: false });
    closing.push(
      () => app.close(),
      () => countly.close(),
    );
    await app.listen(0, '127.0.0.1');
    await fetch(await app.getUrl(), { headers: { 'x-id': 'ada' } });
    app.get(Shop).sell();
    await assertCountly(countly).toHaveTracked('sold', { deviceId: 'ada' });
    await assertCountly(countly).toHaveTracked('by hand', { deviceId: 'ada' });
    await assertCountly(countly).toHaveTracked('sold', { deviceId: 'test-device' });
    expect(collector.seen).toEqual([]);
  });

  it('takes the place of a named client', async () => {
    const collector = new Collector();
    const builder = Test.createTestingModule({
      imports: [CountlyModule.forRoot({ ...quiet(collector), name: 'billing' })],
    });
    const countly = overrideCountly(builder, { name: 'billing' });
    const module = await builder.compile();
    closing.push(
      () => module.close(),
      () => countly.close(),
    );
    module.get<Countly>(getCountlyToken('billing')).addEvent('billed');
    await assertCountly(countly).toHaveTracked('billed');
    expect(collector.seen).toEqual([]);
  });
});
