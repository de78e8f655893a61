import { describe, expect, it } from 'vitest';
import { fill } from './support/fill.js';
import { usePage } from './support/use-page.js';

const HOSTILE = '<img src=x onerror="globalThis.executed = true"><script>globalThis.executed = true</script>';

describe('the drawer', { timeout: 60_000 }, () => {
  const page = usePage({ permissions: ['clipboard-read', 'clipboard-write'] });
  const { server } = page;
  const clipboard = (): Promise<string> => page.page.evaluate('navigator.clipboard.readText()');
  const copy = async (label: string): Promise<string> => {
    const button = page.drawer.getByTitle(label, { exact: true }).first();
    await button.click();
    await button.and(page.page.locator('[data-state="done"]')).waitFor();
    return clipboard();
  };

  it('gives a row as JSON and as what a test would expect', async () => {
    await fill(server);
    await page.open('events?open=event/2');
    expect(JSON.parse(await copy('Copy JSON'))).toMatchObject({ key: 'checkout', segmentation: { currency: 'EUR' } });
    expect(await copy('Copy as expectation')).toBe(
      "await expect(countly).toHaveTracked('checkout', { sum: 64.9, segmentation: { currency: 'EUR' } });",
    );
  });

  it('gives a request as curl, which sends the same', async () => {
    await server.events({ key: "it's", count: 1 });
    await page.open('requests/1');
    const command = await copy('Copy curl');
    expect(command).toContain(`curl -X POST '${server.url}/i'`);
    expect(command).toContain("it'\\''s");
  });

  it('shows the request that brought a row, with its answer', async () => {
    await fill(server);
    await page.open('stream?open=error/1');
    await page.drawer.getByText('at Checkout.pay').first().waitFor();
    await page.drawer.getByText('charging €64.90').first().waitFor();
    await page.drawer.getByText('The request that brought it').click();
    await page.drawer.getByText('"result": "Success"').waitFor();
  });

  it('takes nothing that was collected for markup, wherever it is shown', async () => {
    const event = { key: HOSTILE, count: 1, segmentation: { [HOSTILE]: HOSTILE } };
    const view = { key: '[CLY]_view', count: 1, segmentation: { name: HOSTILE, visit: 1 } };
    await server.send({ events: [event, view], user_details: { name: HOSTILE, custom: { a: HOSTILE } } }, HOSTILE);
    await server.send(
      { crash: { _os: 'x', _app_version: '1', _name: HOSTILE, _error: HOSTILE, _logs: HOSTILE } },
      HOSTILE,
    );
    await server.send({ app_key: HOSTILE }, HOSTILE);
    const places = [
      'overview',
      'stream',
      'people',
      'events',
      'views',
      'errors',
      'requests',
      'problems',
      'search?q=onerror',
    ];
    const person = `people/${encodeURIComponent(HOSTILE)}`;
    const one = `events/${encodeURIComponent(HOSTILE)}`;
    for (const place of [
      ...places,
      person,
      one,
      'events?open=event/1',
      'requests?open=request/1',
      'errors?open=error/1',
    ]) {
      await page.open(place);
      await page.page.locator('main').getByText('onerror').first().waitFor();
    }
    expect(await page.page.evaluate("'executed' in globalThis")).toBe(false);
    expect(await page.page.locator('main img, main script, .drawer img, .drawer script').count()).toBe(0);
  });

  it('shows a query that cannot be decoded', async () => {
    await server.get('/i?app_key=APPKEY&device_id=ann&timestamp=1700000000000&x=%ff');
    await page.open('requests/1');
    await page.drawer.getByText('x=%ff').waitFor();
  });

  it('says so when the row is gone', async () => {
    await page.open('events?open=event/99');
    await page.drawer.getByText('This is not here').waitFor();
  });
});
