import { expect, it } from 'vitest';
import { prometheusText } from '../../lib/outbox/ledger.js';

it('renders the ledger in the text format, with every reason and an escaped label', () => {
  const text = prometheusText(
    { accepted: 10, delivered: 6, pending: 1, dropped: { consent: 2, overflow: 1 } },
    'bill"ing',
  );
  expect(text).toContain(
    '# TYPE countly_weave_entries_accepted_total counter\ncountly_weave_entries_accepted_total{client="bill\\"ing"} 10\n',
  );
  expect(text).toContain('countly_weave_entries_pending{client="bill\\"ing"} 1\n');
  expect(text).toContain('countly_weave_entries_dropped_total{client="bill\\"ing",reason="consent"} 2\n');
  expect(text).toContain('reason="expired"} 0\n');
  expect(text.endsWith('\n')).toBe(true);
  // Every line is a comment or a sample, which is all the format knows.
  for (const line of text.trim().split('\n')) expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+\{[^}]+\} \d+)$/);
});
