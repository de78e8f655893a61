import { describe, expect, it } from 'vitest';
import { usePage } from './support/use-page.js';

describe('trying it', { timeout: 60_000 }, () => {
  const page = usePage();
  const { server } = page;

  it('lets the next requests fail, and stops', async () => {
    await page.open('try');
    await page.id('fault-status').first().click();
    await page.id('fault-row').getByText('503').waitFor();
    await page.page.getByRole('link', { name: '1 fault in force' }).waitFor();
    expect((await server.events({ key: 'a', count: 1 })).status).toBe(503);
    expect((await server.events({ key: 'a', count: 1 })).status).toBe(200);

    await page.page.getByRole('button', { name: 'all, until cleared' }).click();
    await page.id('fault-checksum').click();
    await page.id('fault-row').filter({ hasText: 'checksum' }).getByRole('button', { name: 'Clear' }).click();
    expect((await server.events({ key: 'a', count: 1 })).body).toEqual({ result: 'Success' });
  });

  it('sets what clients get, and says what is wrong with it', async () => {
    await page.open('try');
    const config = page.page.getByRole('textbox', { name: 'Remote config' });
    const card = page.page.locator('section.card').filter({ has: config });
    await config.fill('{ "discount": ');
    await card.getByRole('button', { name: 'Save' }).click();
    await card.getByRole('status').getByText('JSON').waitFor();
    await config.fill('{ "discount": 10 }');
    await card.getByRole('button', { name: 'Save' }).click();
    await card.getByText('Saved').waitFor();
    const answer = await server.get('/o/sdk?method=rc&app_key=APPKEY&device_id=ann');
    expect(answer.body).toEqual({ discount: 10 });
  });

  it('pauses the app', async () => {
    await page.open('try');
    await page.page.getByRole('checkbox', { name: /The app is paused/ }).check();
    await page.page.getByRole('link', { name: 'App is paused' }).waitFor();
  });
});
