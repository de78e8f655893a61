import { once } from 'node:events';
import { get, type IncomingMessage, type ServerResponse } from 'node:http';
import { Body, Controller, Get, Header, HttpCode, Param, Post, Redirect, Res, Sse } from '@nestjs/common';
import { type Observable, of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { type Countly, type DeviceScope, TrackView } from '../../lib/index.js';
import { CountlyModule, type CountlyModuleOptions, CurrentScope, fromHeader, fromUser } from '../../nest/index.js';
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

@Controller('pages')
class PagesController {
  @Get('product/:id')
  @Header('content-type', 'text/html; charset=utf-8')
  product(@Param('id') id: string): string {
    return `<h1>${id}</h1>`;
  }

  @Get('xhtml')
  @Header('content-type', 'application/xhtml+xml')
  xhtml(): string {
    return '<html/>';
  }

  @Get('named/:id')
  @Header('content-type', 'text/html')
  @TrackView('Product')
  named(): string {
    return '<h1>named</h1>';
  }

  @Get('by-hand')
  @Header('content-type', 'text/html')
  byHand(@CurrentScope() scope: DeviceScope): string {
    scope.trackView('By hand');
    return '<h1>by hand</h1>';
  }

  @Get('cached')
  @HttpCode(304)
  cached(): void {}

  @Get('csv')
  @Header('content-type', 'text/csv')
  csv(): string {
    return 'a,b';
  }

  @Get('saved')
  @Header('content-type', 'text/html')
  @Header('content-disposition', 'attachment; filename="page.html"')
  saved(): string {
    return '<h1>saved</h1>';
  }

  @Get('broken')
  @Header('content-type', 'text/html')
  broken(): string {
    throw new Error('broken');
  }

  @Get('moved')
  @Redirect('/pages/product/1', 302)
  moved(): void {}

  @Sse('news')
  news(): Observable<{ data: string }> {
    return of({ data: 'news' });
  }
}

async function boot(platform: Platform, options: CountlyModuleOptions) {
  const collector = new Collector();
  const running = await start(
    platform,
    {
      imports: [CountlyModule.forRoot(quiet(collector, { deviceId: fromHeader('x-id'), errors: false, ...options }))],
      controllers: [OrdersController, PagesController],
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
    await ask('api/pages/product/7');
    await ask('api/orders', { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } });
    await new Promise((resolve) => setTimeout(resolve, 20));
    await countly.flush();
    expect(collector.seen.map(({ name }) => name)).toEqual(['POST /api/orders']);
  });
});

async function startedViews(countly: Countly, collector: Collector): Promise<string[]> {
  await countly.flush();
  const views = collector.of('event').map(({ body }) => body['segmentation'] as { name: string; visit?: number });
  return views.flatMap(({ name, visit }) => (visit === 1 ? name : []));
}

describe.each(PLATFORMS)('views on %s', (platform) => {
  closeAppsAfterEach();

  /** Names of the views that these requests are counted as. */
  async function viewsOf(paths: readonly string[], options: CountlyModuleOptions = {}, init: RequestInit = {}) {
    const { ask, countly, collector } = await boot(platform, { views: true, ...options });
    for (const path of paths) await ask(`api/pages/${path}`, { redirect: 'manual', ...init });
    await new Promise((resolve) => setTimeout(resolve, 20));
    return startedViews(countly, collector);
  }

  it('are pages, by route template', async () => {
    expect(await viewsOf(['product/7', 'product/8', 'xhtml'])).toEqual([
      '/api/pages/product/:id',
      '/api/pages/product/:id',
      '/api/pages/xhtml',
    ]);
  });

  it.each(['../orders/7', 'csv', 'saved', 'broken', 'moved', 'nowhere', 'news'])('are none of %s', async (path) => {
    expect(await viewsOf([path])).toEqual([]);
  });

  it('are also pages that the browser had already', async () => {
    const { url, countly, collector } = await boot(platform, { views: true });
    // `fetch` would ask for no answer from a cache.
    const [answer] = (await once(
      get(`${url}/api/pages/cached`, { headers: { 'x-id': 'ada', accept: 'text/html,*/*' } }),
      'response',
    )) as [IncomingMessage];
    expect(answer.resume().statusCode).toBe(304);
    await once(answer, 'end');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await startedViews(countly, collector)).toEqual(['/api/pages/cached']);
  });

  it('are counted once where the method tells them itself', async () => {
    expect(await viewsOf(['named/7', 'by-hand'])).toEqual(['Product', 'By hand']);
  });

  it('are counted once also when a guard made the user known', async () => {
    const deviceId = [fromUser<{ id: string }>(({ id }) => id), fromHeader('x-id')];
    expect(await viewsOf(['named/7', 'product/7'], { deviceId })).toEqual(['Product', '/api/pages/product/:id']);
  });
});
