import { Controller, Get, Injectable, Logger, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type CountlyConfigError, silentLogger, TrackEvent } from '../../lib/index.js';
import { CountlyModule, type CountlyModuleOptions, fromHeader } from '../../nest/index.js';
import { Collector } from './support/collector.js';
import { closeAppsAfterEach, quiet, start } from './support/platforms.js';

@Injectable()
class Shop {
  @TrackEvent('sold')
  sell(): void {}

  @TrackEvent('billed', { client: 'billing' })
  bill(): void {}
}

@Controller()
class ShopController {
  @Get()
  get(): string {
    return 'shop';
  }
}

type Imports = NonNullable<Parameters<typeof Module>[0]['imports']>;

/** What a boot with these imports fails with. */
async function failing(imports: () => Imports): Promise<string> {
  try {
    await Test.createTestingModule({ imports: imports() }).compile();
  } catch (error) {
    expect((error as CountlyConfigError).code).toBe('CONFIG_INVALID');
    return (error as Error).message;
  }
  throw new Error('It booted.');
}

const options = (more: CountlyModuleOptions = {}) => quiet(new Collector(), more);

describe('importing CountlyModule', () => {
  closeAppsAfterEach();

  it('twice under one name is refused', async () => {
    const unnamed = () => CountlyModule.forRoot(options());
    const billing = () => CountlyModule.forRootAsync({ name: 'billing', useFactory: () => options() });
    expect(await failing(() => [unnamed(), unnamed()])).toMatch(
      /one CountlyModule\.forRoot\(\) for each name.*"default" 2 times/,
    );
    const other = CountlyModule.forRoot({ ...options(), name: 'other' });
    expect(await failing(() => [other, billing(), billing()])).toContain('"billing" 2 times');
    @Module({ imports: [unnamed()] })
    class Inner {}
    expect(await failing(() => [Inner, unnamed(), unnamed()])).toContain('"default" 3 times');
  });

  it('as one module in several places is once', async () => {
    const countly = CountlyModule.forRoot(options());
    @Module({ imports: [countly] })
    class Inner {}
    const module = await Test.createTestingModule({ imports: [Inner, countly] }).compile();
    await module.close();
  });

  it('as a bare class says what to do', async () => {
    const other = CountlyModule.forRoot({ ...options(), name: 'other' });
    for (const imports of [[CountlyModule], [other, CountlyModule]]) {
      expect(await failing(() => imports)).toMatch(/imports: expected CountlyModule\.forRoot\(\{ url, appKey \}\)/);
    }
  });

  it('without options takes them from the environment, and says so where there are none', async () => {
    expect(await failing(() => [CountlyModule.forRoot()])).toMatch(
      /url: .*COUNTLY_URL[\s\S]*appKey: .*COUNTLY_APP_KEY/,
    );
    vi.stubEnv('COUNTLY_URL', 'countly.example.com').stubEnv('COUNTLY_APP_KEY', 'key');
    expect(await failing(() => [CountlyModule.forRoot()])).toMatch(/url: expected an http:\/\/ or https:\/\/ URL/);
    vi.unstubAllEnvs();
  });

  it.each([
    ['a text', () => CountlyModule.forRoot('https://countly.example.com' as never), /forRoot: expected an object/],
    [
      'a name that is none',
      () => CountlyModule.forRoot({ name: 7 } as never),
      /name: expected a non-empty text, got .*7/,
    ],
    ['nothing async', () => CountlyModule.forRootAsync(undefined as never), /useFactory, useClass or useExisting/],
    ['no source', () => CountlyModule.forRootAsync({ imports: [] } as never), /useFactory, useClass or useExisting/],
    [
      'a misspelt source',
      () => CountlyModule.forRootAsync({ useFatory: () => options() } as never),
      /did you mean "useFactory"/,
    ],
    [
      'a misspelt extra',
      () => CountlyModule.forRoot({ ...options(), isGlobl: true } as never),
      /did you mean "isGlobal"/,
    ],
    [
      'a misspelt option',
      () => CountlyModule.forRoot({ ...options(), anonymus: 'none' } as never),
      /did you mean "anonymous"/,
    ],
    [
      'a feature without anything',
      () => CountlyModule.forFeature(undefined as never),
      /forFeature: expected an object/,
    ],
    [
      'a name in a factory',
      () => CountlyModule.forRootAsync({ useFactory: () => ({ ...options(), name: 'billing' }) as never }),
      /name: expected nothing here: .*forRootAsync\(\{ name, useFactory \}\)/,
    ],
  ] as const)('with %s is refused', async (_what, imported, message) => {
    expect(await failing(() => [imported()])).toMatch(message);
  });
});

describe('at boot it is said', () => {
  closeAppsAfterEach();
  afterEach(() => vi.restoreAllMocks());

  async function said(imports: Imports, logger: { warn: ReturnType<typeof vi.fn> }): Promise<string[]> {
    await start('express', { imports, providers: [Shop], controllers: [ShopController] }, new Collector());
    return logger.warn.mock.calls.map(([text]) => String(text));
  }
  const logging = () => ({ ...silentLogger, warn: vi.fn() });

  it('that forFeature has nothing to give defaults to', async () => {
    const warn = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
    const features = () => [
      CountlyModule.forFeature({ keyPrefix: 'a_' }),
      CountlyModule.forFeature({ keyPrefix: 'b_' }),
    ];
    const nothing = /forFeature\(\) has no effect/;
    expect(await said(features(), { warn: warn as never })).toEqual([expect.stringMatching(nothing)]);
    warn.mockClear();
    const billing = CountlyModule.forRoot({ ...options(), name: 'billing', bootReport: false });
    expect(await said([billing, ...features()], { warn: warn as never })).toEqual([expect.stringMatching(nothing)]);
    warn.mockClear();
    expect(await said([CountlyModule.forRoot(options()), ...features()], { warn: warn as never })).toEqual([]);
  });

  it('that only a named client is there, and whose methods record nothing', async () => {
    const logger = logging();
    expect(await said([CountlyModule.forRoot({ ...options({ logger }), name: 'billing' })], logger)).toEqual([
      expect.stringMatching(/Only the client "billing" is there.*: Shop\.sell\. .*client: 'billing'/),
    ]);
  });

  it('that options for requests have no effect without scopes', async () => {
    const logger = logging();
    const billing = CountlyModule.forRoot({
      ...options({ logger, deviceId: fromHeader('x-id'), networkTraces: true }),
      name: 'billing',
    });
    expect(await said([CountlyModule.forRoot(options()), billing], logger)).toEqual([
      'The client "billing" opens no scopes for requests, so deviceId, networkTraces have no effect; requestScope: true opens them.',
    ]);
  });

  it.each([
    ['with both', () => [CountlyModule.forRoot(options()), CountlyModule.forRoot({ ...options(), name: 'billing' })]],
    [
      'with scopes',
      () => [CountlyModule.forRoot({ ...options({ requestScope: true, views: true }), name: 'billing' })],
    ],
  ])('nothing where all is well: %s', async (_what, imports) => {
    const warn = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
    expect(await said(imports(), { warn: warn as never })).toEqual([]);
  });
});
