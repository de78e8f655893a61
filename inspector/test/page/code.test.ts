import { describe, expect, it } from 'vitest';
import { usePage } from './support/use-page.js';

const OFFER = {
  client: { id: 'c1', name: 'shop', version: '1.0.0', pid: 42, hostname: 'here', startedAt: 1 },
  ledger: { accepted: 1, delivered: 1, pending: 0, dropped: {} },
  methods: [
    {
      ref: 1,
      className: 'Checkout',
      methodName: 'pay',
      file: '/srv/my shop/checkout.ts',
      line: 12,
      column: 3,
      decorators: [{ decorator: '@TimedEvent', kind: 'event', key: 'checkout' }],
    },
    {
      ref: 2,
      className: 'Cart',
      methodName: 'clear',
      file: '/srv/my shop/cart.ts',
      line: 4,
      column: 1,
      decorators: [{ decorator: '@TrackEvent', kind: 'event', key: null }],
    },
  ],
  calls: [{ ref: 1, calls: 5, failures: 2, last: 1_700_000_000_000, durations: [10, 20, 30] }],
};

describe('the code', { timeout: 60_000 }, () => {
  const page = usePage();
  const { server } = page;

  it('says what would be here while no client has told', async () => {
    await page.open('code');
    await page.page.getByText('No client has told its methods yet').waitFor();
  });

  it('lists every woven method, those that never fired and those that fail', async () => {
    await server.json('/inspector/client', OFFER);
    await page.open('code');
    await page.rows('method', 'Checkout.pay').getByText('5', { exact: true }).waitFor();
    await page.rows('method', 'Cart.clear').getByText('never').waitFor();
    expect(await page.id('never-fired').getAttribute('data-value')).toBe('1');
    await page.page.getByRole('button', { name: 'Never fired' }).click();
    await page.rows('method', 'Checkout.pay').waitFor({ state: 'detached' });
    await page.page.getByRole('button', { name: 'Failing' }).click();
    await page.rows('method', 'Cart.clear').waitFor({ state: 'detached' });
    await page.rows('method', 'Checkout.pay').getByText('2', { exact: true }).waitFor();
  });

  it('says of what arrived before the client told its calls that it was earlier, not never', async () => {
    await server.send({ events: [{ key: 'Cart_clear', count: 1 }] });
    const { app_key: app } = server.common();
    await server.json('/inspector/client', { ...OFFER, client: { ...OFFER.client, app } });
    await page.open('code');
    await page.rows('method', 'Cart.clear').getByText('earlier').waitFor();
    expect(await page.id('never-fired').getAttribute('data-value')).toBe('0');
  });

  it('opens the line in the editor of choice', async () => {
    await server.json('/inspector/client', OFFER);
    await page.open('code');
    const source = page.rows('method', 'Checkout.pay').getByTestId('source');
    expect(await source.getAttribute('href')).toBe('vscode://file/srv/my%20shop/checkout.ts:12:3');
    await page.page.getByRole('combobox', { name: 'Editor' }).selectOption({ label: 'Zed' });
    expect(await source.getAttribute('href')).toBe('zed://file/srv/my%20shop/checkout.ts:12:3');
  });

  it('tells one method: where it stands, how it does', async () => {
    await server.json('/inspector/client', OFFER);
    await page.open('code');
    await page.rows('method', 'Checkout.pay').getByRole('link', { name: 'Checkout.pay' }).click();
    await page.page.getByRole('heading', { name: 'Checkout.pay' }).waitFor();
    await page.page.getByText('@TimedEvent').waitFor();
  });
});
