import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from './support/browser.js';
import { JOURNEYS } from './support/journeys.js';
import { Ledger } from './support/ledger.js';
import { type Program, stopAll } from './support/program.js';
import { requireBuild, startInspector, startShop } from './support/programs.js';
import { makeFolder } from './support/sandbox.js';
import { Visitor } from './support/visitor.js';

const SCREENSHOTS = '.test-out';

describe("the inspector's page", { timeout: 120_000 }, () => {
  let folder: { path: string; remove: () => Promise<void> };
  let inspector: Program;
  let shop: Program;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];
  const visitor = (id: string): Visitor => new Visitor(shop.url, id, 'cookie', true, new Ledger());
  const rows = (kind: string): Locator => page.getByTestId(`${kind}-row`);
  const open = (panel: string): Promise<void> => page.getByTestId(`nav-${panel}`).click();

  beforeAll(async () => {
    requireBuild();
    browser = await openBrowser();
    folder = await makeFolder();
    inspector = await startInspector(join(folder.path, 'inspector.db'));
    shop = await startShop({ COUNTLY_URL: inspector.url, COUNTLY_STORAGE_PATH: join(folder.path, 'journal') });
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.setDefaultTimeout(20_000);
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    await page.goto(inspector.url);
    // The page is open while the visitors come: everything below arrives live.
    await Promise.all(JOURNEYS.map((journey, index) => journey(visitor(`visitor-${index + 1}`))));
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await stopAll();
    await folder?.remove();
  });

  it('shows each event with the device it belongs to', async () => {
    await open('events');
    await rows('event').filter({ hasText: 'checkout' }).filter({ hasText: 'visitor-1' }).first().waitFor();
    await rows('event').filter({ hasText: 'payment_declined' }).filter({ hasText: 'visitor-2' }).first().waitFor();
    await rows('key').filter({ hasText: 'cart_item_added' }).waitFor();
  });

  it('shows views by name', async () => {
    await open('views');
    for (const name of ['Home', 'Product', 'Search results', 'Cart', 'Checkout', 'Thank you']) {
      await rows('view').getByRole('link', { name, exact: true }).waitFor();
    }
    await rows('visit').filter({ hasText: 'visitor-4' }).first().waitFor();
  });

  it('shows equal errors as one, with the breadcrumbs that led there', async () => {
    await open('errors');
    const error = rows('error').filter({ hasText: 'PaymentGatewayError' });
    await error.filter({ hasText: '2 reports' }).waitFor();
    expect(await rows('error').count()).toBe(1);
    await error.getByText('charging €64.90').waitFor();
  });

  it('shows traces by name', async () => {
    await open('traces');
    for (const name of ['POST /charges', 'load_product', 'GET /products/:id']) {
      await rows('trace').filter({ hasText: name }).waitFor();
    }
  });

  it('tells everything about one device', async () => {
    await open('people');
    for (let number = 1; number <= JOURNEYS.length; number++) {
      await rows('device')
        .filter({ hasText: `visitor-${number}` })
        .waitFor();
    }
    await rows('device').getByRole('link', { name: 'visitor-3' }).click();
    for (const what of ['cart_item_added', 'Home', 'PaymentGatewayError', 'POST /charges']) {
      await rows('timeline').filter({ hasText: what }).first().waitFor();
    }
    await screenshot(page, 'device');
  });

  it('says which code made what, and what never ran', async () => {
    await open('code');
    const method = rows('method').filter({ hasText: 'CheckoutService.placeOrder' });
    await method.filter({ hasText: '@ReportErrors' }).waitFor();
    await rows('method').filter({ hasText: 'LoginController.show' }).getByText('never').waitFor();
    expect(await method.getByTestId('source').getAttribute('href')).toMatch(
      /^vscode:\/\/file\/.*\/sample-app\/src\/checkout\/checkout\.service\.ts:\d+:\d+$/,
    );
    await method.getByRole('link', { name: 'CheckoutService.placeOrder' }).click();
    await rows('timeline').filter({ hasText: 'checkout' }).first().waitFor();
    await open('events');
    await rows('key')
      .filter({ hasText: 'checkout' })
      .getByRole('link', { name: 'CheckoutService.placeOrder' })
      .first()
      .waitFor();
  });

  it('shows everything of one request to the host together', async () => {
    await open('people');
    await rows('device').getByRole('link', { name: 'visitor-1', exact: true }).click();
    await rows('unit').filter({ hasText: 'POST /checkout' }).first().click();
    await page.getByTestId('drawer').getByTestId('timeline-row').filter({ hasText: 'POST /charges' }).waitFor();
    await page.keyboard.press('Escape');
  });

  it("shows the client's own count beside what came", async () => {
    await open('overview');
    await page.getByTestId('ledger-row').getByText('default').waitFor();
    await page.locator('[data-testid="status"][data-state="good"]').waitFor();
  });

  it('has nothing to complain about but what depends on the edition of the server', async () => {
    await open('problems');
    await rows('problem').first().waitFor();
    expect(await rows('problem').allInnerTexts()).toEqual([
      expect.stringContaining('Needs a paid edition or a plugin'),
    ]);
  });

  it('shows what happens now, without being loaded again', async () => {
    await open('stream');
    await page.evaluate(() => Object.assign(globalThis, { notReloaded: true }));
    const news = rows('event').filter({ hasText: 'visitor-of-now' }).filter({ hasText: 'search' });
    expect(await news.count()).toBe(0);
    await visitor('visitor-of-now').search('kettle', 1);
    await news.waitFor();
    expect(await page.evaluate(() => 'notReloaded' in globalThis)).toBe(true);
    await screenshot(page, 'stream');
    await open('overview');
    await screenshot(page, 'overview');
  });

  it('runs without an error of its own', () => {
    expect(complaints).toEqual([]);
  });
});

async function screenshot(page: Page, name: string): Promise<void> {
  await mkdir(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `inspector-${name}.png`) });
}
