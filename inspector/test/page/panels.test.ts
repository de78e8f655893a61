import { describe, expect, it } from 'vitest';
import { fill } from './support/fill.js';
import { usePage } from './support/use-page.js';

describe('the panels', { timeout: 60_000 }, () => {
  const page = usePage();
  const { server } = page;

  it('Events: by key, and the events themselves', async () => {
    await fill(server);
    await page.open('events');
    await page.rows('key', 'checkout').getByText('3', { exact: true }).first().waitFor();
    await page.rows('event', 'checkout').filter({ hasText: 'currency EUR' }).first().waitFor();
    await page.id('event-row-count').getByText('4 of 4').waitFor();
  });

  it('one event: by segment, and how its numbers are spread', async () => {
    await fill(server);
    await page.open('events/checkout');
    await page.id('segment').selectOption('currency');
    await page.rows('breakdown', 'EUR').getByText('67 %').waitFor();
    await page.rows('breakdown', 'USD').getByText('33 %').waitFor();
    await page.id('field').selectOption('sum');
    await page.id('spread').getByText('3 of 3').waitFor();
    await page
      .id('spread')
      .getByRole('img', { name: /^Spread of sum/ })
      .waitFor();
  });

  it('Views: by name, one view, and the visits', async () => {
    await fill(server);
    await page.open('views');
    await page.rows('view', '/cart').getByRole('link').click();
    await page.page.getByRole('heading', { name: '/cart' }).waitFor();
    await page.rows('visit', 'ann').waitFor();
  });

  it('Sessions, running and ended', async () => {
    await fill(server);
    await page.open('sessions');
    await page.rows('session', 'ann').getByText('running').waitFor();
  });

  it('Traces: p50 and p95 by name, and over time', async () => {
    await fill(server);
    await page.open('traces');
    const row = page.rows('trace', 'load_cart');
    await row.getByText('20 ms').first().waitFor();
    await row.getByRole('link').click();
    await page.page.getByRole('img', { name: 'Duration of load_cart over time' }).waitFor();
    await page.rows('measurement', 'load_cart').waitFor();
  });

  it('Errors: equal ones as one, with stack and breadcrumbs', async () => {
    await fill(server);
    await page.open('errors');
    const error = page.rows('error', 'PaymentError: declined');
    await error.getByText('2 reports').waitFor();
    const place = error.getByRole('link', { name: '/srv/checkout.ts:12:3' });
    expect(await place.getAttribute('href')).toBe('vscode://file/srv/checkout.ts:12:3');
    await error.getByText('charging €64.90').waitFor();
    await error.getByRole('link', { name: 'all reports' }).click();
    await page.id('report-row-count').getByText('2 of 2').waitFor();
  });

  it('Requests: like a network panel, with what was answered', async () => {
    await fill(server);
    await page.open('requests');
    await page.rows('request', 'POST /i').first().click();
    await page.drawer.getByText('"result": "Success"').waitFor();
    await page.rows('entry').first().waitFor();
  });

  it('Problems: what a server would do, and what to do instead', async () => {
    await server.events({ key: 'a', count: 1, segmentation: { nested: { deep: 1 } } });
    await page.open('problems');
    const problem = page.rows('problem').first();
    await problem.getByText('Instead').waitFor();
    await problem.getByRole('link').first().click();
    await page.rows('finding').first().click();
    await page.drawer.getByText('Problems').waitFor();
  });

  it('People: found by a part of the id, each with a time line and a profile', async () => {
    await fill(server);
    await page.open('people');
    await page.rows('device', 'bob').waitFor();
    await page.id('filter-q').fill('an');
    await page.rows('device', 'bob').waitFor({ state: 'detached' });
    await page.rows('device', 'ann').getByRole('link').click();
    for (const what of ['checkout', '/cart', 'PaymentError: declined', 'load_cart', 'Session']) {
      await page.rows('timeline', what).first().waitFor();
    }
    await page.page.getByText('ann@example.test', { exact: true }).waitFor();
    await page.page.getByRole('button', { name: 'trace', exact: true }).click();
    await page.rows('timeline', 'load_cart').waitFor({ state: 'detached' });
  });

  it('a person that is not there', async () => {
    await page.open('people/nobody');
    await page.page.getByText('Nobody is called "nobody"').waitFor();
  });

  it('a view that goes on, and events in it, with health checks', async () => {
    await server.events(
      { key: '[CLY]_view', count: 1, segmentation: { name: '/a', visit: 1, _idv: 'v1' } },
      { key: 'tap', count: 1, cvid: 'v1' },
    );
    await server.send({ hc: '{"el":3,"sc":503}', t: '0' });
    await page.open('people/ann');
    await page.page.getByText('Health check').waitFor();
    await page.rows('timeline', '/a').getByText('running').waitFor();
    await page.rows('timeline', 'tap').getByRole('button').click();
    await page.drawer.getByText('v1').first().waitFor();
  });

  it('says how many of how many it shows, and loads on', async () => {
    await server.events(...Array.from({ length: 170 }, (_, n) => ({ key: `k${n % 90}`, count: 1 })));
    await page.open('events');
    await page.id('event-row-count').getByText('60 of 170').waitFor();
    await page.id('key-row-count').getByText('90 of 90').waitFor();
    const list = page.page.getByRole('region', { name: 'Latest' });
    await list.evaluate((element) => element.scrollTo(0, element.scrollHeight));
    await page.id('event-row-count').getByText('170 of 170').waitFor();
    // All are known, few are in the document.
    expect(await page.rows('event').count()).toBeLessThan(60);
  });
});
