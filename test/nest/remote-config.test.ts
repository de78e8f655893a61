import { Controller, Get, ParseIntPipe } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { CountlyDecoratorError, type QueryResult } from '../../lib/index.js';
import {
  CountlyModule,
  type CountlyModuleOptions,
  fromHeader,
  RemoteConfig,
  RequireRemoteConfig,
} from '../../nest/index.js';
import { Collector } from './support/collector.js';
import { closeAppsAfterEach, PLATFORMS, quiet, start } from './support/platforms.js';

/** A server whose operator has set these values for everybody, and others for `vip`. */
class Operator extends Collector {
  asked: string[] = [];
  late = false;
  values: Record<string, unknown> = { label: 'Go', size: 3, list: ['a'], wrong: 'yes', text: '42', open: true };

  override async query(request?: { readonly body: string | Uint8Array }): Promise<QueryResult> {
    const form = new URLSearchParams(String(request?.body));
    // What the client asks by itself.
    if (form.get('method') !== 'rc') return { ok: false, status: 404, message: 'none' };
    const device = form.get('device_id') ?? '';
    this.asked.push(device);
    if (this.late) await new Promise((resolve) => setTimeout(resolve, 400));
    const value = device === 'vip' ? { ...this.values, label: 'At once', tier: { level: 1 } } : this.values;
    return { ok: true, status: 200, value } as QueryResult;
  }
}

@Controller()
class Pages {
  @Get('values')
  values(
    @RemoteConfig('label', 'Buy') label: string,
    @RemoteConfig('size', 1) size: number,
    @RemoteConfig('list', [] as string[]) list: string[],
    @RemoteConfig('wrong', false) wrong: boolean,
    @RemoteConfig('missing', 'none') missing: string,
    @RemoteConfig('text', '0', {}, ParseIntPipe) text: number,
    @RemoteConfig('size') untyped: unknown,
  ): object {
    return { label, size, list, wrong, missing, text, untyped };
  }

  @Get('patient')
  patient(@RemoteConfig('label', 'Buy', { timeout: 20 }) label: string): object {
    return { label };
  }

  @Get('open')
  @RequireRemoteConfig('open')
  open(): object {
    return {};
  }

  @Get('closed')
  @RequireRemoteConfig('missing')
  closed(): object {
    return {};
  }

  @Get('vip')
  @RequireRemoteConfig('tier', { level: 1 })
  vip(): object {
    return {};
  }
}

closeAppsAfterEach();

describe.each(PLATFORMS)('remote config on %s', (platform) => {
  const open = async (more: CountlyModuleOptions = {}) => {
    const operator = new Operator();
    const options = quiet(operator, { deviceId: fromHeader('x-id'), anonymous: 'none', ...more });
    const imports = [CountlyModule.forRoot(options)];
    const { url, countly } = await start(platform, { imports, controllers: [Pages] }, operator);
    const ask = async (path: string, id = 'ada') => {
      const answer = await fetch(`${url}/${path}`, { headers: id === '' ? {} : { 'x-id': id } });
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    };
    return { operator, ask, countly };
  };

  const FALLBACKS = { label: 'Buy', size: 1, list: [], wrong: false, missing: 'none', text: 0 };

  it('gives a handler the values of the visitor, of the type of the fallback', async () => {
    const { ask } = await open();
    const fromServer = { label: 'Go', size: 3, list: ['a'], wrong: false, missing: 'none', text: 42, untyped: 3 };
    expect((await ask('values')).body).toEqual(fromServer);
    expect((await ask('values', 'vip')).body).toMatchObject({ label: 'At once' });
  });

  it('asks once for each visitor, however many parameters and requests there are', async () => {
    const { ask, operator } = await open();
    await Promise.all([ask('values'), ask('values'), ask('values', 'bob')]);
    await ask('open');
    expect(operator.asked.sort()).toEqual(['ada', 'bob']);
  });

  it('gives the fallback in time when the server is late, and its value with a later request', async () => {
    const { ask, operator } = await open();
    operator.late = true;
    const began = performance.now();
    expect((await ask('patient')).body).toEqual({ label: 'Buy' });
    expect(performance.now() - began).toBeLessThan(350);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect((await ask('patient')).body).toEqual({ label: 'Go' });
  });

  it('gives the fallbacks without consent, to nobody, and where telemetry is off', async () => {
    const silent = await open({ consent: () => ['events'] });
    expect((await silent.ask('values')).body).toEqual(FALLBACKS);
    expect(silent.operator.asked).toEqual([]);
    const nobody = await open();
    expect((await nobody.ask('values', '')).body).toEqual(FALLBACKS);
    const off = await open({ disabled: true });
    expect((await off.ask('values')).body).toEqual(FALLBACKS);
  });

  it('gives nothing that was known before the visitor withdrew', async () => {
    const { ask, countly } = await open({ requireConsent: true });
    countly.device('ada').giveConsent('remote-config');
    expect((await ask('values')).body).toMatchObject({ label: 'Go' });
    countly.device('ada').removeConsent('remote-config');
    expect((await ask('values')).body).toEqual(FALLBACKS);
  });

  it('opens what is switched on, for whom it is', async () => {
    const { ask } = await open();
    expect((await ask('open')).status).toBe(200);
    expect(await ask('closed')).toMatchObject({ status: 403, body: { message: 'Not switched on for you: missing' } });
    expect((await ask('vip')).status).toBe(403);
    expect((await ask('vip', 'vip')).status).toBe(200);
    expect((await ask('open', '')).status).toBe(403);
  });
});

describe('what stands on a handler', () => {
  it.each([
    [() => RemoteConfig('' as string), '@RemoteConfig: key: expected a non-empty text'],
    [() => RemoteConfig(undefined as unknown as string), '@RemoteConfig: key: expected a non-empty text, got nothing'],
    [() => RequireRemoteConfig(5 as unknown as string), '@RequireRemoteConfig: key: expected a non-empty text, got'],
    [() => RemoteConfig('a', 1, { timeout: 0 }), '@RemoteConfig: options.timeout: expected milliseconds'],
    [() => RequireRemoteConfig('a', 1, { wait: 1 } as object), 'expected one of timeout, maxAge'],
  ])('is refused there %#', (make, message) => {
    expect(make).toThrow(CountlyDecoratorError);
    expect(make).toThrow(message);
  });
});
