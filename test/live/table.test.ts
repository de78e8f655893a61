import { describe, expect, it } from 'vitest';
import { tableOf } from './table.js';

describe('table of facts', () => {
  it('shows what was sent beside what was counted, and which differ', () => {
    const table = tableOf([
      { fact: 'event count', sent: 12, counted: 12, ok: true },
      { fact: 'crash', sent: undefined, counted: 'a\nb', ok: false },
    ]);
    expect(table.split('\n')).toEqual([
      'fact         sent     counted  ok',
      '-----------  -------  -------  -------',
      'event count  12       12       ok',
      'crash        nothing  a b      DIFFERS',
    ]);
  });

  it('cuts a long answer of the server', () => {
    expect(tableOf([{ fact: 'f', sent: 1, counted: 'x'.repeat(500), ok: false }]).length).toBeLessThan(300);
  });
});
