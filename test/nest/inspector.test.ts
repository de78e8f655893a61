import { Controller, Get, Injectable, Module, Param } from '@nestjs/common';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Code } from '../../inspector/src/api/contract/code.js';
import type { Unit, UnitDetail } from '../../inspector/src/api/contract/people.js';
import { type Inspector, startInspector } from '../../inspector/src/index.js';
import { ReportErrors, TrackEvent } from '../../lib/index.js';
import { CountlyModule, fromHeader } from '../../nest/index.js';
import { Collector } from './support/collector.js';
import { closeAppsAfterEach, PLATFORMS, quiet, start } from './support/platforms.js';

@Injectable()
class Shop {
  @TrackEvent('looked')
  look(): void {}

  @ReportErrors()
  @TrackEvent('bought')
  async buy(): Promise<void> {
    throw new Error('sold out');
  }
}

@Controller('orders')
class OrdersController {
  constructor(private readonly shop: Shop) {}

  @Get(':id')
  async order(@Param('id') id: string): Promise<string> {
    this.shop.look();
    if (id === '2') await this.shop.buy().catch(() => {});
    return id;
  }
}
Reflect.defineMetadata('design:paramtypes', [Shop], OrdersController);

describe('an inspector that a Nest application reports to', () => {
  closeAppsAfterEach();
  let inspector: Inspector | undefined;
  afterEach(() => inspector?.close());

  it.each(PLATFORMS)('is told which request recorded what (%s)', async (platform) => {
    inspector = await startInspector({ port: 0 });
    const { url } = inspector;
    const get = async <Body>(path: string) => (await (await fetch(`${url}/api/${path}`)).json()) as Body;
    const options = {
      ...quiet(new Collector()),
      transport: undefined,
      url,
      deviceId: [fromHeader('x-device')],
    };
    @Module({ imports: [CountlyModule.forRoot(options)], controllers: [OrdersController], providers: [Shop] })
    class AppModule {}
    const { url: shop, countly } = await start(platform, { imports: [AppModule] }, new Collector());
    for (const [device, order] of [
      ['ann', '1'],
      ['bob', '2'],
    ] as const) {
      await fetch(`${shop}/orders/${order}`, { headers: { 'x-device': device } });
    }
    await countly.flush();

    const units = await vi.waitFor(async () => {
      const { units } = await get<{ units: Unit[] }>('units');
      expect(units.map(({ errors }) => errors).sort()).toEqual([0, 1]);
      return units;
    }, 8000);
    expect(units.map(({ title, device_id }) => `${title} ${device_id}`).sort()).toEqual([
      'GET /orders/:id ann',
      'GET /orders/:id bob',
    ]);
    const bobs = units.find(({ device_id }) => device_id === 'bob');
    const { items } = await get<UnitDetail>(`units/${bobs?.id}`);
    expect(items.map(({ kind, label }) => `${kind} ${label}`).sort()).toEqual([
      'error Error: sold out',
      'event looked',
    ]);
    const { methods } = await get<Code>('code');
    expect(methods.find(({ label }) => label === 'Shop.look')).toMatchObject({ made: { events: 2 } });
    expect(methods.find(({ label }) => label === 'Shop.buy')).toMatchObject({ made: { events: 0, errors: 1 } });
  });
});
