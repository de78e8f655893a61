import { describe, expect, it } from 'vitest';
import { usePage } from './support/use-page.js';

describe('whether it works', { timeout: 60_000 }, () => {
  const page = usePage();
  const { server } = page;

  it('says how to begin while nothing came, for each way to work', async () => {
    await page.open();
    await page.id('status').and(page.page.locator('[data-state="empty"]')).waitFor();
    for (const [name, text] of [
      ['NestJS', 'CountlyModule.forRoot'],
      ['TypeScript', 'Countly.init'],
      ['curl', `curl '${server.url}/i'`],
    ] as const) {
      await page.id('snippets').getByRole('button', { name, exact: true }).click();
      await page.id('snippets').getByText(text).waitFor();
      await page.id('snippets').getByText('APPKEY').waitFor();
    }
  });

  it('says so once the first request is there, without being loaded again', async () => {
    await page.open();
    await page.id('snippets').waitFor();
    await server.events({ key: 'a', count: 1 });
    await page.page.getByText('It works').waitFor();
    await page.id('status').getByText('1 of 1 request').waitFor();
  });

  it('says in red what is refused, why, and whose key it was, wherever one looks', async () => {
    for (let time = 0; time < 8; time += 1) await server.send({ app_key: 'WRONG' });
    for (const panel of ['overview', 'problems', 'events']) {
      await page.open(panel);
      const alert = page.page.getByRole('alert');
      await alert.getByText('8 of 8 requests refused').waitFor();
      await alert.getByText('8 × 400 App does not exist').waitFor();
      await alert.getByText('app key "WRONG"').waitFor();
      await alert.getByText('The only app key accepted here is "APPKEY"').waitFor();
    }
    await page.page.getByRole('alert').getByRole('button', { name: 'request #8' }).click();
    await page.drawer.getByText('App does not exist').first().waitFor();
    for (const panel of ['overview', 'problems']) {
      await page.open(panel);
      await page.page.getByText('Requests were refused').first().waitFor();
      expect(await page.page.getByText('Nothing to complain about').count()).toBe(0);
    }
  });

  it('has nothing red when nothing is refused', async () => {
    await server.events({ key: 'a', count: 1 });
    await page.open('problems');
    await page.page.getByText('Nothing to complain about').waitFor();
    expect(await page.id('rejections').count()).toBe(0);
  });

  it("shows the client's own count beside what came", async () => {
    await server.events({ key: 'a', count: 1 });
    await server.json('/inspector/client', {
      client: { id: 'c1', name: 'shop', version: '1.0.0', pid: 42, hostname: 'here', startedAt: 1 },
      ledger: { accepted: 12, delivered: 9, pending: 2, dropped: { 'queue full': 1 } },
    });
    await page.open();
    const row = page.id('ledger-row');
    await row.getByText('shop').waitFor();
    expect(await row.locator('td.number').allInnerTexts()).toEqual(['12', '9', '2', '1']);
  });
});
