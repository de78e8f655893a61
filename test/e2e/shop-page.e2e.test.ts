import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from './support/arrived.js';
import { openBrowser } from './support/browser.js';
import { type Program, stopAll } from './support/program.js';
import { requireBuild, startInspector, startShop } from './support/programs.js';
import { makeFolder } from './support/sandbox.js';

const USER_AGENT =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36';

describe('a page of the shop in a browser', { timeout: 120_000 }, () => {
  let folder: Awaited<ReturnType<typeof makeFolder>>;
  let database: string;
  let shop: Program;
  let browser: Browser;

  beforeAll(async () => {
    requireBuild();
    browser = await openBrowser();
    folder = await makeFolder();
    database = join(folder.path, 'inspector.db');
    const inspector = await startInspector(database);
    shop = await startShop({ COUNTLY_URL: inspector.url, COUNTLY_STORAGE_PATH: join(folder.path, 'journal') });
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await stopAll();
    await folder?.remove();
  });

  const open = async (): Promise<Page> => (await browser.newContext({ userAgent: USER_AGENT })).newPage();
  const you = (page: Page) => page.locator('#you').textContent();
  const keysOf = (id: string | null) =>
    new Set(ask<{ key: string }>(database, `SELECT key FROM events WHERE device_id = '${id}'`).map(({ key }) => key));

  async function until(what: string, holds: () => boolean): Promise<void> {
    for (const end = Date.now() + 20_000; !holds(); await wait(50)) {
      if (Date.now() > end) throw new Error(`Not within 20 s: ${what}`);
    }
  }

  it('says who you are, and reports under the same id as what is behind it, also after a login', async () => {
    const page = await open();
    await page.goto(`${shop.url}/search?q=lamp`);
    const visitor = await you(page);
    expect(visitor).toMatch(/^[0-9a-f-]{36}$/);
    await until('browser and server agree', () => ['page_shown', 'search'].every((key) => keysOf(visitor).has(key)));

    await page.goto(`${shop.url}/login`);
    await page.fill('input[name=name]', 'Ada');
    await page.click('text=Log in >> nth=-1');
    await page.waitForURL('**/cart');
    const customer = await you(page);
    expect(customer).toMatch(/^customer-/);
    await until('they are one person', () => ['page_shown', 'search'].every((key) => keysOf(customer).has(key)));
    await page.click('button:has-text("Log out Ada")');
    await page.waitForURL(`${shop.url}/`);
    const next = await you(page);
    await until('somebody else is counted apart', () => keysOf(next).has('page_shown'));
    expect([visitor, customer]).not.toContain(next);
    const merged = ask<{ device_id: string }>(database, 'SELECT DISTINCT device_id FROM merges');
    expect(merged).toEqual([{ device_id: customer }]);
    expect(ask(database, "SELECT title, message FROM problems WHERE level = 'E'")).toEqual([]);
  });

  it('reports a browser without a screen under the id that is behind the page, too', async () => {
    const page = await browser.newPage();
    await page.goto(`${shop.url}/search?q=lamp`);
    expect(await page.evaluate('navigator.userAgent')).toContain('Headless');
    const visitor = await you(page);
    await until('browser and server agree', () => ['page_shown', 'search'].every((key) => keysOf(visitor).has(key)));
    expect(ask(database, "SELECT device_id FROM devices WHERE device_id = 'undefined'")).toEqual([]);
  });

  it('loads no SDK for who is not to be counted', async () => {
    const page = await open();
    await page.goto(shop.url);
    await page.click('text=Stop counting');
    await page.waitForURL(`${shop.url}/`);
    expect(await you(page)).toBe('nobody');
    expect(await page.locator('script').count()).toBe(0);
  });
});
