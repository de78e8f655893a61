import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout as wait } from 'node:timers/promises';
import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Header,
  type INestApplication,
  Module,
  Post,
  Req,
  Res,
} from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger, TrackEvent } from '../../lib/index.js';
import { CountlyDeviceId, CountlyModule, fromCountlyWeb, fromUser } from '../../nest/index.js';
import { ask } from './support/arrived.js';
import { openBrowser } from './support/browser.js';
import { type Program, stopAll } from './support/program.js';
import { requireBuild, startInspector } from './support/programs.js';
import { makeFolder } from './support/sandbox.js';

const SDK = readFileSync(createRequire(__filename).resolve('countly-sdk-web/lib/countly.min.js'), 'utf8');
/** As docs/identity.md has it. */
const SNIPPET = /```html\n([\s\S]*?)```/.exec(readFileSync('docs/identity.md', 'utf8'))?.[1] ?? '';
const USER_AGENT =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36';

let inspectorUrl = '';

interface Request {
  readonly headers: Readonly<Record<string, string>>;
}

@Controller()
class Pages {
  @Get('countly.js')
  @Header('content-type', 'text/javascript')
  sdk(): string {
    return SDK;
  }

  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  @TrackEvent('page_served')
  page(@CountlyDeviceId() visitor: string | undefined, @Req() request: Request): string {
    const consent = request.headers['cookie']?.includes('asks=1') ?? false;
    return `<!doctype html><title>Shop</title><body data-visitor="${visitor ?? ''}"><script src="/countly.js"></script>
<script>
  Countly.init({ app_key: 'browser', url: '${inspectorUrl}', device_id: document.body.dataset.visitor || undefined,
    require_consent: ${consent}, interval: 100 });
  Countly.track_sessions();
  Countly.track_pageview('Shop');
  Countly.add_event({ key: 'page_seen' });
</script>
${SNIPPET}`;
  }

  @Post('cart')
  @TrackEvent('cart_filled')
  fill(): object {
    return {};
  }

  @Post('login')
  @TrackEvent('logged_in')
  logIn(@Res({ passthrough: true }) reply: { header(name: string, value: string): void }): object {
    reply.header('set-cookie', 'login=user-1; Path=/; HttpOnly');
    return { id: 'user-1' };
  }
}

/** What a session's guard would do. */
class RecogniseUser implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<Request & { user?: object }>();
    const id = /login=([^;]+)/.exec(request.headers['cookie'] ?? '')?.[1];
    if (id !== undefined) request.user = { id };
    return true;
  }
}

const web = fromCountlyWeb();

async function startApp(platform: string, requireConsent: boolean): Promise<INestApplication> {
  @Module({
    imports: [
      CountlyModule.forRoot({
        ...{ url: inspectorUrl, appKey: 'browser', durability: 'memory', flushInterval: 50, logger: silentLogger },
        deviceId: [fromUser<{ id: string }>(({ id }) => id), web],
        anonymous: { secret: 'a secret of at least thirty-two characters' },
        ...(requireConsent ? { consent: web.consent } : {}),
      }),
    ],
    controllers: [Pages],
  })
  class App {}
  const built = await Test.createTestingModule({ imports: [App] }).compile();
  const adapter = platform === 'express' ? new ExpressAdapter() : new FastifyAdapter();
  const app = built.createNestApplication<NestFastifyApplication>(adapter as FastifyAdapter, { logger: false });
  app.useGlobalGuards(new RecogniseUser());
  await app.listen(0, '127.0.0.1');
  return app;
}

describe.each(['express', 'fastify'])("a page with Countly's web SDK, served by Nest on %s", (platform) => {
  let folder: Awaited<ReturnType<typeof makeFolder>>;
  let inspector: Program;
  let database: string;
  let browser: Browser;
  let page: Page;
  let app: INestApplication;

  beforeAll(async () => {
    requireBuild();
    browser = await openBrowser();
  }, 60_000);
  afterAll(() => browser.close());

  async function open(requireConsent = false): Promise<string> {
    folder = await makeFolder();
    database = `${folder.path}/inspector.db`;
    inspector = await startInspector(database);
    inspectorUrl = inspector.url;
    app = await startApp(platform, requireConsent);
    const context = await browser.newContext({ userAgent: USER_AGENT });
    page = await context.newPage();
    const url = await app.getUrl();
    if (requireConsent) await context.addCookies([{ name: 'asks', value: '1', url }]);
    return url;
  }

  afterEach(async () => {
    await page.context().close();
    await app.close();
    await stopAll();
    await folder.remove();
  });

  const devices = () =>
    ask<{ device_id: string }>(database, 'SELECT device_id FROM devices WHERE counted = 1').map((row) => row.device_id);
  const keysOf = (id: string) =>
    ask<{ key: string }>(database, `SELECT DISTINCT key FROM events WHERE device_id = '${id}'`)
      .map(({ key }) => key)
      .filter((key) => !key.startsWith('[CLY]'))
      .sort();
  const post = (path: string) => page.evaluate((to) => fetch(to, { method: 'POST' }).then((a) => a.status), path);

  async function until(what: string, holds: () => boolean): Promise<void> {
    for (const end = Date.now() + 20_000; !holds(); await wait(50)) {
      if (Date.now() > end) throw new Error(`Not within 20 s: ${what}. There are ${JSON.stringify(devices())}`);
    }
  }

  it('has one visitor in browser and server, and one user before and after the login', async () => {
    const url = await open();
    await page.goto(url);
    const visitor = (await page.locator('body').getAttribute('data-visitor')) ?? '';
    expect(visitor).toMatch(/^[0-9a-f-]{36}$/);
    await page.waitForFunction("document.cookie.includes('countly_web=')");
    await post('/cart');
    await until('both know the visitor', () => keysOf(visitor).length === 3);
    expect(keysOf(visitor)).toEqual(['cart_filled', 'page_seen', 'page_served']);
    expect(devices()).toEqual([visitor]);

    await post('/login');
    await page.evaluate(() => (globalThis as unknown as WebSdk).Countly.change_id('user-1', true));
    await page.goto(url);
    await post('/cart');
    const all = ['cart_filled', 'logged_in', 'page_seen', 'page_served'];
    await until('everything is the user’s', () => keysOf('user-1').length === all.length && devices().length === 1);
    // What the page still had to say has been said by now.
    await wait(1500);
    expect(devices()).toEqual(['user-1']);
    expect(keysOf('user-1')).toEqual(all);
    expect(ask(database, "SELECT title, message FROM problems WHERE level = 'E'")).toEqual([]);
  }, 60_000);

  it('follows an SDK that knew the visitor before the server did', async () => {
    const url = await open();
    await page.addInitScript("localStorage.setItem('browser/cly_id', 'known-before')");
    await page.goto(url);
    await page.waitForFunction("document.cookie.includes('countly_web=known-before')");
    await post('/cart');
    await page.goto(url);
    await until('the server follows', () => keysOf('known-before').length === 3);
    expect(keysOf('known-before')).toEqual(['cart_filled', 'page_seen', 'page_served']);

    await post('/login');
    // Of an id that it did not make, the server merges nothing: what it recorded has to leave before the page does.
    await until('the login has left', () => keysOf('known-before').includes('logged_in'));
    await page.evaluate(() => (globalThis as unknown as WebSdk).Countly.change_id('user-1', true));
    await post('/cart');
    await until('everything is the user’s', () => devices().length === 1 && keysOf('user-1').length === 4);
    expect(devices()).toEqual(['user-1']);
  }, 60_000);

  it('records what the page was agreed to, and nothing before', async () => {
    const url = await open(true);
    await page.goto(url);
    const visitor = (await page.locator('body').getAttribute('data-visitor')) ?? '';
    await post('/cart');
    await wait(500);
    expect(keysOf(visitor)).toEqual([]);
    await page.evaluate(() => (globalThis as unknown as WebSdk).Countly.add_consent(['events']));
    await page.waitForFunction("document.cookie.includes(':events')");
    await post('/cart');
    await until('the cart is known', () => keysOf(visitor).includes('cart_filled'));
    expect(ask(database, 'SELECT id FROM views')).toEqual([]);
  }, 60_000);
});

interface WebSdk {
  readonly Countly: { change_id(id: string, merge: boolean): void; add_consent(features: string[]): void };
}
