import { describe, expect, it } from 'vitest';
import { usePage } from './support/use-page.js';

const EVENTS = 100_000;
const A_SECOND = 2000;
const SECONDS = 3;
/** The aim is 100 ms; on a machine that is shared a task is interrupted, and a page that is blocked takes seconds. */
const MOST_MS = 1000;
/** Of each second, in processor time of the page's thread: whatever else the machine does. */
const MOST_BUSY_MS = 400;
const PANELS = ['overview', 'stream', 'events', 'requests', 'people', 'traces', 'funnel'];

const WATCH = `globalThis.longTasks = [];
new PerformanceObserver((list) => longTasks.push(...list.getEntries().map(({ duration }) => Math.round(duration))))
  .observe({ type: 'longtask', buffered: true });`;

describe('the page under load', { timeout: 300_000 }, () => {
  const page = usePage({ viewport: { width: 1280, height: 900 } });
  const { server } = page;
  let sent = 0;
  const send = async (count: number): Promise<void> => {
    const events = Array.from({ length: count }, () => {
      sent += 1;
      return {
        key: `key_${sent % 40}`,
        count: 1,
        dur: (sent % 500) / 100,
        segmentation: { number: sent % 7, text: `t${sent % 90}` },
      };
    });
    await server.send({ events }, `person-${sent % 300}`);
  };

  it(`shows ${EVENTS} events and ${A_SECOND} more a second without a task that one feels`, async () => {
    while (sent < EVENTS) await send(1000);
    await page.page.addInitScript(WATCH);
    const thread = await page.page.context().newCDPSession(page.page);
    const busyMs = async (): Promise<number> => {
      const { metrics } = (await thread.send('Performance.getMetrics')) as {
        metrics: { name: string; value: number }[];
      };
      return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN) * 1000;
    };
    const longest: Record<string, number> = {};
    const busy: Record<string, number> = {};
    for (const panel of PANELS) {
      await page.open(panel);
      await page.page.evaluate('longTasks.length = 0');
      await thread.send('Performance.enable', { timeDomain: 'threadTicks' });
      const before = await busyMs();
      const end = Date.now() + SECONDS * 1000;
      while (Date.now() < end) {
        const startedAt = Date.now();
        await Promise.all(Array.from({ length: 4 }, () => send(A_SECOND / 40)));
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, 100 - (Date.now() - startedAt))));
      }
      busy[panel] = Math.round((await busyMs()) - before) / SECONDS;
      await thread.send('Performance.disable');
      longest[panel] = await page.page.evaluate('Math.max(0, ...longTasks)');
    }
    // For whoever measures: the figures themselves.
    const figures = JSON.stringify({ longestTaskMs: longest, busyMsPerSecond: busy });
    if (process.env['COUNTLY_SHOW_FIGURES']) process.stdout.write(`${figures}\n`);
    for (const [panel, ms] of Object.entries(longest)) expect(ms, panel).toBeLessThan(MOST_MS);
    for (const [panel, ms] of Object.entries(busy)) expect(ms, panel).toBeLessThan(MOST_BUSY_MS);
  });

  it('scrolls through a long list with few rows in the document', async () => {
    for (let time = 0; time < 5; time += 1) await send(1000);
    await page.open('events');
    const list = page.page.getByRole('region', { name: 'Latest' });
    const loaded = async (): Promise<number> => {
      const text = await page.id('event-row-count').textContent();
      return Number.parseInt((text ?? '').replaceAll(',', ''), 10);
    };
    const scrolled = async (): Promise<number> => {
      await list.evaluate((element) => {
        element.scrollBy(0, -40);
        element.scrollTo(0, element.scrollHeight);
      });
      return loaded();
    };
    for (let before = await loaded(); before < 1000; before = await loaded()) {
      await expect.poll(scrolled, { timeout: 20_000 }).toBeGreaterThan(before);
    }
    expect(await page.rows('event').count()).toBeLessThan(70);
  });
});
