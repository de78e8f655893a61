import { describe, expect, it } from 'vitest';
import { usePage } from './support/use-page.js';

describe('the funnel', { timeout: 60_000 }, () => {
  const page = usePage();
  const { server } = page;

  it('counts people from step to step, built by hand and kept in the address', async () => {
    for (const person of ['ann', 'bob', 'cem', 'dia']) {
      const seen = { key: '[CLY]_view', count: 1, segmentation: { name: '/cart', visit: 1 } };
      await server.send({ events: [seen] }, person);
    }
    for (const person of ['ann', 'bob']) await server.send({ events: [{ key: 'checkout', count: 1 }] }, person);
    await server.send({ events: [{ key: 'thanked', count: 1 }] }, 'ann');

    await page.open('funnel');
    await page.page.getByText('Two steps make a funnel').waitFor();
    for (const step of ['view:/cart', 'event:checkout', 'event:thanked']) await page.id('add-step').selectOption(step);
    await page.id('funnel-result').nth(2).waitFor();
    const people = async (): Promise<(string | null)[]> =>
      Promise.all((await page.id('funnel-result').all()).map((row) => row.getAttribute('data-people')));
    expect(await people()).toEqual(['4', '2', '1']);
    await page.page.getByText('2 leave (50 %)').waitFor();

    await page.page.reload();
    await page.id('funnel-result').nth(2).waitFor();
    await page.page.getByRole('button', { name: 'Remove event:thanked' }).click();
    await page.id('funnel-result').nth(2).waitFor({ state: 'detached' });
    expect(await people()).toEqual(['4', '2']);
  });
});
