import type { Fact, Value } from './fact.js';

const COLUMNS = ['fact', 'sent', 'counted', 'ok'] as const;

/** The facts as a table of text. */
export function tableOf(facts: readonly Fact[]): string {
  const rows = facts.map(({ fact, sent, counted, ok }) => [fact, shown(sent), shown(counted), ok ? 'ok' : 'DIFFERS']);
  const all = [[...COLUMNS], ...rows];
  const widths = COLUMNS.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const lines = all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  lines.splice(1, 0, widths.map((width) => '-'.repeat(width)).join('  '));
  return lines.join('\n');
}

function shown(value: Value): string {
  if (value === undefined) return 'nothing';
  // An answer of the server may hold line ends, which would tear the table.
  return String(value).replace(/\s+/g, ' ').slice(0, 60);
}
