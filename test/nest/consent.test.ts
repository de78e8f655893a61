import { Controller, Get } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { type ConsentFeature } from '../../lib/index.js';
import { contextScope } from '../../lib/internal.js';
import { CountlyModule, type CountlyModuleOptions, fromHeader, RequireConsent } from '../../nest/index.js';
import { Collector } from './support/collector.js';
import { closeAppsAfterEach, PLATFORMS, type Platform, quiet, start } from './support/platforms.js';

@Controller()
class ConsentController {
  @Get()
  record(): string {
    contextScope()?.addEvent('event');
    contextScope()?.trackView('view');
    return 'recorded';
  }

  @Get('history')
  @RequireConsent('events')
  history(): string {
    return 'history';
  }
}

async function boot(platform: Platform, options: CountlyModuleOptions) {
  const collector = new Collector();
  const imports = [CountlyModule.forRoot(quiet(collector, { deviceId: fromHeader('x-id'), ...options }))];
  return start(platform, { imports, controllers: [ConsentController] }, collector);
}

const get = (url: string, id: string, consent: string) => fetch(url, { headers: { 'x-id': id, 'x-consent': consent } });

describe.each(PLATFORMS)('consent on %s', (platform) => {
  closeAppsAfterEach();

  it('is decided for each request', async () => {
    const { url, events } = await boot(platform, {
      consent: async (context) => {
        const given = context.header('x-consent');
        return given === 'all' ? 'all' : (given?.split(',').filter(Boolean) as ConsentFeature[]);
      },
    });
    await Promise.all([get(url, 'all', 'all'), get(url, 'events', 'events'), get(url, 'none', '')]);
    expect(await events()).toEqual({ all: ['event', '[CLY]_view'], events: ['event'] });
  });

  it('is needed as soon as there is a resolver, unless said otherwise', async () => {
    const asked = await boot(platform, { consent: () => [] });
    await get(asked.url, 'ada', '');
    expect(await asked.events()).toEqual({});
    await asked.app.close();
    const open = await boot(platform, { consent: () => [], requireConsent: false });
    await get(open.url, 'ada', '');
    expect(await open.events()).toEqual({ ada: ['event', '[CLY]_view'] });
  });

  it('guards handlers', async () => {
    const { url } = await boot(platform, { consent: (context) => (context.header('x-consent') === 'y' ? 'all' : []) });
    expect((await get(`${url}/history`, 'ada', 'y')).status).toBe(200);
    const refused = await get(`${url}/history`, 'bob', 'n');
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({ message: 'Consent needed for: events' });
  });

  it('stays as it is when the resolver fails', async () => {
    let broken = false;
    const { url, events } = await boot(platform, {
      consent: () => {
        if (broken) throw new Error('broken');
        return ['events'];
      },
    });
    await get(url, 'ada', '');
    broken = true;
    await get(url, 'ada', '');
    await get(url, 'bob', '');
    expect(await events()).toEqual({ ada: ['event', 'event'] });
  });
});
