import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Injectable,
  NotFoundException,
  Post,
  UseGuards,
} from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { io } from 'socket.io-client';
import { describe, expect, it, vi } from 'vitest';
import { CountlyConfigError, type DeviceScope, silentLogger, TrackEvent, WithDevice } from '../../lib/index.js';
import {
  CountlyModule,
  type CountlyModuleOptions,
  CurrentScope,
  fromHeader,
  fromUser,
  type RequestContext,
} from '../../nest/index.js';
import { Collector } from './support/collector.js';
import { closeAppsAfterEach, PLATFORMS, quiet, start } from './support/platforms.js';
import { closeVisitedAfterEach, openTo, type VisitedOptions } from './support/visitors.js';

@Injectable()
class LoginGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<{ headers: Record<string, string>; user?: object }>();
    if (request.headers['x-login'] !== undefined) request.user = { id: request.headers['x-login'] };
    return request.headers['x-refused'] === undefined;
  }
}

@Injectable()
class Reminders {
  @WithDevice(({ args: [id] }) => id)
  @TrackEvent('reminded')
  remind(_id: string): void {}
}

@Controller()
@UseGuards(LoginGuard)
class Shop {
  @Get()
  @TrackEvent('looked')
  look(): string {
    return 'a page';
  }

  @Get('gone')
  gone(): never {
    throw new NotFoundException();
  }

  @Post('logout')
  logout(@CurrentScope() scope: DeviceScope): void {
    scope.changeId('somebody-else');
  }

  @Post('over')
  over(@CurrentScope() scope: DeviceScope): void {
    scope.endSession();
  }

  @Post('agree')
  agree(@CurrentScope() scope: DeviceScope): void {
    scope.giveConsent('sessions', 'location');
  }
}

const ADA = { 'x-id': 'ada' };
const MINUTE = 60_000;

closeVisitedAfterEach();
closeAppsAfterEach();

describe.each(PLATFORMS)('sessions of visitors on %s', (platform) => {
  const open = (module: CountlyModuleOptions = {}, client: VisitedOptions['client'] = {}) =>
    openTo(platform, {
      module: { deviceId: fromHeader('x-id'), sessions: true, ...module },
      client,
      controllers: [Shop],
      providers: [Reminders],
    });

  it('begin with the first request, before anything of it, and with what it says of the device', async () => {
    const shop = await open({}, { appVersion: '7.1' });
    await shop.ask('/', { ...ADA, 'accept-language': 'de-AT,de;q=0.9' });
    await shop.client.flush();
    const [first] = shop.transport.delivered;
    expect(first?.parameters).toMatchObject({
      device_id: 'ada',
      begin_session: 1,
      ip_address: '127.0.0.1',
      metrics: {
        ...{ _browser: 'Chrome', _browser_version: '126.0', _os: 'Windows', _os_version: '10' },
        ...{ _device: 'Desktop', _device_type: 'desktop', _locale: 'de_AT', _app_version: '7.1' },
      },
    });
  });

  it('tell the place that something in front of the application knows', async () => {
    const place = (context: RequestContext) => ({ countryCode: context.header('cf-ipcountry'), city: 'Graz' });
    const shop = await open({ place });
    await shop.ask('/', { ...ADA, 'cf-ipcountry': 'at' });
    const [begin] = await shop.requestsOf('begin_session');
    expect(begin?.parameters).toMatchObject({ country_code: 'AT', city: 'Graz', ip_address: '127.0.0.1' });
  });

  it('tell nothing of this machine where the request says nothing', async () => {
    const shop = await open();
    await shop.ask('/', { ...ADA, 'user-agent': 'ShopClient', 'accept-language': '*' });
    const [begin] = await shop.requestsOf('metrics');
    const unknown = { _os: 'unknown', _os_version: 'unknown', _device: 'unknown', _device_type: 'unknown' };
    expect(begin?.parameters['metrics']).toEqual({ ...unknown, _locale: 'unknown', _app_version: '0.0.0' });
  });

  it('believe the hints of a browser before its frozen name, and the application before both', async () => {
    const shop = await open({ sessions: { metrics: () => ({ _resolution: '390x844', _browser: 'Kiosk' }) } });
    const hints = {
      'sec-ch-ua': '"Chromium";v="126", "Brave";v="126", "Not/A)Brand";v="8"',
      'sec-ch-ua-platform': '"Windows"',
      'sec-ch-ua-platform-version': '"15.0.0"',
    };
    await shop.ask('/', { ...ADA, ...hints });
    const [begin] = await shop.requestsOf('metrics');
    expect(begin?.parameters['metrics']).toMatchObject({
      ...{ _os: 'Windows', _os_version: '11', _browser: 'Kiosk', _resolution: '390x844' },
    });
  });

  it('believe no hint that no browser sends', async () => {
    const shop = await open();
    const hints = { 'sec-ch-ua-platform': '"constructor"', 'sec-ch-ua-platform-version': '"many.words"' };
    await shop.ask('/', { ...ADA, ...hints, 'sec-ch-ua-model': '<b>"' });
    const [begin] = await shop.requestsOf('metrics');
    expect(begin?.parameters['metrics']).toMatchObject({ _os: 'Windows', _os_version: '10', _device: 'Desktop' });
  });

  it('go on with each request, and end as of the last one', async () => {
    const shop = await open();
    await shop.ask('/', ADA);
    await shop.pass(10 * MINUTE);
    await shop.ask('/', ADA);
    const last = shop.clock.now();
    await shop.pass(29 * MINUTE);
    expect(await shop.sessions()).not.toContain('ada end');
    await shop.pass(2 * MINUTE);
    expect(total(await shop.sessions())).toEqual({ 'ada begin': 1, 'ada seconds': 600, 'ada end': 1 });
    const [end] = await shop.requestsOf('end_session');
    expect(end?.timestamp).toBeGreaterThanOrEqual(last);
    expect(end?.timestamp).toBeLessThan(last + MINUTE);
  });

  it('begin anew after the end, counted also when that is soon', async () => {
    const shop = await open({ sessions: { idleTimeout: 5 } });
    await shop.ask('/', ADA);
    await shop.pass(6000);
    await shop.ask('/', ADA);
    const begins = await shop.requestsOf('begin_session');
    expect(begins.map(({ parameters }) => parameters['ignore_cooldown'])).toEqual([undefined, 1]);
  });

  it('last as long as is asked for, also longer than a device is remembered by default', async () => {
    const shop = await open({ sessions: { idleTimeout: 7200 } }, { deviceIdleTimeout: 7200 });
    await shop.ask('/', ADA);
    await shop.pass(119 * MINUTE);
    expect(total(await shop.sessions())).toEqual({ 'ada begin': 1 });
    await shop.pass(2 * MINUTE);
    expect(total(await shop.sessions())).toEqual({ 'ada begin': 1, 'ada end': 1 });
  });

  it('are neither begun nor kept open by work in the background', async () => {
    const shop = await open();
    const reminders = shop.app.get(Reminders);
    reminders.remind('bob');
    await shop.ask('/', ADA);
    await shop.pass(25 * MINUTE);
    reminders.remind('ada');
    await shop.pass(6 * MINUTE);
    const { 'ada seconds': _, ...rest } = total(await shop.sessions());
    expect(rest).toEqual({ 'ada begin': 1, 'ada end': 1 });
  });

  it('end at the logout, and somebody else’s begins', async () => {
    const shop = await open();
    await shop.ask('/', ADA);
    await shop.pass(MINUTE);
    await shop.ask('/logout', ADA, 'POST');
    expect(total(await shop.sessions())).toEqual({
      ...{ 'ada begin': 1, 'ada seconds': 60, 'ada end': 1, 'somebody-else begin': 1 },
    });
    // Whoever that is may never come again.
    await shop.pass(31 * MINUTE);
    expect(total(await shop.sessions())['somebody-else end']).toBe(1);
  });

  it('end by hand, and begin anew with the next request', async () => {
    const shop = await open();
    await shop.ask('/', ADA);
    await shop.ask('/over', ADA, 'POST');
    expect(total(await shop.sessions())).toEqual({ 'ada begin': 1, 'ada end': 1 });
    await shop.ask('/', ADA);
    expect(total(await shop.sessions())).toEqual({ 'ada begin': 2, 'ada end': 1 });
  });

  it('end with the application', async () => {
    const shop = await open();
    await shop.ask('/', ADA);
    await shop.ask('/', { 'x-id': 'bob' });
    await shop.app.close();
    await shop.client.close();
    const ends = shop.transport.delivered.filter(({ parameters }) => parameters['end_session'] !== undefined);
    expect(ends.map(({ deviceId }) => deviceId).sort()).toEqual(['ada', 'bob']);
  });

  it('are as many as a client remembers devices', async () => {
    const shop = await open({}, { maxDevices: 2 });
    for (const id of ['a', 'b', 'c']) await shop.ask('/', { 'x-id': id });
    expect(total(await shop.sessions())).toEqual({ 'a begin': 1, 'a end': 1, 'b begin': 1, 'c begin': 1 });
  });

  describe('need consent', () => {
    const asking = [{ consent: () => undefined }, { requireConsent: true }] as const;

    it('to sessions', async () => {
      const shop = await open({ consent: () => ['events'] }, { requireConsent: true });
      await shop.ask('/', ADA);
      expect(await shop.sessions()).toEqual([]);
      expect(shop.client.stats().dropped.consent ?? 0).toBe(0);
    });

    it('and begin with the next request once it is given', async () => {
      const shop = await open(...asking);
      await shop.ask('/', ADA);
      await shop.ask('/agree', ADA, 'POST');
      expect(await shop.sessions()).toEqual([]);
      await shop.ask('/', ADA);
      expect(await shop.sessions()).toEqual(['ada begin']);
    });

    it('and end when it is withdrawn', async () => {
      const shop = await open(...asking);
      await shop.ask('/agree', ADA, 'POST');
      await shop.ask('/', ADA);
      await shop.client.flush();
      shop.client.device('ada').removeConsent('sessions');
      await shop.ask('/', ADA);
      expect(total(await shop.sessions())).toEqual({ 'ada begin': 1, 'ada end': 1 });
    });
  });

  describe('belong to who logs in', () => {
    const withLogin: CountlyModuleOptions = { deviceId: fromUser<{ id: string }>(({ id }) => id), anonymous: 'cookie' };

    it('as one session from the first page on', async () => {
      const shop = await open(withLogin);
      const [cookie = ''] = (await shop.ask('/'))[0]?.split(';') ?? [];
      const [visitor = ''] = cookie.split('=')[1]?.split('.') ?? [];
      await shop.pass(MINUTE);
      await shop.ask('/', { cookie, 'x-login': 'user-1' });
      await shop.pass(MINUTE);
      await shop.ask('/', { 'x-login': 'user-1' });
      await shop.pass(31 * MINUTE);
      const sums = total(await shop.sessions());
      expect(sums[`${visitor} begin`]).toBe(1);
      expect(sums['user-1 begin']).toBeUndefined();
      expect(sums['user-1 end']).toBe(1);
      expect((sums[`${visitor} seconds`] ?? 0) + (sums['user-1 seconds'] ?? 0)).toBe(120);
    });

    it('and not to an id that nobody keeps, also where no guard is through', async () => {
      const shop = await open(withLogin);
      for (const path of ['/', '/no/such/page']) await shop.ask(path, { 'x-login': 'user-1' });
      await shop.ask('/', { 'x-login': 'user-1', 'x-refused': '1' });
      expect(await shop.sessions()).toEqual(['user-1 begin']);
    });

    it('and to the visitor of a page that a guard refuses', async () => {
      const shop = await open(withLogin);
      const [cookie = ''] = (await shop.ask('/'))[0]?.split(';') ?? [];
      await shop.pass(25 * MINUTE);
      await shop.ask('/', { cookie, 'x-refused': '1' });
      await shop.pass(25 * MINUTE);
      await shop.ask('/', { cookie });
      expect((await shop.sessions()).filter((line) => line.endsWith(' begin'))).toHaveLength(1);
    });
  });

  describe('are nobody’s', () => {
    it('where no visitor is known', async () => {
      for (const anonymous of ['process', 'none'] as const) {
        const shop = await open({ anonymous });
        await shop.ask('/');
        expect(await shop.sessions()).toEqual([]);
      }
    });

    it.each([
      ['a crawler', { ...ADA, 'user-agent': 'Mozilla/5.0 (compatible; Googlebot/2.1)' }],
      ['a probe', { ...ADA, 'user-agent': 'kube-probe/1.29' }],
      ['a prefetching browser', { ...ADA, 'sec-purpose': 'prefetch;prerender' }],
    ])('for %s', async (_, headers) => {
      const shop = await open();
      await shop.ask('/', headers);
      expect(await shop.sessions()).toEqual([]);
    });

    it('for what is asked in place of a page', async () => {
      const shop = await open();
      await shop.ask('/', ADA, 'HEAD');
      await shop.ask('/', ADA, 'OPTIONS');
      expect(await shop.sessions()).toEqual([]);
    });

    it('for what is left out, by `ignore` or by `filter`', async () => {
      const shop = await open({
        ignore: ({ request }) => request['url'] === '/gone',
        sessions: { filter: ({ request }) => request['url'] !== '/' },
      });
      await shop.ask('/gone', ADA);
      await shop.ask('/', ADA);
      expect(await shop.sessions()).toEqual([]);
    });

    it('for a program that keeps no cookie; one that does is a visitor', async () => {
      const shop = await open({ anonymous: 'cookie' });
      const program = { 'user-agent': 'curl/8.5.0' };
      const [cookie = ''] = (await shop.ask('/', program))[0]?.split(';') ?? [];
      await shop.ask('/', program);
      expect(await shop.sessions()).toEqual([]);
      await shop.ask('/', { ...program, cookie });
      expect(await shop.sessions()).toHaveLength(1);
    });

    it('without the option', async () => {
      const shop = await open({ sessions: false });
      await shop.ask('/', ADA);
      expect(await shop.sessions()).toEqual([]);
    });
  });

  it('are no reason for a request to fail', async () => {
    const broken = () => {
      throw new Error('broken');
    };
    const shop = await open({ sessions: { filter: broken, metrics: broken } });
    await shop.ask('/', ADA);
    expect(await shop.sessions()).toEqual(['ada begin']);
  });
});

@WebSocketGateway()
class Chat {
  @SubscribeMessage('say')
  say(): string {
    return 'heard';
  }
}

describe('messages over a socket', () => {
  it('are a visitor’s activity as well', async () => {
    const shop = await openTo('express', {
      module: { deviceId: fromHeader('x-id'), sessions: true },
      controllers: [],
      providers: [Chat],
      prepare: (app) => app.useWebSocketAdapter(new IoAdapter(app)),
    });
    const socket = io(await shop.app.getUrl(), {
      extraHeaders: { ...ADA, 'user-agent': 'ShopApp/1 (iPhone; iOS 17.2)' },
    });
    try {
      await socket.timeout(5000).emitWithAck('say', {});
      await shop.pass(20 * MINUTE);
      await socket.timeout(5000).emitWithAck('say', {});
      await shop.pass(20 * MINUTE);
      expect(total(await shop.sessions())).toEqual({ 'ada begin': 1, 'ada seconds': 1200 });
      const [begin] = await shop.requestsOf('begin_session');
      expect(begin?.parameters['metrics']).toMatchObject({ _os: 'iOS', _device_type: 'mobile' });
    } finally {
      socket.close();
    }
  });
});

describe('the option sessions', () => {
  it.each([
    [{ sessions: 'yes' }, 'sessions: expected true or false or an object'],
    [{ sessions: { idleTimeout: 0 } }, 'sessions.idleTimeout: expected seconds from 1 to 86400'],
    [{ sessions: { idle: 5 } }, 'one of idleTimeout, filter, metrics'],
    [{ sessions: { idleTimeout: 900 }, deviceIdleTimeout: 600 }, 'at most deviceIdleTimeout, which is 600'],
  ])('is refused as %j', async (given, message) => {
    const options = { ...quiet(new Collector()), deviceId: fromHeader('x-id'), ...(given as CountlyModuleOptions) };
    const booting = start('express', { imports: [CountlyModule.forRoot(options)] }, new Collector());
    await expect(booting).rejects.toThrow(CountlyConfigError);
    await expect(booting).rejects.toThrow(message);
  });

  it('says so where nobody can have one', async () => {
    const warn = vi.fn();
    const options = quiet(new Collector(), { sessions: true, logger: { ...silentLogger, warn } });
    await start('express', { imports: [CountlyModule.forRoot(options)] }, new Collector());
    expect(warn).toHaveBeenCalledWith(expect.stringMatching(/No request has a visitor.*anonymous: 'cookie'/));
  });
});

/** Counts of begins and ends, and seconds, by device. */
function total(lines: readonly string[]): Record<string, number> {
  const sums: Record<string, number> = {};
  const add = (key: string, n: number) => {
    sums[key] = (sums[key] ?? 0) + n;
  };
  for (const line of lines) {
    const [device] = line.split(' ');
    for (const what of ['begin', 'end']) if (line.includes(` ${what}`)) add(`${device} ${what}`, 1);
    const seconds = /\+(\d+)/.exec(line)?.[1];
    if (seconds !== undefined) add(`${device} seconds`, Number(seconds));
  }
  return sums;
}
