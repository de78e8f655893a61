import type { SqlValue } from '../sql/sql.js';

/** What a spreadsheet takes for the beginning of a formula. */
const FORMULA = /^[=+\-@\t\r]/;

/** One line of RFC 4180. A text that a spreadsheet would run as a formula gets an apostrophe before it. */
export function csvLine(values: readonly SqlValue[]): string {
  return `${values.map(cellOf).join(',')}\r\n`;
}

function cellOf(value: SqlValue): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
