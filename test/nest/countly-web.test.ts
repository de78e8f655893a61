import { Controller, Get } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { CountlyConfigError, type DeviceScope, TrackEvent } from '../../lib/index.js';
import {
  CountlyModule,
  type CountlyModuleOptions,
  type CountlyWebOptions,
  CurrentScope,
  fromCountlyWeb,
} from '../../nest/index.js';
import { Collector } from './support/collector.js';
import { closeAppsAfterEach, PLATFORMS, quiet, start } from './support/platforms.js';

@Controller()
class Pages {
  @Get()
  @TrackEvent('looked')
  look(@CurrentScope() scope: DeviceScope): object {
    return { id: scope.deviceId, events: scope.isAllowed('events'), views: scope.isAllowed('views') };
  }
}

closeAppsAfterEach();

describe.each(PLATFORMS)("the visitor of Countly's web SDK on %s", (platform) => {
  const open = async (web: CountlyWebOptions = {}, more: CountlyModuleOptions = {}) => {
    const collector = new Collector();
    const options = quiet(collector, { deviceId: fromCountlyWeb(web), ...more });
    const { url, events } = await start(
      platform,
      { imports: [CountlyModule.forRoot(options)], controllers: [Pages] },
      collector,
    );
    const look = async (headers: Record<string, string>) => {
      const answer = await fetch(url, { headers });
      return (await answer.json()) as { id: string; events: boolean; views: boolean };
    };
    return { look, events, idOf: async (headers: Record<string, string>) => (await look(headers)).id };
  };

  it.each([
    ['the cookie of the page', { cookie: 'a=1; countly_web=ada:events.views; b=2' }, 'ada'],
    ['an id with a colon, dots and blanks', { cookie: 'countly_web=a%3Ab.c%20d:events' }, 'a:b.c d'],
    ['an id with percent signs', { cookie: 'countly_web=100%2525:' }, '100%25'],
    ['a page that says nothing of consent', { cookie: 'countly_web=ada' }, 'ada'],
    ['the header', { 'x-countly-web': 'ada:events' }, 'ada'],
    ['the header before the cookie', { 'x-countly-web': 'ada:events', cookie: 'countly_web=bob:events' }, 'ada'],
    ['the cookie that says something, of several', { cookie: 'countly_web=:; countly_web=ada:events' }, 'ada'],
    ["the SDK's own cookie", { cookie: 'a=1; shop-key/cly_id=ada; shop-key/cly_id_type=1' }, 'ada'],
    ["the SDK's own cookie in a namespace", { cookie: 'space/shop-key/cly_id=ada' }, 'ada'],
    ['the page before that cookie', { cookie: 'shop-key/cly_id=bob; countly_web=ada:' }, 'ada'],
  ])('is taken from %s', async (_, headers, id) => {
    const { idOf } = await open();
    expect(await idOf(headers as Record<string, string>)).toBe(id);
  });

  it.each([
    ['what JavaScript makes of nothing', { cookie: 'countly_web=undefined:events' }],
    ['nothing', { cookie: 'countly_web=:events' }],
    ['the id of an SDK that waits for one', { cookie: `countly_web=${encodeURIComponent('[CLY]_temp_id')}:` }],
    ['broken encoding', { cookie: 'countly_web=%zz:events' }],
    ['a cookie that is only called alike', { cookie: 'my_countly_web=ada; cly_id=ada' }],
  ])('is nobody for %s', async (_, headers) => {
    const { idOf } = await open();
    expect(await idOf(headers)).toBe('the-process');
  });

  it('is that of the app key, where several keep cookies', async () => {
    const { idOf } = await open({ appKey: 'mine' });
    expect(await idOf({ cookie: 'theirs/cly_id=bob; mine/cly_id=ada' })).toBe('ada');
    expect(await idOf({ cookie: 'theirs/cly_id=bob' })).toBe('the-process');
  });

  it('is found under names of your own', async () => {
    const { idOf } = await open({ cookie: 'who', header: 'X-Who' });
    expect(await idOf({ cookie: 'who=ada:; countly_web=bob:' })).toBe('ada');
    expect(await idOf({ 'x-who': 'ada:' })).toBe('ada');
  });

  it('agreed to what the page was agreed to, and to nothing before it has said so', async () => {
    const web = fromCountlyWeb();
    const { look, events } = await open({}, { deviceId: web, consent: web.consent });
    expect(await look({ cookie: 'shop/cly_id=ada' })).toMatchObject({ events: false, views: false });
    expect(await look({ cookie: 'countly_web=ada:events.made_up' })).toMatchObject({ events: true, views: false });
    expect(await events()).toEqual({ ada: ['looked'] });
    expect(await look({ cookie: 'countly_web=ada:' })).toMatchObject({ events: false, views: false });
    expect(await events()).toEqual({ ada: ['looked'] });
  });
});

describe('fromCountlyWeb', () => {
  it.each([
    [{ cookie: 'a b' }, 'fromCountlyWeb.cookie: expected the name of a cookie'],
    [{ header: '' }, 'fromCountlyWeb.header: expected the name of a header'],
    [{ cookies: 'x' }, 'did you mean "cookie"?'],
  ])('refuses %j', (options, message) => {
    expect(() => fromCountlyWeb(options as CountlyWebOptions)).toThrow(CountlyConfigError);
    expect(() => fromCountlyWeb(options as CountlyWebOptions)).toThrow(message);
  });
});
