import { describe, expect, it } from 'vitest';
import { fill } from './support/fill.js';
import { usePage } from './support/use-page.js';

describe('finding', { timeout: 60_000 }, () => {
  const page = usePage();
  const { server } = page;

  it('looks everywhere: segments, breadcrumbs, people', async () => {
    await fill(server);
    await page.open();
    await page.page.keyboard.press('/');
    await page.page.keyboard.type('charging');
    await page.page.keyboard.press('Enter');
    await page.rows('hit', 'PaymentError').first().waitFor();
    await page.rows('hit').first().click();
    await page.drawer.getByText('charging €64.90').first().waitFor();

    await page.open('search?q=lamp');
    await page.rows('hit', 'search').locator('mark', { hasText: 'lamp' }).waitFor();
    await page.open('search?q=bob&kind=device');
    await page.rows('hit', 'bob').getByRole('button').click();
    await page.page.getByRole('heading', { name: 'bob' }).waitFor();
  });

  it('says so when there is nothing', async () => {
    await page.open('search?q=unheard');
    await page.page.getByText('Nothing holds “unheard”').waitFor();
  });

  it('walks through a list by keyboard, with the drawer beside it', async () => {
    await server.events({ key: 'first', count: 1 }, { key: 'second', count: 1 }, { key: 'third', count: 1 });
    await page.open('stream');
    await page.rows('event', 'third').waitFor();
    await page.page.keyboard.press('j');
    await page.page.keyboard.press('Enter');
    const title = page.drawer.getByRole('heading', { level: 2 });
    await title.waitFor();
    const top = await title.innerText();
    await page.page.keyboard.press('j');
    await expect.poll(() => title.innerText()).not.toBe(top);
    await page.page.keyboard.press('k');
    await expect.poll(() => title.innerText()).toBe(top);
    await page.page.keyboard.press('Escape');
    await page.drawer.waitFor({ state: 'detached' });
  });

  it('tells its keys', async () => {
    await page.open();
    await page.page.keyboard.press('?');
    await page.page.getByRole('dialog', { name: 'Keys' }).getByText('search everything').waitFor();
    await page.page.keyboard.press('Escape');
    await page.page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('exports a list with its filters', async () => {
    await fill(server);
    await page.open('events/checkout');
    const link = page.page.getByRole('link', { name: 'CSV' });
    const [download] = await Promise.all([page.page.waitForEvent('download'), link.click()]);
    expect(download.suggestedFilename()).toMatch(/events.*\.csv$/);
  });
});
