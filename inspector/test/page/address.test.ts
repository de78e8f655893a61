import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openBrowser } from '../../test/e2e/support/browser.js';
import { useInspector } from './support/use-inspector.js';

describe('the page', { timeout: 60_000 }, () => {
  const server = useInspector({ appKey: 'APPKEY' });
  let browser: Browser;
  let page: Page;
  let complaints: string[];
  beforeAll(async () => {
    browser = await openBrowser();
  }, 60_000);
  afterAll(() => browser?.close());
  beforeEach(async () => {
    complaints = [];
    page = await browser.newPage();
    page.setDefaultTimeout(15_000);
    page.on('pageerror', ({ message }) => complaints.push(message));
  });
  afterEach(() => page.close());

  it.each(['/#%', '/#%E0%A4%A', '/#devices/%', '/#requests/%zz'])('lives at %s', async (hash) => {
    await server.events({ key: 'a', count: 1 });
    await page.goto(server.url + hash);
    await page.locator('[data-testid="connection"][data-state="live"]').waitFor();
    await page.getByTestId('nav-events').click();
    await page.getByTestId('key-row').waitFor();
    expect(complaints).toEqual([]);
  });

  it('shows a request whose query cannot be decoded', async () => {
    await server.get('/i?app_key=APPKEY&device_id=ann&timestamp=1700000000000&x=%ff');
    await page.goto(`${server.url}/#requests/1`);
    await page.getByText('x=%ff').waitFor();
    expect(complaints).toEqual([]);
  });

  it('says in red what is refused, why, and whose key it was, wherever one looks', async () => {
    for (let time = 0; time < 8; time += 1) await server.send({ app_key: 'WRONG' });
    for (const panel of ['overview', 'problems', 'events']) {
      await page.goto(`${server.url}/#${panel}`);
      const alert = page.getByRole('alert');
      await alert.getByText('8 of 8 requests refused').waitFor();
      await alert.getByText('8 × 400 App does not exist').waitFor();
      await alert.getByText('app key "WRONG"').waitFor();
      await alert.getByText('The only app key accepted here is "APPKEY"').waitFor();
    }
    for (const panel of ['overview', 'problems']) {
      await page.goto(`${server.url}/#${panel}`);
      await page.getByText('Requests were refused').first().waitFor();
      expect(await page.getByText('Nothing to complain about').filter({ visible: true }).count()).toBe(0);
    }
  });

  it('has nothing red when nothing is refused', async () => {
    await server.events({ key: 'a', count: 1 });
    await page.goto(`${server.url}/#problems`);
    await page.getByText('Nothing to complain about').waitFor();
    expect(await page.getByTestId('rejections').isVisible()).toBe(false);
  });

  it('says how many of how many it shows', async () => {
    await server.events(...Array.from({ length: 70 }, (_, n) => ({ key: `k${n}`, count: 1 })));
    await page.goto(`${server.url}/#events`);
    await page.getByTestId('event-row-count').getByText('60 of 70').waitFor();
    await page.getByTestId('key-row-count').getByText('70 of 70').waitFor();
  });

  it('shows views, ids and health checks of a device', async () => {
    await server.events(
      { key: '[CLY]_view', count: 1, segmentation: { name: '/a', visit: 1, _idv: 'v1' } },
      { key: 'tap', count: 1, cvid: 'v1' },
    );
    await server.send({ hc: '{"el":3,"sc":503}', t: '0' });
    await page.goto(`${server.url}/#devices/ann`);
    await page.getByText('in view v1').waitFor();
    await page.getByText('Health check').waitFor();
  });
});
