import { describe, expect, it } from 'vitest';
import { usePage } from './support/use-page.js';

describe('the address of the page', { timeout: 60_000 }, () => {
  const page = usePage();
  const { server } = page;

  it.each(['%', '%E0%A4%A', 'devices/%', 'requests/%zz', 'nothing-of-the-kind', 'events?open=%&x=%zz'])(
    'may be anything: #%s',
    async (hash) => {
      await server.events({ key: 'a', count: 1 });
      await page.open(hash);
      await page.id('nav-events').click();
      await page.rows('key').waitFor();
    },
  );

  it('names the panel, what it is about and what is open, so that a link leads there', async () => {
    await server.events({ key: 'checkout', count: 1 }, { key: 'search', count: 1 });
    await page.open('events');
    await page.rows('key', 'checkout').getByRole('link').click();
    await page.rows('event', 'checkout').click();
    await page.drawer.getByRole('heading', { name: 'checkout' }).waitFor();
    const address = page.page.url();
    expect(new URL(address).hash).toBe('#events/checkout?open=event%2F1');

    await page.page.goto('about:blank');
    await page.page.goto(address);
    await page.drawer.getByRole('heading', { name: 'checkout' }).waitFor();
    expect(await page.rows('event').count()).toBe(1);
  });

  it('goes back to where one was', async () => {
    await server.events({ key: 'a', count: 1 });
    await page.open('requests');
    await page.rows('request').first().click();
    await page.drawer.waitFor();
    await page.page.goBack();
    await page.drawer.waitFor({ state: 'detached' });
    await page.rows('request').first().waitFor();
  });

  it('keeps a filter, and the way out of it', async () => {
    await server.events({ key: 'a', count: 1 });
    await server.send({ app_key: 'WRONG' });
    await page.open('requests');
    await page.rows('request').nth(1).waitFor();
    await page.id('filter-outcome').selectOption('rejected');
    await page.id('request-row-count').getByText('1 of 1').waitFor();
    expect(page.page.url()).toContain('outcome=rejected');
    await page.page.reload();
    await page.id('request-row-count').getByText('1 of 1').waitFor();
    await page.id('filter-outcome').selectOption('');
    await page.id('request-row-count').getByText('2 of 2').waitFor();
  });

  it('of earlier links still leads to people and to requests', async () => {
    await server.events({ key: 'a', count: 1 });
    await page.open('devices/ann');
    await page.page.getByRole('heading', { name: 'ann' }).waitFor();
    await page.open('requests/1');
    await page.drawer.getByText('POST /i').waitFor();
  });
});
