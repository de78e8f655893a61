import { Controller, Get } from '@nestjs/common';
import { HealthCheck, HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { describe, expect, it, vi } from 'vitest';
import { CountlyHealthIndicator, type CountlyHealthOptions, CountlyModule } from '../../nest/index.js';
import { Collector } from './support/collector.js';
import { closeAppsAfterEach, PLATFORMS, type Platform, quiet, start } from './support/platforms.js';

const limits: CountlyHealthOptions = { maxPending: 1, maxPendingAge: 60_000 };

@Controller('health')
class Health {
  constructor(
    private readonly health: HealthCheckService,
    private readonly countly: CountlyHealthIndicator,
  ) {}

  @Get()
  @HealthCheck()
  check() {
    return this.health.check([() => this.countly.isHealthy('countly', limits)]);
  }
}

interface Report {
  readonly status: string;
  readonly details: { readonly countly: Readonly<Record<string, unknown>> };
}

describe.each(PLATFORMS)('the health endpoint of terminus on %s', (platform) => {
  closeAppsAfterEach();

  async function boot(on: Platform) {
    const collector = new Collector();
    const running = await start(
      on,
      {
        imports: [
          TerminusModule.forRoot({ logger: false }),
          CountlyModule.forRoot(
            quiet(collector, { ignore: (context) => String(context.request['url']).startsWith('/health') }),
          ),
        ],
        controllers: [Health],
      },
      collector,
    );
    const ask = async () => {
      const response = await fetch(`${running.url}/health`);
      return { status: response.status, report: (await response.json()) as Report };
    };
    return { ...running, ask };
  }

  it('tells depth, age, losses and the last delivery', async () => {
    const { ask, countly } = await boot(platform);
    const before = await ask();
    expect(before).toMatchObject({ status: 200, report: { status: 'ok' } });
    expect(before.report.details.countly).toEqual({
      status: 'up',
      accepted: 0,
      delivered: 0,
      pending: 0,
      dropped: 0,
      droppedBy: {},
      lastDelivery: null,
      oldestPendingAge: null,
    });
    countly.addEvent('one');
    countly.device('').addEvent('of nobody');
    await countly.flush();
    const { details } = (await ask()).report;
    expect(details.countly).toMatchObject({ accepted: 2, delivered: 1, dropped: 1, droppedBy: { invalid: 1 } });
    expect(Math.abs(Date.now() - Date.parse(String(details.countly['lastDelivery'])))).toBeLessThan(60_000);
  });

  it('is unavailable when more waits, or longer, than may', async () => {
    const { ask, countly, collector } = await boot(platform);
    collector.online = false;
    countly.addEvent('one');
    expect((await ask()).status).toBe(200);
    const stats = countly.stats();
    const old = vi.spyOn(countly, 'stats').mockReturnValue({ ...stats, oldestPendingAge: 60_001 });
    expect(await ask()).toMatchObject({
      status: 503,
      report: { details: { countly: { status: 'down', message: expect.stringContaining('60001') as string } } },
    });
    old.mockRestore();
    countly.addEvent('two');
    expect(await ask()).toMatchObject({
      status: 503,
      report: { details: { countly: { status: 'down', pending: 2, message: '2 entries wait; 1 may' } } },
    });
    collector.online = true;
  });
});
