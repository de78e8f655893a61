import { createHmac } from 'node:crypto';
import { Controller, Get, Injectable } from '@nestjs/common';
import { EventEmitter2, EventEmitterModule, OnEvent } from '@nestjs/event-emitter';
import { Test } from '@nestjs/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type ConsentFeature, Countly, CountlyConfigError, silentLogger } from '../../lib/index.js';
import { contextScope } from '../../lib/internal.js';
import {
  CARRIER_HEADER,
  CountlyCarrier,
  CountlyModule,
  type CountlyModuleOptions,
  carrierHeaders,
  countlyCarrier,
  fromCarrier,
  fromHeader,
  withCarrier,
} from '../../nest/index.js';
import { Collector } from './support/collector.js';
import { closeAppsAfterEach, PLATFORMS, type Platform, quiet, start } from './support/platforms.js';

const SECRET = 'a secret of more than thirty-two characters';
const OTHER = 'another secret of more than thirty-two characters';

@Injectable()
class Mails {
  @OnEvent('order')
  onOrder(_order: { countly?: string }): void {
    contextScope()?.addEvent('mail');
  }
}

@Controller()
class Shop {
  constructor(private readonly emitter: EventEmitter2) {}

  @Get('carrier')
  carrier(@CountlyCarrier() carrier: string | undefined): unknown {
    return { carrier: carrier ?? null, headers: carrierHeaders() };
  }

  @Get('who')
  who(): unknown {
    contextScope()?.addEvent('who');
    return { who: contextScope()?.deviceId };
  }

  @Get('order')
  order(): unknown {
    this.emitter.emit('order', { countly: countlyCarrier() });
    return {};
  }
}

async function boot(platform: Platform, options: CountlyModuleOptions = {}) {
  const collector = new Collector();
  const carrier = { secret: SECRET };
  const running = await start(
    platform,
    {
      imports: [
        EventEmitterModule.forRoot(),
        CountlyModule.forRoot(quiet(collector, { carrier, deviceId: [fromCarrier(), fromHeader('x-id')], ...options })),
      ],
      controllers: [Shop],
      providers: [Mails],
    },
    collector,
  );
  const ask = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${running.url}/${path}`, { headers });
    return (await response.json()) as { carrier: string; who: string; headers: Record<string, string> };
  };
  return { ...running, ask };
}

/** A carrier made by hand, as an attacker who knows everything but the secret would, or who knows the secret as well. */
function forge(payload: unknown, secret = SECRET, version = 'v1'): string {
  const json = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const text = `${version}.${Buffer.from(json).toString('base64url')}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

const now = () => Math.floor(Date.now() / 1000);

describe.each(PLATFORMS)('a carrier on %s', (platform) => {
  closeAppsAfterEach();

  it('takes the person to the next service', async () => {
    const [shop, stock] = [await boot(platform), await boot(platform)];
    const { headers } = await shop.ask('carrier', { 'x-id': 'ada' });
    expect(Object.keys(headers)).toEqual([CARRIER_HEADER]);
    expect((await stock.ask('who', headers)).who).toBe('ada');
    expect(await stock.events()).toEqual({ ada: ['who'] });
  });

  it('holds the device id, the consent and its age, and nothing else', async () => {
    const { ask } = await boot(platform, { consent: () => ['events', 'crashes'] });
    const { carrier } = await ask('carrier', { 'x-id': 'ada', 'user-agent': 'secret-agent', cookie: 'session=4711' });
    const [version, payload] = carrier.split('.');
    expect(version).toBe('v1');
    expect(JSON.parse(Buffer.from(String(payload), 'base64url').toString())).toEqual({
      d: 'ada',
      c: ['events', 'crashes'],
      t: expect.closeTo(now(), -1),
    });
  });

  it('names nobody where there is nobody to name', async () => {
    const anonymous = await boot(platform);
    expect((await anonymous.ask('carrier')).carrier).toBeNull();
    const none = await boot(platform, { anonymous: 'none' });
    const { carrier } = await none.ask('carrier');
    expect((await anonymous.ask('who', { [CARRIER_HEADER]: carrier })).who).toBe('');
    expect(anonymous.countly.stats()).toMatchObject({ accepted: 0, dropped: {} });
  });
});

describe('a carrier', () => {
  closeAppsAfterEach();
  afterEach(() => vi.restoreAllMocks());

  it.each<[string, () => string]>([
    ['forged', () => forge({ d: 'admin', t: now() }, OTHER)],
    ['cut', () => forge({ d: 'admin', t: now() }).slice(0, -1)],
    [
      'with another payload',
      () => forge({ d: 'ada', t: now() }).replace(/\.(.*)\./, `.${btoa(`{"d":"admin","t":${now()}}`)}.`),
    ],
    ['of another version', () => forge({ d: 'admin', t: now() }, SECRET, 'v2')],
    ['without a signature', () => forge({ d: 'admin', t: now() }).replace(/\.[^.]*$/, '.')],
    ['too old', () => forge({ d: 'admin', t: now() - 604_801 })],
    ['from the future', () => forge({ d: 'admin', t: now() + 1000 })],
    ['without an age', () => forge({ d: 'admin' })],
    ['for an id that cannot be one', () => forge({ d: '[CLY]_temp_id', t: now() })],
    ['that is no object', () => forge('null')],
    ['that is no JSON', () => forge('{')],
    ['that is too long', () => forge({ d: 'ada', t: now(), x: 'x'.repeat(4096) })],
    ['that is nonsense', () => 'v1.....'],
  ])('%s is ignored with one warning', async (_name, make) => {
    const warn = vi.fn();
    const { ask, events } = await boot('express', { logger: { ...silentLogger, warn } });
    const headers = { [CARRIER_HEADER]: make(), 'x-id': 'visitor' };
    for (let i = 0; i < 3; i++) expect((await ask('who', headers)).who).toBe('visitor');
    expect(await events()).toEqual({ visitor: ['who', 'who', 'who'] });
    expect(warn.mock.calls.filter(([text]) => String(text).includes('carrier is ignored'))).toHaveLength(1);
  });

  it('is accepted as long as maxAge says', async () => {
    const { ask } = await boot('express', { carrier: { secret: SECRET, maxAge: 60 } });
    const carrier = forge({ d: 'ada', t: now() });
    expect((await ask('who', { [CARRIER_HEADER]: carrier })).who).toBe('ada');
    const later = Date.now() + 61_000;
    vi.spyOn(Date, 'now').mockReturnValue(later);
    expect((await ask('who', { [CARRIER_HEADER]: carrier })).who).toBe('the-process');
  });

  it('can change its secret while old ones are under way', async () => {
    const { ask } = await boot('express', { carrier: { secret: [OTHER, SECRET] } });
    expect((await ask('who', { [CARRIER_HEADER]: forge({ d: 'ada', t: now() }) })).who).toBe('ada');
    const { carrier } = await ask('carrier', { 'x-id': 'ada' });
    const before = await boot('express');
    expect((await before.ask('who', { [CARRIER_HEADER]: carrier })).who).toBe('the-process');
  });

  it('is recognised on an event', async () => {
    const { ask, events } = await boot('express');
    await ask('order', { 'x-id': 'ada' });
    expect(await events()).toEqual({ ada: ['mail'] });
  });

  it('lets any consumer run in its scope', async () => {
    const { app, events } = await boot('express');
    const countly = app.get(Countly);
    const carrier = countly.run({ deviceId: 'ada' }, () => countlyCarrier());
    const record = () => {
      contextScope()?.addEvent('consumed');
      return contextScope()?.deviceId;
    };
    expect(withCarrier(carrier, record, countly)).toBe('ada');
    expect(withCarrier(carrier, record)).toBe('ada');
    for (const none of [undefined, null, '', 'v1.a.b']) expect(withCarrier(none, record)).toBeUndefined();
    expect(countly.run({ deviceId: 'bob' }, () => withCarrier('v1.a.b', record))).toBe('bob');
    expect(await events()).toEqual({ ada: ['consumed', 'consumed'], bob: ['consumed'] });
  });

  it('keeps two applications in one process apart', async () => {
    const [a, b] = [await boot('express'), await boot('express', { carrier: { secret: OTHER } })];
    const carrier = a.countly.run({ deviceId: 'ada' }, () => countlyCarrier());
    expect(withCarrier(carrier, () => contextScope()?.deviceId, a.countly)).toBe('ada');
    expect(withCarrier(carrier, () => contextScope()?.deviceId, b.countly)).toBeUndefined();
  });

  it('is nothing without the option', async () => {
    const countly = new Countly({ url: 'http://127.0.0.1:1', disabled: true });
    expect(countlyCarrier()).toBeUndefined();
    expect(countly.run({ deviceId: 'ada' }, () => carrierHeaders())).toEqual({});
    expect(withCarrier(forge({ d: 'ada', t: now() }), () => 'ran', countly)).toBe('ran');
  });

  it('is refused at boot when it could not hold', async () => {
    const problems = async (options: object) => {
      const wrong = quiet(new Collector(), options as CountlyModuleOptions);
      const boot = Test.createTestingModule({ imports: [CountlyModule.forRoot(wrong)] }).compile();
      const error = (await boot.catch((reason: unknown) => reason)) as CountlyConfigError;
      expect(error).toBeInstanceOf(CountlyConfigError);
      expect(error.message).not.toContain('short secret');
      return error.problems.map(({ option }) => option);
    };
    expect(await problems({ carrier: { secret: 'short secret' } })).toEqual(['carrier.secret']);
    expect(await problems({ carrier: { secret: [SECRET, 'short secret'] } })).toEqual(['carrier.secret']);
    expect(await problems({ carrier: { secret: [] } })).toEqual(['carrier.secret']);
    expect(await problems({ carrier: {} })).toEqual(['carrier.secret']);
    expect(await problems({ carrier: 'x' })).toEqual(['carrier']);
    expect(await problems({ carrier: { secret: SECRET, maxAge: 0, hosts: ['http://a'] } })).toEqual([
      'carrier.maxAge',
      'carrier.hosts',
    ]);
    expect(await problems({ deviceId: fromCarrier() })).toEqual(['carrier']);
  });
});

describe('consent that was carried', () => {
  closeAppsAfterEach();

  const carry = (consent: readonly ConsentFeature[]) => forge({ d: 'ada', c: consent, t: now() });
  const boots = () => boot('express', { deviceId: fromCarrier(), requireConsent: true });

  it('holds for the work it came with, and is no news for the server', async () => {
    const { ask, events, collector, countly } = await boots();
    await ask('who', { [CARRIER_HEADER]: carry(['events']) });
    await ask('who', { [CARRIER_HEADER]: carry(['crashes']) });
    for (const features of [['events'], ['crashes']] as const) {
      withCarrier(carry(features), () => contextScope()?.addEvent('job'), countly);
    }
    expect(await events()).toEqual({ ada: ['who', 'job'] });
    expect(collector.of('consent').filter(({ deviceId }) => deviceId === 'ada')).toEqual([]);
  });

  it('never brings back what the person has withdrawn here since', async () => {
    const { ask, events, countly } = await boots();
    countly.device('ada').giveConsent('events');
    countly.device('ada').removeConsent('events');
    await ask('who', { [CARRIER_HEADER]: carry(['events']) });
    expect(await events()).toEqual({});
  });

  it('is not invented where nobody was asked', async () => {
    const [shop, worker] = [await boot('express'), await boots()];
    const { headers } = await shop.ask('carrier', { 'x-id': 'ada' });
    await worker.ask('who', headers);
    expect(await worker.events()).toEqual({});
  });
});
