import { describe, expect, it } from 'vitest';
import { usePage } from './support/use-page.js';

describe('the charts', { timeout: 60_000 }, () => {
  const page = usePage({ viewport: { width: 1280, height: 900 } });
  const { server } = page;

  it('tell the values below the pointer, over the window one chooses', async () => {
    await server.events(...Array.from({ length: 7 }, () => ({ key: 'a', count: 1 })));
    await page.open('overview?window=1m');
    const chart = page.page.getByRole('img', { name: 'Events, views, errors and refused requests over time' });
    const plot = chart.locator('.u-over');
    const legend = chart.locator('.u-series', { hasText: 'Events' }).locator('.u-value');
    await expect
      .poll(async () => {
        const box = await plot.boundingBox();
        if (box === null) return '';
        // The last seconds stand at the right; which of them it was is not ours to know.
        for (let back = 1; back < box.width / 3; back += 6) {
          await page.page.mouse.move(box.x + box.width - back, box.y + box.height / 2);
          if ((await legend.innerText()) === '7') return '7';
        }
        return legend.innerText();
      })
      .toBe('7');

    await page.page.getByRole('button', { name: '30 min' }).click();
    await expect.poll(() => page.page.url()).toContain('window=30m');
    await page.page.locator('button[aria-pressed="true"]', { hasText: '30 min' }).waitFor();
  });

  it('have axes that say times and amounts, in both colours', async () => {
    await server.events({ key: 'a', count: 1 });
    await page.open('overview?window=1m');
    const canvas = page.page.locator('.chart canvas').first();
    await canvas.waitFor();
    const light = await canvas.evaluate((element) => (element as unknown as { toDataURL(): string }).toDataURL());
    await page.id('theme').click();
    await expect
      .poll(() =>
        page.page
          .locator('.chart canvas')
          .first()
          .evaluate((element) => (element as unknown as { toDataURL(): string }).toDataURL()),
      )
      .not.toBe(light);
  });
});
