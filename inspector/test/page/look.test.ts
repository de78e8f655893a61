import { createHash } from 'node:crypto';
import axe from 'axe-core';
import { describe, expect, it } from 'vitest';
import type { TestInspector } from '../support/use-inspector.js';
import { fill } from './support/fill.js';
import { usePage } from './support/use-page.js';

const PLACES = [
  'overview',
  'stream',
  'code',
  'people',
  'people/ann',
  'events',
  'events/checkout',
  'views',
  'sessions',
  'funnel?steps=view:/cart%0Aevent:checkout',
  'traces',
  'traces/load_cart',
  'errors',
  'requests?open=request/1',
  'events?open=event/2',
  'problems',
  'plan',
  'try',
  'search?q=checkout',
];
const RULES = { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] };

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

describe.each(['light', 'dark'] as const)('in %s colours', { timeout: 180_000 }, (colorScheme) => {
  const page = usePage({ colorScheme, reducedMotion: 'reduce', viewport: { width: 1280, height: 900 } });
  const { server } = page;
  const violations = async (): Promise<unknown[]> => {
    await page.page.evaluate(axe.source);
    const found = (await page.page.evaluate(`axe.run(document, ${JSON.stringify(RULES)})`)) as {
      violations: Violation[];
    };
    return found.violations.map(({ id, nodes }) => ({
      id,
      nodes: nodes.slice(0, 3).map(({ html }) => html.slice(0, 200)),
    }));
  };

  it('everybody can read and reach everything', async () => {
    await fill(server);
    await server.send({ app_key: 'WRONG' });
    const found: Record<string, unknown> = {};
    for (const place of PLACES) {
      await page.open(place);
      await page.page.waitForLoadState('networkidle').catch(() => undefined);
      await page.page.locator('main .card, main .empty').first().waitFor();
      const wrong = await violations();
      if (wrong.length > 0) found[place] = wrong;
    }
    expect(found).toEqual({});
  });

  it('the same holds while nothing came, and for what is asked', async () => {
    await page.open();
    await page.id('snippets').waitFor();
    expect(await violations()).toEqual([]);
    await page.id('reset').click();
    await page.page.getByRole('dialog').waitFor();
    expect(await violations()).toEqual([]);
  });
});

describe('the colours', { timeout: 60_000 }, () => {
  const page = usePage({ colorScheme: 'light' });
  const back = (): Promise<string> => page.page.evaluate('getComputedStyle(document.body).backgroundColor');

  it('follow the system until one chooses, and stay so', async () => {
    await page.open();
    const light = await back();
    await page.page.emulateMedia({ colorScheme: 'dark' });
    const dark = await back();
    expect(dark).not.toBe(light);
    await page.page.emulateMedia({ colorScheme: 'light' });
    await page.id('theme').click();
    expect(await back()).toBe(dark);
    await page.page.reload();
    expect(await back()).toBe(dark);
  });
});

describe.each([360, 700, 1280, 1920])('%i pixels wide', { timeout: 120_000 }, (width) => {
  const page = usePage({ viewport: { width, height: 900 } });
  const { server } = page;

  it('nothing sticks out, and no word falls apart', async () => {
    await fill(server);
    await server.send(
      { events: [{ key: 'a'.repeat(120), count: 1, segmentation: { text: 'b'.repeat(250) } }] },
      'd'.repeat(120),
    );
    await sendLongNames(server);
    const wrong: string[] = [];
    const one = encodeURIComponent(LONG);
    const others = ['code/1', `people/${one}`, `views/${one}`, `traces/${one}`, 'stream?open=profile/2'];
    for (const place of [...PLACES, ...others]) {
      await page.open(place);
      await page.page.locator('main .card, main .empty').first().waitFor();
      const out = await page.page.evaluate(STICKS_OUT);
      if (out !== '') wrong.push(`${place}: ${out}`);
    }
    expect(wrong).toEqual([]);
  });

  it('the panel one is led to is in sight in the navigation', async () => {
    await page.open();
    for (const id of ['try', 'overview', 'problems']) {
      await page.page.evaluate(`location.hash = '${id}'`);
      await page.page.locator(`[data-testid="nav-${id}"][aria-current="page"]`).waitFor();
      const isInSight = async () => {
        const box = await page.id(`nav-${id}`).boundingBox();
        return box !== null && box.x >= 0 && box.x + box.width <= width;
      };
      await expect.poll(isInSight, { message: id }).toBe(true);
    }
  });

  it('has a header of one row', async () => {
    await page.open();
    expect((await page.page.locator('header.bar').boundingBox())?.height).toBeLessThan(60);
  });
});

const LONG = 'w'.repeat(300);

/** Whatever has a name has a long one, with no place to break it. */
async function sendLongNames(server: TestInspector): Promise<void> {
  const send = async (fields: object) => {
    const body = JSON.stringify({ ...server.common(), device_id: LONG, ...fields });
    await server.raw('/i', body, { 'content-type': 'application/json' });
    const made = [{ body: createHash('sha256').update(body).digest('hex'), entries: [[{ ref: 1, unit: 'u' }]] }];
    const decorators = [{ decorator: LONG, kind: 'event', key: LONG }];
    const methods = [{ ref: 1, className: LONG, methodName: LONG, file: `/${LONG}`, line: 1, decorators }];
    const units = [{ id: 'u', title: LONG, startedAt: 1, deviceId: LONG }];
    await server.json('/inspector/client', { client: { id: 'c', name: LONG }, methods, units, made });
  };
  await send({ user_details: { name: LONG, custom: { [LONG]: LONG } } });
  await send({ events: [{ key: '[CLY]_view', count: 1, segmentation: { name: LONG, visit: 1 } }] });
  await send({ apm: { type: 'device', name: LONG, apm_metrics: { duration: 5 }, stz: 1, etz: 6 } });
  await send({ crash: { _name: LONG, _error: LONG, _os: LONG, _app_version: LONG, _custom: { [LONG]: LONG } } });
  await send({ app_key: LONG });
}

/** What is wider than its place, and short texts that take more lines than words. */
const STICKS_OUT = `(() => {
  const main = document.querySelector('main');
  if (document.documentElement.scrollWidth > innerWidth) return 'the page is ' + document.documentElement.scrollWidth + ' wide';
  if (document.documentElement.scrollHeight > innerHeight) return 'the page is ' + document.documentElement.scrollHeight + ' high';
  const drawer = document.querySelector('.drawer');
  if (drawer !== null && drawer.scrollWidth > drawer.clientWidth) return 'the drawer is ' + drawer.scrollWidth + ' in ' + drawer.clientWidth;
  if (main.scrollWidth > main.clientWidth) return 'the panel is ' + main.scrollWidth + ' in ' + main.clientWidth;
  for (const element of document.querySelectorAll('button, .badge, th, h3, dt, .side a')) {
    const text = element.textContent.trim();
    const box = element.getBoundingClientRect();
    if (text === '' || box.width === 0) continue;
    const range = document.createRange();
    range.selectNodeContents(element);
    const lines = new Set([...range.getClientRects()].map(({ bottom }) => Math.round(bottom / 8))).size;
    if (lines > Math.max(2, text.split(/\\s+/).length)) return 'letters below each other: ' + text;
  }
  return '';
})()`;
