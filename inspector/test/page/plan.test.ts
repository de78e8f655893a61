import { describe, it } from 'vitest';
import { usePage } from './support/use-page.js';

const ENTRY = { source: 'Shop.pay', feature: 'events' };

describe('the plan', { timeout: 60_000 }, () => {
  const page = usePage(
    {},
    {
      plan: {
        version: 1,
        entries: [
          { ...ENTRY, kind: 'event', key: 'checkout', segments: {} },
          { ...ENTRY, kind: 'event', key: 'refund', segments: {}, description: 'money goes back' },
        ],
      },
    },
  );
  const { server } = page;

  it('says what came as planned, what did not, and what never came', async () => {
    await server.events({ key: 'checkout', count: 1 }, { key: 'chekout', count: 1 });
    await page.open('plan');
    await page.page.getByText('1 record not as planned').waitFor();
    await page.rows('plan', 'chekout').getByText('not in the plan').waitFor();
    await page.rows('unseen', 'refund').getByText('money goes back').waitFor();
  });
});

describe('without a plan', { timeout: 60_000 }, () => {
  const page = usePage();

  it('says how to make one', async () => {
    await page.open('plan');
    await page.page.getByText('npx countly-weave plan').waitFor();
  });
});
