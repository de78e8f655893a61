import { Controller, Get, Injectable, Module, Param, Post } from '@nestjs/common';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Code } from '../../inspector/src/api/contract/code.js';
import type { Timeline, Unit, UnitDetail } from '../../inspector/src/api/contract/people.js';
import { type Inspector, startInspector } from '../../inspector/src/index.js';
import { BeginSession, GiveConsent, ReportErrors, TrackEvent, UserData, UserDetails } from '../../lib/index.js';
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

@Injectable()
class Accounts {
  @BeginSession()
  @UserDetails(() => ({ name: 'Ann' }))
  login(): void {}

  @UserData((user) => user.increment('visits'))
  visit(): void {}
}

@Controller()
class AccountsController {
  constructor(private readonly accounts: Accounts) {}

  @Post('login')
  login(): void {
    this.accounts.login();
  }

  @Post('consent')
  @GiveConsent(['sessions', 'users', 'events'])
  agree(): void {}

  @Post('visit')
  visit(): void {
    this.accounts.visit();
  }
}
Reflect.defineMetadata('design:paramtypes', [Accounts], AccountsController);

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

  /** An inspector, what it answers, and the options of an application that reports to it. */
  async function started() {
    inspector = await startInspector({ port: 0 });
    const { url } = inspector;
    const get = async <Body>(path: string) => (await (await fetch(`${url}/api/${path}`)).json()) as Body;
    const deviceId = [fromHeader('x-device')];
    return { get, options: { ...quiet(new Collector()), transport: undefined, url, deviceId } };
  }

  it.each(PLATFORMS)('is told which request recorded what (%s)', async (platform) => {
    const { get, options: common } = await started();
    const options = { ...common, sessions: true };
    @Module({ imports: [CountlyModule.forRoot(options)], controllers: [OrdersController], providers: [Shop] })
    class AppModule {}
    const { url: shop, countly } = await start(platform, { imports: [AppModule] }, new Collector());
    const agent = { 'user-agent': 'Mozilla/5.0 (X11; Linux) Firefox/140.0' };
    for (const [device, order] of [
      ['ann', '1'],
      ['bob', '2'],
    ] as const) {
      await fetch(`${shop}/orders/${order}`, { headers: { 'x-device': device, ...agent } });
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
      'session session, 0 s',
    ]);
    const { methods } = await get<Code>('code');
    expect(methods.find(({ label }) => label === 'Shop.look')).toMatchObject({ made: { events: 2 } });
    expect(methods.find(({ label }) => label === 'Shop.buy')).toMatchObject({ made: { events: 0, errors: 1 } });
  });

  it.each(PLATFORMS)('is told who began a session, told of a person, and was agreed to (%s)', async (platform) => {
    const { get, options: common } = await started();
    const options = { ...common, sessions: false, requireConsent: true };
    @Module({
      imports: [CountlyModule.forRoot(options)],
      controllers: [AccountsController, OrdersController],
      providers: [Accounts, Shop],
    })
    class AppModule {}
    const { url: shop, countly } = await start(platform, { imports: [AppModule] }, new Collector());
    const post = (path: string) => fetch(`${shop}/${path}`, { method: 'POST', headers: { 'x-device': 'ann' } });
    await post('consent');
    await post('login');
    await post('visit');
    // What waits of her leaves with her next record, which another request makes.
    await fetch(`${shop}/orders/1`, { headers: { 'x-device': 'ann' } });
    await countly.flush();

    const items = await vi.waitFor(async () => {
      const { items: all } = await get<Timeline>('devices/ann/timeline');
      const items = all.filter(({ kind }) => kind !== 'problem');
      expect(items.filter(({ method }) => method === null)).toEqual([]);
      return items;
    }, 8000);
    const { methods } = await get<Code>('code');
    const { units } = await get<{ units: Unit[] }>('units');
    const label = (id: number | null) => methods.find((method) => method.id === id)?.label;
    const title = (id: string | null) => units.find((unit) => unit.id === id)?.title;
    expect(new Set(items.map(({ kind, method, unit }) => `${kind}: ${label(method)} in ${title(unit)}`))).toEqual(
      new Set([
        'consent: AccountsController.agree in POST /consent',
        'session: Accounts.login in POST /login',
        'profile: Accounts.login in POST /login',
        'profile: Accounts.visit in POST /visit',
        'event: Shop.look in GET /orders/:id',
      ]),
    );
    const made = (name: string) => methods.find((method) => method.label === name)?.made;
    expect(made('Accounts.login')).toMatchObject({ sessions: 1, profiles: 1 });
    expect(made('AccountsController.agree')?.consents).toBeGreaterThanOrEqual(3);
    expect(units.map(({ title, entries }) => `${title} ${entries}`).sort()).toEqual([
      'GET /orders/:id 1',
      'POST /consent 1',
      'POST /login 2',
      'POST /visit 1',
    ]);
    for (const list of ['sessions', 'consents', 'profile-changes']) {
      const id = methods.find(
        (method) => method.label === (list === 'consents' ? 'AccountsController.agree' : 'Accounts.login'),
      )?.id;
      expect(await get<{ total: number }>(`${list}?method=${id}`)).toMatchObject({
        total: list === 'consents' ? 17 : 1,
      });
    }
  });
});
