import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { startInspector } from '../../src/index.js';
import { usePage } from './support/use-page.js';

describe('what happens now', { timeout: 60_000 }, () => {
  const page = usePage();
  const { server } = page;

  it('appears in the stream without the page being loaded again', async () => {
    await page.open('stream');
    await page.page.evaluate('Object.assign(globalThis, { notReloaded: true })');
    await server.events({ key: 'search', count: 1, segmentation: { words: 'lamp' } });
    await page.rows('event', 'search').getByText('lamp').waitFor();
    await server.send({ crash: { _os: 'Linux', _app_version: '1', _name: 'Boom', _error: 'Boom\n at a' } });
    await page.rows('error', 'Boom').waitFor();
    expect(await page.page.evaluate("'notReloaded' in globalThis")).toBe(true);
  });

  it('shows what came before as well, and each thing once', async () => {
    await server.events({ key: 'before', count: 1 });
    await page.open('stream');
    await page.rows('event', 'before').waitFor();
    await server.events({ key: 'after', count: 1 });
    await page.rows('event', 'after').waitFor();
    expect(await page.rows('event').count()).toBe(2);
  });

  it('counts in the navigation and in every list', async () => {
    await page.open('events');
    await page.page.getByText('No events yet').waitFor();
    await server.events({ key: 'a', count: 1 }, { key: 'b', count: 1 });
    await page.rows('event', 'b').waitFor();
    await page.page.locator('[data-testid="summary-events"][data-value="2"]').waitFor();
  });

  it('waits while paused, and is read when it goes on', async () => {
    await page.open('stream');
    await page.id('pause').click();
    await page.page.locator('[data-testid="connection"][data-state="paused"]').waitFor();
    await server.events({ key: 'meanwhile', count: 1 });
    await page.id('nav-events').click();
    await page.id('pause').click();
    await page.rows('event', 'meanwhile').waitFor();
  });

  it('waits on top while one reads further down', async () => {
    await server.events(...Array.from({ length: 200 }, (_, n) => ({ key: `k${n}`, count: 1 })));
    await page.open('stream');
    const list = page.page.getByRole('region', { name: 'Live stream' });
    await page.rows('event').first().waitFor();
    await list.evaluate((element) => element.scrollTo(0, 900));
    await page.page.waitForFunction("document.querySelector('section.frame').scrollTop > 800");
    await server.events({ key: 'news', count: 1 });
    await page.page.getByRole('button', { name: '1 new' }).click();
    await page.rows('event', 'news').waitFor();
  });

  it('is gone after everything was cleared, and only when one said so', async () => {
    await server.events({ key: 'a', count: 1 });
    await page.open('events');
    await page.rows('event', 'a').waitFor();
    await page.id('reset').click();
    await page.page.getByRole('button', { name: 'Keep' }).click();
    await page.rows('event', 'a').waitFor();
    await page.id('reset').click();
    await page.id('confirm-reset').click();
    await page.page.getByText('No events yet').waitFor();
  });
});

describe('many tabs', { timeout: 60_000 }, () => {
  const page = usePage();
  const show = (of: Page, state: 'visible' | 'hidden') =>
    of.evaluate(
      `Object.defineProperty(document, 'visibilityState', { configurable: true, value: '${state}' });
       document.dispatchEvent(new Event('visibilitychange'))`,
    );

  it('of one browser all work: those out of sight hold no connection, and catch up when they are looked at', async () => {
    const tabs: Page[] = [];
    const context = await page.page.context().browser()?.newContext();
    try {
      for (let n = 0; n < 8; n += 1) {
        const tab = (await context?.newPage()) as Page;
        tabs.push(tab);
        await tab.goto(`${page.server.url}/#stream`, { timeout: 10_000 });
        await tab.locator('[data-testid="connection"][data-state="live"]').waitFor({ timeout: 10_000 });
        if (n < 7) await show(tab, 'hidden');
      }
      await page.server.events({ key: 'meanwhile', count: 1 });
      const [first] = tabs as [Page];
      await show(first, 'visible');
      await first.getByTestId('event-row').filter({ hasText: 'meanwhile' }).waitFor({ timeout: 10_000 });
    } finally {
      await context?.close();
    }
  });
});

describe('a tab that was open before the inspector started anew', { timeout: 60_000 }, () => {
  const page = usePage();

  it('shows nothing of the one before', async () => {
    const first = await startInspector({ port: 0 });
    const send = async (key: string) => {
      const body = JSON.stringify({ app_key: 'K', device_id: 'ann', events: [{ key, count: 1 }] });
      const headers = { 'content-type': 'application/json' };
      await fetch(`${first.url}/i`, { method: 'POST', headers, body });
    };
    await page.page.goto(`${first.url}/#stream`);
    await page.page.locator('[data-testid="connection"][data-state="live"]').waitFor();
    await send('old');
    await page.rows('event', 'old').waitFor();
    await first.close();
    await page.page.locator('[data-testid="connection"][data-state="reconnecting"]').waitFor();
    await using _second = await startInspector({ port: first.port });
    await page.page.locator('[data-testid="connection"][data-state="live"]').waitFor();
    await send('new');
    await page.rows('event', 'new').waitFor();
    expect(await page.rows('event').count()).toBe(1);
  });
});
