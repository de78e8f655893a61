import type { SqlValue } from '../sql/sql.js';

/** Columns that hold JSON text; the API hands them out as values. */
const JSON_COLUMNS = new Set([
  'segmentation',
  'extra',
  'metrics',
  'custom',
  'attributes',
  'params',
  'crash',
  'reply',
  'health',
  'value',
  'details',
]);
const BOOLEAN_COLUMNS = new Set([
  'nonfatal',
  'granted',
  'landing',
  'ended',
  'stored',
  'visit',
  'new_visitor',
  'known',
  'counted',
]);

/** A row as the API shows it: JSON text parsed, 0 and 1 of flags as false and true. */
export function shape(row: Readonly<Record<string, SqlValue>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => {
      if (JSON_COLUMNS.has(name) && typeof value === 'string') return [name, parse(value)];
      if (BOOLEAN_COLUMNS.has(name) && value !== null) return [name, value === 1];
      return [name, value];
    }),
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
