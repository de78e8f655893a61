import {
  BadRequestException,
  Controller,
  Get,
  HttpException,
  Injectable,
  Module,
  Scope,
  ServiceUnavailableException,
} from '@nestjs/common';
import { describe, expect, it, vi } from 'vitest';
import {
  type Countly,
  CountlyConfigError,
  ReportErrors,
  silentLogger,
  TimedEvent,
  TrackEvent,
  TrackView,
  WithDevice,
} from '../../lib/index.js';
import { contextScope } from '../../lib/internal.js';
import { type CountlyFeatureOptions, CountlyModule, fromHeader, getCountlyToken } from '../../nest/index.js';
import { Collector } from './support/collector.js';
import { closeAppsAfterEach, quiet, start } from './support/platforms.js';

@Injectable()
class Stock {
  @TrackEvent('reserved', { segmentation: { amount: 1 } })
  reserve(): void {}
}

@Injectable()
class Orders {
  constructor(private readonly stock: Stock) {}

  @TimedEvent('placed', { segmentation: { area: 'checkout', items: 3 } })
  @TrackEvent('wished')
  @TrackView('order page')
  place(): void {
    this.stock.reserve();
    contextScope()?.addEvent('by-hand');
  }

  @WithDevice((call) => call.args[0])
  @TrackEvent('shipped')
  ship(_customer: string): void {
    this.stock.reserve();
  }

  @TrackEvent('returned', { device: (call) => call.args[0] })
  giveBack(_customer: string): void {}

  @TrackEvent('billed', { client: 'billing' })
  bill(): void {}

  @ReportErrors()
  @TrackEvent('failed', { on: 'error' })
  fail(): void {
    throw new Error('order broke');
  }

  @ReportErrors()
  failWithText(): void {
    throw 'order broke';
  }
}

@Injectable({ scope: Scope.REQUEST })
class PerRequest {
  @TrackEvent('per-request')
  record(): void {}
}

@Controller('orders')
class OrdersController {
  constructor(
    private readonly orders: Orders,
    private readonly perRequest: PerRequest,
  ) {}

  @Get()
  order(): string {
    this.orders.place();
    return 'ordered';
  }

  @Get('per-request')
  record(): string {
    this.perRequest.record();
    return 'recorded';
  }

  @Get('fail')
  fail(): void {
    this.orders.fail();
  }

  @Get('fail-with-text')
  failWithText(): void {
    this.orders.failWithText();
  }

  @Get('down')
  down(): void {
    throw new ServiceUnavailableException();
  }

  @Get('bad')
  bad(): void {
    throw new BadRequestException();
  }
}

@Controller('plain')
class PlainController {
  @Get()
  show(): string {
    return 'plain';
  }

  @Get('down')
  down(): void {
    throw new ServiceUnavailableException();
  }

  @Get('bad')
  bad(): void {
    throw new BadRequestException();
  }
}

async function boot(feature: CountlyFeatureOptions, options = {}) {
  const [collector, billing] = [new Collector(), new Collector()];

  @Module({ providers: [Stock], exports: [Stock] })
  class StockModule {}

  @Module({
    imports: [CountlyModule.forFeature(feature), StockModule],
    controllers: [OrdersController],
    providers: [Orders, PerRequest],
  })
  class OrdersModule {}

  const running = await start(
    'express',
    {
      imports: [
        OrdersModule,
        CountlyModule.forRoot(quiet(collector, { deviceId: fromHeader('x-id'), ...options })),
        CountlyModule.forRoot({ ...quiet(billing), processDeviceId: 'billing-process', name: 'billing' }),
      ],
      controllers: [PlainController],
    },
    collector,
  );
  const ask = async (path: string) => {
    const response = await fetch(`${running.url}/${path}`, { headers: { 'x-id': 'ada' } });
    await response.text();
    return response.status;
  };
  const crashes = async () => {
    await running.countly.flush();
    return collector.of('crash').map(({ name }) => name.split(':')[0]);
  };
  const billed = async () => {
    await running.app.get<Countly>(getCountlyToken('billing')).flush();
    return billing.events();
  };
  return { ...running, ask, crashes, billed, orders: running.app.get(Orders, { strict: false }) };
}

describe('forFeature', () => {
  closeAppsAfterEach();

  it('puts prefix and segments on the decorated methods of its module, and on nothing else', async () => {
    const { ask, events, collector } = await boot({ keyPrefix: 'orders_', segmentation: { area: 'orders', shop: 7 } });
    await ask('orders');
    await events();
    const seen = collector.of('event').map(({ deviceId, name, body }) => [deviceId, name, body['segmentation']]);
    expect(Object.fromEntries(seen.map(([, name, segmentation]) => [name, segmentation]))).toMatchObject({
      orders_placed: { area: 'checkout', shop: 7, items: 3 },
      orders_wished: { area: 'orders', shop: 7 },
      '[CLY]_view': { area: 'orders', shop: 7, name: 'order page' },
    });
    const plain = collector.of('event').filter(({ name }) => ['reserved', 'by-hand'].includes(name));
    expect(plain.map(({ name, body }) => [name, body['segmentation']])).toEqual([
      ['reserved', { amount: 1 }],
      ['by-hand', undefined],
    ]);
    expect(new Set(seen.map(([id]) => id))).toEqual(new Set(['ada']));
  });

  it('holds outside of requests, and for whatever device a method names', async () => {
    const { orders, events } = await boot({ keyPrefix: 'orders_' });
    orders.place();
    orders.ship('eve');
    orders.giveBack('kim');
    expect(await events()).toEqual({
      'the-process': expect.arrayContaining(['orders_placed', 'orders_wished', 'reserved']) as string[],
      // What the method calls runs for the same device, without the defaults of this module.
      eve: ['reserved', 'orders_shipped'],
      kim: ['orders_returned'],
    });
  });

  it('names the client of methods that name none', async () => {
    const { ask, orders, events, billed } = await boot({ client: 'billing', keyPrefix: 'orders_' });
    await ask('orders');
    orders.bill();
    expect(await events()).toEqual({ ada: ['reserved', 'by-hand'] });
    expect(await billed()).toEqual({
      ada: expect.arrayContaining(['orders_placed', 'orders_wished']) as string[],
      'billing-process': ['orders_billed'],
    });
  });

  it('reports a failure of its methods once, and records what they record on errors', async () => {
    const { ask, events, crashes } = await boot({ keyPrefix: 'orders_' });
    expect(await ask('orders/fail')).toBe(500);
    expect(await ask('orders/fail-with-text')).toBe(500);
    expect(await ask('orders/fail-with-text')).toBe(500);
    expect(await crashes()).toHaveLength(3);
    expect(await events()).toEqual({ ada: ['orders_failed'] });
  });

  it('leaves request-scoped providers as they are', async () => {
    const { ask, events } = await boot({ keyPrefix: 'orders_' });
    await ask('orders/per-request');
    expect(await events()).toEqual({ ada: ['per-request'] });
  });

  it('has a policy of errors for its controllers', async () => {
    const strict = await boot({ errors: { minStatus: 400 } });
    for (const path of ['orders/bad', 'orders/down', 'plain/bad', 'plain/down']) await strict.ask(path);
    expect(await strict.crashes()).toEqual(['BadRequestException', ...Array(2).fill('ServiceUnavailableException')]);
    const silent = await boot({ errors: false });
    for (const path of ['orders/bad', 'orders/down', 'plain/bad', 'plain/down']) await silent.ask(path);
    expect(await silent.crashes()).toEqual(['ServiceUnavailableException']);
    const own = await boot({ errors: { report: (error) => error instanceof HttpException } });
    for (const path of ['orders/bad', 'plain/bad']) await own.ask(path);
    expect(await own.crashes()).toEqual(['BadRequestException']);
  });

  it('has a policy of views for its controllers', async () => {
    const names = async (feature: CountlyFeatureOptions, options = {}) => {
      const { ask, events, collector } = await boot(feature, options);
      for (const path of ['orders/per-request', 'plain']) await ask(path);
      await expect
        .poll(async () =>
          Object.values(await events())
            .flat()
            .includes('per-request'),
        )
        .toBe(true);
      return collector
        .of('event')
        .filter(({ name }) => name === '[CLY]_view')
        .map(({ body }) => (body['segmentation'] as { name: string }).name);
    };
    expect(await names({ views: true })).toEqual(['/orders/per-request']);
    expect(await names({ views: false }, { views: true })).toEqual(['/plain']);
    expect(await names({ views: { filter: () => false } }, { views: true })).toEqual(['/plain']);
  });

  it('warns at boot of a client that is not there', async () => {
    const warn = vi.fn();
    await boot({ client: 'nowhere' }, { logger: { ...silentLogger, warn } });
    expect(warn.mock.calls.map(([text]) => String(text))).toContainEqual(expect.stringContaining('"nowhere"'));
  });

  it('keeps two modules, and two applications, apart', async () => {
    const [a, b] = [await boot({ keyPrefix: 'a_' }), await boot({})];
    a.orders.giveBack('kim');
    b.orders.giveBack('kim');
    expect([await a.events(), await b.events()]).toEqual([{ kim: ['a_returned'] }, { kim: ['returned'] }]);
  });

  it('refuses what means nothing', () => {
    const wrong = { client: '', keyPrefix: 7, segmentation: [], errors: 'no', views: 1, prefix: 'x' };
    const make = () => CountlyModule.forFeature(wrong as unknown as CountlyFeatureOptions);
    expect(make).toThrow(CountlyConfigError);
    for (const option of ['client', 'keyPrefix', 'segmentation', 'errors', 'views'])
      expect(make).toThrow(`forFeature.${option}: `);
    expect(make).toThrow(
      /forFeature\.prefix: expected one of client, keyPrefix, segmentation, errors, views, got an unknown option/,
    );
    expect(() => CountlyModule.forFeature(undefined as never)).toThrow(/forFeature: expected an object/);
  });
});
