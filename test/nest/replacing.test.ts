import { Controller, Get, Injectable } from '@nestjs/common';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import { describe, expect, it, vi } from 'vitest';
import { Countly, type DeviceScope, silentLogger, TrackEvent, TrackView } from '../../lib/index.js';
import { registeredClient } from '../../lib/internal.js';
import { createTestClient } from '../../lib/testing/index.js';
import { CountlyModule, CurrentScope, fromHeader, getCountlyToken, InjectCountly } from '../../nest/index.js';
import { Collector } from './support/collector.js';
import { quiet } from './support/platforms.js';

@Injectable()
class Shop {
  constructor(
    @InjectCountly() readonly byToken: Countly,
    readonly byClass: Countly,
  ) {}

  @TrackEvent('sold')
  sell(): string {
    this.byToken.addEvent('by token');
    this.byClass.addEvent('by class');
    return 'sold';
  }

  @TrackView('Page')
  look(): void {}
}

@Controller()
class ShopController {
  constructor(private readonly shop: Shop) {}

  @Get()
  sell(@CurrentScope() scope: DeviceScope | undefined): string {
    scope?.addEvent('by scope');
    this.shop.look();
    return this.shop.sell();
  }
}

/** An application whose client is replaced, as a test of it would do, after one request. */
async function served(override: (builder: TestingModuleBuilder) => TestingModuleBuilder) {
  const collector = new Collector();
  const builder = Test.createTestingModule({
    imports: [CountlyModule.forRoot(quiet(collector, { deviceId: fromHeader('x-id') }))],
    controllers: [ShopController],
    providers: [Shop],
  });
  const module = await override(builder).compile();
  const app = module.createNestApplication({ logger: false });
  await app.listen(0, '127.0.0.1');
  const answer = await fetch(await app.getUrl(), { headers: { 'x-id': 'ada' } });
  expect(await answer.text()).toBe('sold');
  module.get(Shop).sell();
  return { app, collector };
}

const everything = ['by scope', '[CLY]_view', 'sold', 'by token', 'by class'];

describe('a client of the tests in place of the application’s own', () => {
  it.each([
    ['getCountlyToken()', getCountlyToken(), 'value'],
    ['getCountlyToken() by a factory', getCountlyToken(), 'factory'],
    ['Countly', Countly, 'value'],
  ] as const)('takes the place of all of it: %s', async (_what, token, form) => {
    const { client, transport, close } = createTestClient({ logger: silentLogger });
    const { app, collector } = await served((builder) =>
      form === 'value'
        ? builder.overrideProvider(token).useValue(client)
        : builder.overrideProvider(token).useFactory({ factory: () => client }),
    );
    await app.close();
    await client.flush();
    const seen = transport.delivered.flatMap(({ deviceId, events }) => events.map(({ key }) => `${deviceId} ${key}`));
    expect(new Set(seen)).toEqual(
      new Set([
        ...everything.map((key) => `ada ${key}`),
        ...['by token', 'by class', 'sold'].map((key) => `test-device ${key}`),
      ]),
    );
    expect(collector.seen).toEqual([]);
    expect(app.get(Countly)).toBe(client);
    expect(app.get(getCountlyToken())).toBe(client);
    // Its own test closes it.
    client.addEvent('later');
    expect(client.stats().dropped).toEqual({});
    await close();
  });

  it.each([
    ['getCountlyToken()', getCountlyToken()],
    ['Countly', Countly],
  ] as const)('may be a double with what the test looks at: %s', async (_what, token) => {
    const double = { addEvent: vi.fn(), trackView: vi.fn() };
    const { app, collector } = await served((builder) => builder.overrideProvider(token).useValue(double));
    expect(new Set(double.addEvent.mock.calls.map(([key]) => key as string))).toEqual(
      new Set(everything.filter((key) => key !== 'by scope' && key !== '[CLY]_view')),
    );
    expect(double.trackView).toHaveBeenCalledWith('Page');
    expect(registeredClient()).toBeUndefined();
    await app.close();
    expect(collector.seen).toEqual([]);
  });

  it('may be a double that throws, or has nothing', async () => {
    const addEvent = vi.fn((key: string) => {
      if (key === 'sold') throw new Error('double broke');
    });
    const { app } = await served((builder) => builder.overrideProvider(getCountlyToken()).useValue({ addEvent }));
    expect(addEvent).toHaveBeenCalledWith('sold', expect.anything());
    await app.close();
  });
});
