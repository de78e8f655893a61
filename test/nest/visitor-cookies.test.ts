import { createHmac, randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Header,
  Injectable,
  Query,
  Res,
  UseGuards,
} from '@nestjs/common';
import { describe, expect, it, vi } from 'vitest';
import { silentLogger } from '../../lib/index.js';
import { CountlyDeviceId, CountlyModule, type CountlyModuleOptions, fromUser } from '../../nest/index.js';
import { Collector } from './support/collector.js';
import { closeAppsAfterEach, PLATFORMS, type Platform, quiet, start } from './support/platforms.js';

const [OLD, NEW] = ['an old secret of at least 32 characters', 'a new secret of at least 32 characters'];
type Reply = ServerResponse | { raw: ServerResponse; header(name: string, value: string): void; hijack(): void };

@Injectable()
class LoginGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<{ headers: Record<string, string>; user?: object }>();
    if (request.headers['x-login'] !== undefined) request.user = { id: request.headers['x-login'] };
    return true;
  }
}

@Controller()
@UseGuards(LoginGuard)
class WhoController {
  @Get('who')
  who(@CountlyDeviceId() deviceId: string): object {
    return { deviceId };
  }

  @Get('static')
  @Header('Cache-Control', 'public, max-age=600')
  fixed(@CountlyDeviceId() deviceId: string): object {
    return { deviceId };
  }

  /** Says by hand, and late, what caches may do. */
  @Get('late')
  async late(
    @Query('control') control: string,
    @Query('name') name: string,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<object> {
    await new Promise((resolve) => setTimeout(resolve, 1));
    if ('raw' in reply) reply.header(name, control);
    else reply.setHeader(name, control);
    return {};
  }

  @Get('head')
  head(@Query('control') control: string, @Res() reply: Reply): void {
    if ('raw' in reply) reply.hijack();
    const response = 'raw' in reply ? reply.raw : reply;
    response.writeHead(200, { 'Cache-Control': control, 'Set-Cookie': 'own=1' }).end('{}');
  }
}

async function boot(platform: Platform, options: CountlyModuleOptions = {}) {
  const collector = new Collector();
  const running = await start(
    platform,
    {
      imports: [
        CountlyModule.forRoot(
          quiet(collector, {
            deviceId: fromUser<{ id: string }>(({ id }) => id),
            anonymous: { secret: NEW },
            ...options,
          }),
        ),
      ],
      controllers: [WhoController],
    },
    collector,
  );
  const ask = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${running.url}/${path}`, { headers });
    const { deviceId } = (await response.json()) as { deviceId?: string };
    const cookies = response.headers.getSetCookie().filter((cookie) => cookie.startsWith('countly_device'));
    return { deviceId, cookies, cookie: cookies[0]?.split(';')[0] ?? '' };
  };
  const merges = async () => {
    await running.countly.flush();
    return collector.of('merge').map(({ name }) => name);
  };
  return { ...running, ask, merges };
}

describe('the cookie of a visitor that was not made here', () => {
  closeAppsAfterEach();
  const victim = randomUUID();
  const signature = (text: string, secret: string) => createHmac('sha256', secret).update(text).digest('base64url');
  const forged = [
    ['unsigned', victim],
    ['with an empty signature', `${victim}.`],
    ['with any signature', `${victim}.${'a'.repeat(43)}`],
    ['signed without a secret', `${victim}.${signature(victim, '')}`],
    ['signed with the app key', `${victim}.${signature(victim, 'key')}`],
    ['signed for something else', `${victim}.${signature(victim, NEW)}`],
    ['with more behind it', `${victim}.a.b.c`],
    ['as a user id', `user-1.${signature('countly-weave.visitor.user-1', NEW)}`],
  ] as const;

  it.each(forged)('%s, is as if there were none', async (_what, value) => {
    const { ask, merges } = await boot('express');
    const answer = await ask('who', { cookie: `countly_device=${value}` });
    expect(answer.deviceId).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.deviceId).not.toBe(victim);
    expect(answer.cookies).toHaveLength(1);
    await ask('who', { cookie: `countly_device=${value}`, 'x-login': 'attacker' });
    expect(await merges()).toEqual([]);
  });

  it('with the signature of another visitor, is none either', async () => {
    const { ask, merges } = await boot('fastify');
    const { cookie } = await ask('who');
    const borrowed = cookie.replace(/=[^.]+/, `=${victim}`);
    expect((await ask('who', { cookie: borrowed })).deviceId).not.toBe(victim);
    await ask('who', { cookie: borrowed, 'x-login': 'attacker' });
    expect(await merges()).toEqual([]);
  });
});

describe.each(PLATFORMS)('the cookie of a visitor beside others of its name, on %s', (platform) => {
  closeAppsAfterEach();
  const foreign = `countly_device=${randomUUID()}.${'a'.repeat(43)}`;

  it.each([
    ['of another application below the same domain', [foreign]],
    ['that is empty', ['countly_device=']],
    ['of several', ['countly_device', 'countly_device=x', foreign, 'countly_device="']],
  ])('is found behind one %s', async (_what, before) => {
    const { ask, merges } = await boot(platform);
    const { cookie, deviceId } = await ask('who');
    const all = [...before, cookie].join('; ');
    expect(await ask('who', { cookie: all })).toMatchObject({ deviceId, cookies: [] });
    await ask('who', { cookie: all, 'x-login': 'ada' });
    expect(await merges()).toEqual([deviceId]);
  });
});

describe('the secret of visitors’ cookies', () => {
  closeAppsAfterEach();

  it('may be replaced: cookies of the former one hold, and are signed anew', async () => {
    const before = await boot('express', { anonymous: { secret: OLD } });
    const old = await before.ask('who');
    const after = await boot('express', { anonymous: { secret: [NEW, OLD] } });
    const again = await after.ask('who', { cookie: old.cookie });
    expect(again.deviceId).toBe(old.deviceId);
    expect(again.cookie).not.toBe(old.cookie);
    const last = await boot('express', { anonymous: { secret: NEW } });
    expect(await last.ask('who', { cookie: again.cookie })).toMatchObject({ deviceId: old.deviceId, cookies: [] });
    expect((await last.ask('who', { cookie: old.cookie })).deviceId).not.toBe(old.deviceId);
    await after.ask('who', { cookie: old.cookie, 'x-login': 'ada' });
    expect(await after.merges()).toEqual([old.deviceId]);
  });

  it('is the same in every process of an application that was given none', async () => {
    const salted = { appKey: 'shop', salt: 'salt', anonymous: 'cookie' } as const;
    const [one, other] = [await boot('express', salted), await boot('express', salted)];
    const { cookie, deviceId } = await one.ask('who');
    expect((await other.ask('who', { cookie })).deviceId).toBe(deviceId);
    for (const foreign of [
      { ...salted, salt: 'pepper' },
      { ...salted, appKey: 'other' },
    ]) {
      expect((await (await boot('express', foreign)).ask('who', { cookie })).deviceId).not.toBe(deviceId);
    }
  });

  it.each([
    ['said when it can be guessed and would merge users', { anonymous: 'cookie' }, 1],
    ['fine with a salt', { anonymous: 'cookie', salt: 'salt' }, 0],
    ['fine when it was given', { anonymous: { secret: NEW } }, 0],
    ['fine where nothing is merged', { anonymous: { merge: false } }, 0],
    ['fine where nobody logs in', { anonymous: 'cookie', deviceId: () => undefined }, 0],
  ] as const)('is %s', async (_what, options, times) => {
    const warn = vi.fn();
    await boot('express', { ...options, logger: { ...silentLogger, warn } });
    expect(warn.mock.calls.filter(([text]) => String(text).includes('anonymous.secret'))).toHaveLength(times);
  });
});

describe.each(PLATFORMS)('answers that a shared cache may keep, on %s', (platform) => {
  closeAppsAfterEach();

  it('carry no cookie of a visitor', async () => {
    const { ask } = await boot(platform);
    expect((await ask('static')).cookies).toEqual([]);
    expect((await ask('who')).cookies).toHaveLength(1);
  });

  it.each([
    ['Cache-Control', 'public', 0],
    ['Cache-Control', 'Public, Max-Age=60', 0],
    ['Cache-Control', 's-maxage=60', 0],
    ['Cache-Control', 'max-age=31536000, immutable', 0],
    ['Cache-Control', 'max-age=60', 0],
    ['Cache-Control', 'private="x-other", public', 0],
    ['Expires', new Date(Date.now() + 60_000).toUTCString(), 0],
    ['CDN-Cache-Control', 'max-age=60', 0],
    ['Cache-Control', 'private, max-age=60', 1],
    ['Cache-Control', 'no-store', 1],
    ['Cache-Control', 'no-cache', 1],
    ['Cache-Control', 'max-age=0, must-revalidate', 1],
    ['Expires', '0', 1],
    ['X-Other', 'public', 1],
  ])('are told by %s: %s, also when that is set late', async (name, control, cookies) => {
    const { ask } = await boot(platform);
    const query = new URLSearchParams({ name, control });
    expect((await ask(`late?${query.toString()}`)).cookies).toHaveLength(cookies);
  });

  it('may be written by hand, beside cookies of the application', async () => {
    const { url } = await boot(platform);
    const cookies = async (control: string) =>
      (await fetch(`${url}/head?control=${encodeURIComponent(control)}`)).headers
        .getSetCookie()
        .map((one) => one.slice(0, 5));
    expect(await cookies('public')).toEqual(['own=1']);
    expect(await cookies('private')).toEqual(['own=1', 'count']);
  });

  it('do not take a cookie back at a login either', async () => {
    const { ask, merges } = await boot(platform);
    const { cookie, deviceId } = await ask('who');
    expect((await ask('static', { cookie, 'x-login': 'ada' })).cookies).toEqual([]);
    expect((await ask('who', { cookie, 'x-login': 'ada' })).cookies).toEqual([
      'countly_device=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax',
    ]);
    expect(await merges()).toEqual([deviceId]);
  });
});
