import { Controller, Get, Inject, Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { describe, expect, it, vi } from 'vitest';
import { Countly, CountlyConfigError, silentLogger, TrackEvent } from '../../lib/index.js';
import { contextScope, registeredClient } from '../../lib/internal.js';
import {
  CountlyHealthIndicator,
  CountlyModule,
  type CountlyModuleOptions,
  type CountlyOptionsFactory,
  fromHeader,
  getCountlyToken,
  InjectCountly,
} from '../../nest/index.js';
import { Collector } from './support/collector.js';
import { closeAppsAfterEach, quiet, start } from './support/platforms.js';

const COLLECTOR = 'COLLECTOR';

@Injectable()
class Settings implements CountlyOptionsFactory {
  constructor(@Inject(COLLECTOR) private readonly collector: Collector) {}

  async createCountlyOptions(): Promise<CountlyModuleOptions> {
    return quiet(this.collector, { deviceId: fromHeader('x-id') });
  }
}

@Injectable()
class Shop {
  constructor(readonly countly: Countly) {}

  @TrackEvent('sold')
  sell(): string {
    return 'sold';
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

function collectorModule(collector: Collector) {
  @Module({ providers: [{ provide: COLLECTOR, useValue: collector }, Settings], exports: [COLLECTOR, Settings] })
  class CollectorModule {}
  return CollectorModule;
}

describe('CountlyModule', () => {
  closeAppsAfterEach();

  it.each(['useFactory', 'useClass', 'useExisting'] as const)('takes its options from %s', async (form) => {
    const collector = new Collector();
    const imports = [collectorModule(collector)];
    const asked = {
      useFactory: {
        imports,
        inject: [COLLECTOR],
        useFactory: async (to: Collector) => quiet(to, { deviceId: fromHeader('x-id') }),
      },
      useClass: { imports, useClass: Settings },
      useExisting: { imports, useExisting: Settings },
    }[form];
    const { url, events } = await start(
      'express',
      { imports: [CountlyModule.forRootAsync(asked)], controllers: [ShopController], providers: [Shop] },
      collector,
    );
    await fetch(url, { headers: { 'x-id': 'ada' } });
    expect(await events()).toEqual({ ada: ['sold'] });
  });

  it('stops the boot with every problem at once', async () => {
    const wrong = {
      url: 'not a url',
      appKey: '',
      deviceId: 7,
      anonymous: 'maybe',
      resolverTimeout: -1,
      flushIntervall: 3,
      bootReprt: true,
      networkTraces: { sample: 2, filtr: 1 },
      errors: { minStatus: '500' },
    } as unknown as CountlyModuleOptions;
    const boot = Test.createTestingModule({ imports: [CountlyModule.forRoot(wrong)] }).compile();
    const error = await boot.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CountlyConfigError);
    expect((error as CountlyConfigError).message).toMatch(/flushInterval"\?\)[\s\S]*bootReport"\?/);
    expect((error as CountlyConfigError).problems.map(({ option }) => option).sort()).toEqual([
      'anonymous',
      'appKey',
      'bootReprt',
      'deviceId',
      'errors.minStatus',
      'flushIntervall',
      'networkTraces.filtr',
      'networkTraces.sample',
      'resolverTimeout',
      'url',
    ]);
    const nothing = Test.createTestingModule({
      imports: [CountlyModule.forRootAsync({ useFactory: () => undefined as never })],
    }).compile();
    await expect(nothing).rejects.toThrow(/options: expected an object/);
    const bare = Test.createTestingModule({ imports: [CountlyModule.forRoot(undefined as never)] }).compile();
    await expect(bare).rejects.toThrow(/url: .*COUNTLY_URL[\s\S]*appKey: .*COUNTLY_APP_KEY/);
  });

  it('boots and serves when nothing can be delivered', async () => {
    const collector = new Collector();
    collector.online = false;
    const { url, countly } = await start(
      'express',
      {
        imports: [CountlyModule.forRoot(quiet(collector, { shutdownTimeout: 20 }))],
        controllers: [ShopController],
        providers: [Shop],
      },
      collector,
    );
    expect(await (await fetch(url)).text()).toBe('sold');
    expect(countly.stats().pending).toBe(1);
  });

  it('keeps several clients apart', async () => {
    const [main, billing] = [new Collector(), new Collector()];

    @Injectable()
    class Invoices {
      constructor(@InjectCountly('billing') readonly client: Countly) {}

      @TrackEvent('paid', { client: 'billing' })
      pay(): void {}
    }

    @Controller()
    class Pay {
      constructor(private readonly invoices: Invoices) {}

      @Get()
      pay(): string {
        this.invoices.pay();
        this.invoices.client.addEvent('by-hand');
        contextScope()?.addEvent('main');
        return 'paid';
      }
    }

    const { app, url, events } = await start(
      'express',
      {
        imports: [
          CountlyModule.forRoot(quiet(main, { deviceId: fromHeader('x-id') })),
          CountlyModule.forRoot({ ...quiet(billing), processDeviceId: 'billing-process', name: 'billing' }),
        ],
        controllers: [Pay],
        providers: [Invoices],
      },
      main,
    );
    await fetch(url, { headers: { 'x-id': 'ada' } });
    expect(await events()).toEqual({ ada: ['main'] });
    const client = app.get<Countly>(getCountlyToken('billing'));
    await client.flush();
    expect(billing.events()).toEqual({ ada: ['paid', 'by-hand'] });
  });

  it('keeps two applications in one process apart, also outside of requests', async () => {
    const make = async (name: string) => {
      const collector = new Collector();
      return start(
        'express',
        {
          imports: [
            CountlyModule.forRoot(quiet(collector, { processDeviceId: `process-${name}`, deviceId: () => name })),
          ],
          controllers: [ShopController],
          providers: [Shop],
        },
        collector,
      );
    };
    const [a, b] = [await make('a'), await make('b')];
    a.app.get(Shop).sell();
    b.app.get(Shop).sell();
    await Promise.all(Array.from({ length: 20 }, (_, i) => fetch(i % 2 === 0 ? a.url : b.url)));
    expect(await a.events()).toEqual({ 'process-a': ['sold'], a: Array(10).fill('sold') });
    expect(await b.events()).toEqual({ 'process-b': ['sold'], b: Array(10).fill('sold') });
  });

  it('delivers what is queued when the application closes, also what requests still record', async () => {
    const collector = new Collector();
    @Controller()
    class Slow {
      @Get()
      async slow(): Promise<string> {
        await new Promise((resolve) => setTimeout(resolve, 150));
        contextScope()?.addEvent('late');
        return 'done';
      }
    }
    const { app, url } = await start(
      'express',
      { imports: [CountlyModule.forRoot(quiet(collector, { flushInterval: 60_000 }))], controllers: [Slow] },
      collector,
    );
    const answer = fetch(url).then((response) => response.text());
    await new Promise((resolve) => setTimeout(resolve, 50));
    await app.close();
    expect(await answer).toBe('done');
    expect(collector.events()).toEqual({ 'the-process': ['late'] });
    expect(collector.closed).toBe(true);
    expect(registeredClient()).toBeUndefined();
  });

  it('does nothing at all when disabled', async () => {
    const collector = new Collector();
    const { url, countly } = await start(
      'fastify',
      {
        imports: [CountlyModule.forRoot({ ...quiet(collector, { anonymous: 'cookie' }), disabled: true })],
        controllers: [ShopController],
        providers: [Shop],
      },
      collector,
    );
    const response = await fetch(url);
    expect(await response.text()).toBe('sold');
    expect(response.headers.getSetCookie()).toEqual([]);
    expect(registeredClient()).toBeUndefined();
    expect(countly.stats().accepted).toBe(0);
  });

  it.each([false, true])('writes at boot what was woven, each method with debug: %s', async (debug) => {
    const log = vi.fn();
    const list = vi.fn();
    const warn = vi.fn();

    @Injectable()
    class Lost {
      @TrackEvent({ client: 'nowhere' })
      record(): void {}
    }

    await start(
      'express',
      {
        imports: [
          CountlyModule.forRoot(quiet(new Collector(), { debug, logger: { ...silentLogger, log, warn, debug: list } })),
        ],
        providers: [Shop, Lost, { provide: 'BARE', useValue: Object.create(null) as object }],
      },
      new Collector(),
    );
    const logged = log.mock.calls.map(([text]) => String(text));
    expect(logged.filter((text) => text.includes('woven'))).toEqual([
      debug ? '2 methods woven: 2 events' : '2 methods woven: 2 events. The option debug lists them.',
    ]);
    const listed = ['Woven:', '  Shop.sell    event "sold"', '  Lost.record  event'].join('\n');
    expect(list.mock.calls.filter(([text]) => text === listed)).toHaveLength(debug ? 1 : 0);
    expect(warn).toHaveBeenCalledWith('Lost.record records through the client "nowhere", but no client has that name.');
  });

  it('tells how the delivery is doing', async () => {
    const collector = new Collector();
    collector.online = false;
    const { app, countly } = await start(
      'express',
      { imports: [CountlyModule.forRoot(quiet(collector, { shutdownTimeout: 10 }))] },
      collector,
    );
    const health = app.get(CountlyHealthIndicator);
    expect(health.isHealthy()).toEqual({
      countly: {
        status: 'up',
        accepted: 0,
        delivered: 0,
        pending: 0,
        dropped: 0,
        droppedBy: {},
        lastDelivery: null,
        oldestPendingAge: null,
      },
    });
    countly.addEvent('waits');
    expect(health.isHealthy('queue', { maxPending: 0 })).toMatchObject({ queue: { status: 'down', pending: 1 } });
    collector.online = true;
  });
});
