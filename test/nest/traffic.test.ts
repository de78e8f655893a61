import type { ServerResponse } from 'node:http';
import { Body, Controller, Get, Param, Post, Res } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { CountlyModule, type CountlyModuleOptions, fromHeader } from '../../nest/index.js';
import { Collector } from './support/collector.js';
import { closeAppsAfterEach, PLATFORMS, type Platform, quiet, start } from './support/platforms.js';

@Controller('orders')
class OrdersController {
  @Get(':id')
  show(@Param('id') id: string): unknown {
    return { id };
  }

  @Post()
  create(@Body() body: unknown): unknown {
    return body;
  }

  @Get(':id/broken')
  broken(): unknown {
    throw new Error('broken');
  }

  @Get(':id/twice')
  twice(@Res({ passthrough: true }) reply: ServerResponse | { raw: ServerResponse }): string {
    const response = 'raw' in reply ? reply.raw : reply;
    response.once('finish', () => response.emit('close'));
    return 'done';
  }
}

async function boot(platform: Platform, options: CountlyModuleOptions) {
  const collector = new Collector();
  const running = await start(
    platform,
    {
      imports: [CountlyModule.forRoot(quiet(collector, { deviceId: fromHeader('x-id'), errors: false, ...options }))],
      controllers: [OrdersController],
    },
    collector,
    (app) => app.setGlobalPrefix('api'),
  );
  const ask = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`${running.url}/${path}`, { ...init, headers: { 'x-id': 'ada', ...init.headers } });
    return response.text();
  };
  return { ...running, ask };
}

describe.each(PLATFORMS)('traffic on %s', (platform) => {
  closeAppsAfterEach();

  it('is not reported by default', async () => {
    const { ask, countly } = await boot(platform, {});
    await ask('api/orders/7');
    expect(countly.stats().accepted).toBe(0);
  });

  it('becomes network traces by route template, with status and sizes', async () => {
    const { ask, countly, collector } = await boot(platform, { networkTraces: true });
    const answer = await ask('api/orders/7?token=secret');
    await ask('api/orders', { method: 'POST', body: '{"a":1}', headers: { 'content-type': 'application/json' } });
    await ask('api/orders/8/broken');
    await ask('wp-login.php');
    await new Promise((resolve) => setTimeout(resolve, 20));
    await countly.flush();
    const traces = collector.of('apm').map(({ deviceId, name, body }) => {
      const { response_code, request_payload_size, response_payload_size, response_time } = body[
        'apm_metrics'
      ] as Record<string, number>;
      expect(response_time).toBeGreaterThan(0);
      return [deviceId, name, response_code, request_payload_size, response_payload_size];
    });
    expect(traces).toMatchObject([
      ['ada', 'GET /api/orders/:id', 200, 0, answer.length],
      ['ada', 'POST /api/orders', 201, 7, 7],
      ['ada', 'GET /api/orders/:id/broken', 500, 0, expect.any(Number)],
      ['ada', 'GET (no route)', 404, 0, expect.any(Number)],
    ]);
    expect(JSON.stringify(collector.seen)).not.toContain('secret');
  });

  it('reports a request once, also when its response says twice that it is closed', async () => {
    const { ask, countly, collector } = await boot(platform, { networkTraces: true });
    await ask('api/orders/7/twice');
    await new Promise((resolve) => setTimeout(resolve, 20));
    await countly.flush();
    expect(collector.of('apm').map(({ name }) => name)).toEqual(['GET /api/orders/:id/twice']);
  });

  it('can be sampled and filtered', async () => {
    const { ask, countly, collector } = await boot(platform, {
      networkTraces: { filter: (name) => name.startsWith('POST') },
      views: { sample: 0 },
    });
    await ask('api/orders/7');
    await ask('api/orders', { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } });
    await new Promise((resolve) => setTimeout(resolve, 20));
    await countly.flush();
    expect(collector.seen.map(({ name }) => name)).toEqual(['POST /api/orders']);
  });

  it('becomes views by route template', async () => {
    const { ask, countly, collector } = await boot(platform, { views: true });
    await ask('api/orders/7');
    await ask('api/orders/7/broken');
    await ask('nowhere');
    await new Promise((resolve) => setTimeout(resolve, 20));
    await countly.flush();
    expect(collector.of('event').map(({ body }) => (body['segmentation'] as { name: string }).name)).toEqual([
      '/api/orders/:id',
    ]);
  });
});
