import { type CanActivate, Controller, type ExecutionContext, Get, Injectable, UseGuards } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { describe, expect, it, vi } from 'vitest';
import { CountlyConfigError, silentLogger } from '../../lib/index.js';
import { contextScope } from '../../lib/internal.js';
import {
  afterGuards,
  CountlyDeviceId,
  CountlyModule,
  type CountlyModuleOptions,
  type DeviceIdResolver,
  fromCookie,
  fromHeader,
  fromUser,
} from '../../nest/index.js';
import { Collector } from './support/collector.js';
import { closeAppsAfterEach, PLATFORMS, type Platform, quiet, start } from './support/platforms.js';

@Injectable()
class LoginGuard implements CanActivate {
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<{ headers: Record<string, string>; user?: unknown }>();
    await Promise.resolve();
    contextScope()?.addEvent('guard');
    contextScope()?.addBreadcrumb('guard');
    if (request.headers['x-login'] !== undefined) request.user = { id: request.headers['x-login'] };
    return true;
  }
}

@Controller()
class WhoController {
  @Get('who')
  who(@CountlyDeviceId() deviceId: string | undefined) {
    contextScope()?.addEvent('handler');
    return { deviceId: deviceId ?? null };
  }

  @Get('login')
  @UseGuards(LoginGuard)
  login(@CountlyDeviceId() deviceId: string | undefined) {
    contextScope()?.addEvent('handler');
    return { deviceId: deviceId ?? null };
  }
}

async function boot(platform: Platform, options: CountlyModuleOptions) {
  const collector = new Collector();
  const running = await start(
    platform,
    { imports: [CountlyModule.forRoot(quiet(collector, options))], controllers: [WhoController] },
    collector,
  );
  const ask = async (headers: Record<string, string> = {}, path = 'who') => {
    const response = await fetch(`${running.url}/${path}`, { headers });
    const { deviceId } = (await response.json()) as { deviceId: string | null };
    const cookies = response.headers.getSetCookie();
    return { deviceId, cookies, cookie: cookies[0]?.split(';')[0] ?? '' };
  };
  return { ...running, ask };
}

describe.each(PLATFORMS)('identity on %s', (platform) => {
  closeAppsAfterEach();

  it('takes the first resolver that answers', async () => {
    const { ask } = await boot(platform, { deviceId: [fromHeader('X-One'), fromCookie('two'), () => 'three'] });
    expect((await ask({ 'x-one': 'h', cookie: 'two=c' })).deviceId).toBe('h');
    expect((await ask({ cookie: 'x=1; two=c%20d' })).deviceId).toBe('c d');
    expect((await ask()).deviceId).toBe('three');
  });

  it('refuses ids that cannot be one, and asks the next resolver', async () => {
    const { ask } = await boot(platform, { deviceId: [fromHeader('x-id'), () => 42] });
    for (const bad of ['x'.repeat(257), '00000000-0000-0000-0000-000000000000', '[CLY]_temp_id', ' ']) {
      expect((await ask({ 'x-id': bad })).deviceId).toBe('42');
    }
  });

  it('contains resolvers that throw, reject or never answer, and warns once', async () => {
    const warn = vi.fn();
    const broken: DeviceIdResolver[] = [
      () => {
        throw new Error('broken');
      },
      () => Promise.reject(new Error('refused')),
      () => new Promise<string>(() => {}),
      async () => 'async-answer',
    ];
    const { ask } = await boot(platform, {
      deviceId: broken,
      resolverTimeout: 20,
      logger: { ...silentLogger, warn },
    });
    expect((await ask()).deviceId).toBe('async-answer');
    expect((await ask()).deviceId).toBe('async-answer');
    expect(warn.mock.calls.map(([text]) => String(text)).filter((text) => text.includes('resolver'))).toHaveLength(3);
  });

  it('learns of the user after the guards; what was recorded before stays with the earlier identity', async () => {
    const { ask, events } = await boot(platform, {
      deviceId: [fromUser<{ id: string }>((user) => user.id), fromHeader('x-visitor')],
    });
    expect((await ask({ 'x-visitor': 'anna', 'x-login': 'user-1' }, 'login')).deviceId).toBe('user-1');
    expect((await ask({ 'x-visitor': 'berta' }, 'login')).deviceId).toBe('berta');
    expect(await events()).toEqual({
      anna: ['guard'],
      'user-1': ['handler'],
      berta: ['guard', 'handler'],
    });
  });

  it('prefers an earlier resolver over the user', async () => {
    const { ask } = await boot(platform, {
      deviceId: [fromHeader('x-visitor'), fromUser<{ id: string }>((user) => user.id)],
    });
    expect((await ask({ 'x-visitor': 'anna', 'x-login': 'user-1' }, 'login')).deviceId).toBe('anna');
    expect((await ask({ 'x-login': 'user-1' }, 'login')).deviceId).toBe('user-1');
    expect((await ask({}, 'login')).deviceId).toBe('the-process');
  });

  it('gives resolvers the execution context when they ask for it', async () => {
    const { ask } = await boot(platform, {
      deviceId: afterGuards(async (context) => `${context.execution?.getClass().name}`),
    });
    expect((await ask()).deviceId).toBe('WhoController');
  });

  it('knows the address of the end user', async () => {
    const { ask } = await boot(platform, { deviceId: (context) => `ip ${context.ip}` });
    expect((await ask({ 'x-forwarded-for': '203.0.113.9' })).deviceId).toMatch(/^ip (::ffff:)?127\.0\.0\.1$/);
  });

  it('leaves ignored requests without a scope', async () => {
    const { ask, events } = await boot(platform, {
      deviceId: () => 'someone',
      ignore: (context) => context.header('user-agent') === 'probe',
    });
    expect((await ask({ 'user-agent': 'probe' })).deviceId).toBeNull();
    expect(await events()).toEqual({});
  });
});

describe.each(PLATFORMS)('visitors nobody knows, on %s', (platform) => {
  closeAppsAfterEach();

  it('records them under the process by default', async () => {
    const { ask, events } = await boot(platform, { deviceId: fromHeader('x-id') });
    expect((await ask()).deviceId).toBe('the-process');
    expect(await events()).toEqual({ 'the-process': ['handler'] });
  });

  it('records nothing with "none"', async () => {
    const warn = vi.fn();
    const { ask, events, countly } = await boot(platform, {
      deviceId: fromHeader('x-id'),
      anonymous: 'none',
      networkTraces: true,
      views: true,
      logger: { ...silentLogger, warn },
    });
    expect((await ask()).deviceId).toBeNull();
    expect(await events()).toEqual({});
    // It is meant so: neither a loss to be counted, nor anything to be warned of.
    expect(countly.stats()).toMatchObject({ accepted: 0, dropped: {} });
    expect(warn).not.toHaveBeenCalled();
  });

  it('gives them a cookie of their own, and takes it back', async () => {
    const { ask } = await boot(platform, { deviceId: fromHeader('x-id'), anonymous: 'cookie' });
    const first = await ask();
    expect(first.deviceId).toMatch(/^[0-9a-f-]{36}$/);
    expect(first.cookies).toEqual([
      expect.stringMatching(
        new RegExp(`^countly_device=${first.deviceId}\\.[\\w-]{43}; Max-Age=31536000; Path=/; HttpOnly; SameSite=Lax$`),
      ),
    ]);
    const again = await ask({ cookie: `a=b; ${first.cookie}` });
    expect(again).toMatchObject({ deviceId: first.deviceId, cookies: [] });
    expect((await ask({ 'x-id': 'known' })).cookies).toEqual([]);
  });

  it('never takes back an id that is not of its own making', async () => {
    const { ask } = await boot(platform, { anonymous: { cookie: 'v', maxAge: 60, sameSite: 'Strict', secure: true } });
    const answer = await ask({ cookie: 'v=admin' });
    expect(answer.deviceId).not.toBe('admin');
    expect(answer.cookies).toEqual([`${answer.cookie}; Max-Age=60; Path=/; HttpOnly; SameSite=Strict; Secure`]);
  });

  it('gives concurrent visitors different ids', async () => {
    const { ask } = await boot(platform, { anonymous: 'cookie' });
    const ids = await Promise.all(Array.from({ length: 50 }, async () => (await ask()).deviceId));
    expect(new Set(ids).size).toBe(50);
  });

  it('become the user they log in as, once', async () => {
    const { ask, countly, collector } = await boot(platform, {
      deviceId: fromUser<{ id: string }>((user) => user.id),
      anonymous: 'cookie',
    });
    const { deviceId: visitor, cookie } = await ask({}, 'who');
    const login = await ask({ cookie, 'x-login': 'user-1' }, 'login');
    expect(login).toMatchObject({
      deviceId: 'user-1',
      cookies: ['countly_device=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax'],
    });
    await ask({ cookie, 'x-login': 'user-1' }, 'login');
    await ask({ 'x-login': 'user-1' }, 'login');
    await countly.flush();
    expect(collector.of('merge').map(({ deviceId, name }) => [deviceId, name])).toEqual([['user-1', visitor]]);
  });

  it('stay somebody else when asked to', async () => {
    const { ask, countly, collector } = await boot(platform, {
      deviceId: fromUser<{ id: string }>((user) => user.id),
      anonymous: { merge: false },
    });
    const { cookie } = await ask();
    expect((await ask({ cookie, 'x-login': 'user-1' }, 'login')).cookies).toEqual([]);
    await countly.flush();
    expect(collector.of('merge')).toEqual([]);
  });
});

describe('the cookie of anonymous visitors', () => {
  const problems = async (anonymous: object): Promise<string[]> => {
    const wrong = quiet(new Collector(), { anonymous } as CountlyModuleOptions);
    const boot = Test.createTestingModule({ imports: [CountlyModule.forRoot(wrong)] }).compile();
    const error = (await boot.catch((reason: unknown) => reason)) as CountlyConfigError;
    expect(error).toBeInstanceOf(CountlyConfigError);
    return error.problems.map(({ option }) => option);
  };

  it.each([
    [{ domain: 'x\r\n' }, 'domain'],
    [{ domain: 'shop.example; Path=/admin' }, 'domain'],
    [{ path: 'shop' }, 'path'],
    [{ path: '/a;b' }, 'path'],
    [{ cookie: 'a=b' }, 'cookie'],
    [{ cookie: '' }, 'cookie'],
    [{ maxAge: Number.NaN }, 'maxAge'],
    [{ maxAge: '60' }, 'maxAge'],
    [{ sameSite: 'none' }, 'sameSite'],
    [{ sameSite: 'None' }, 'secure'],
    [{ cookie: '__Secure-v', secure: false }, 'secure'],
    [{ cookie: '__Host-v', secure: true, domain: 'shop.example' }, 'domain'],
    [{ merge: 'yes' }, 'merge'],
    [{ secret: 'short' }, 'secret'],
    [{ secret: [] }, 'secret'],
    [{ secret: ['x'.repeat(32), 7] }, 'secret'],
    [{ maxage: 60 }, 'maxage'],
  ])('cannot be set with %j', async (anonymous, option) => {
    expect(await problems(anonymous)).toEqual([`anonymous.${option}`]);
  });

  it('has all its problems told at once', async () => {
    expect(await problems({ domain: 1, sameSite: 'Lax', httpOnly: true })).toEqual([
      'anonymous.domain',
      'anonymous.httpOnly',
    ]);
  });
});
