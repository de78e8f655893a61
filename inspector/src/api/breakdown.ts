import type { ApiQuery } from './api-query.js';
import type { Breakdown, Segments } from './contract/numbers.js';
import { MEASURED, measuredRows, nameIn, rowsOf, segmentsOf } from './measured-rows.js';
import { limitOf, oneOf, required, windowOf } from './question.js';

/** Values are made of data; what comes after these is counted together. */
const MOST_VALUES = 10_000;
const MOST_SEGMENTS = 200;

interface Value {
  readonly value: string | null;
  events: number;
  count: number;
  sum: number;
  readonly devices: Set<string>;
}

/** What came, by the values of one segment. A list counts for each of its elements, as on a server. */
export function readBreakdown({ parts, search }: ApiQuery): Breakdown {
  const of = oneOf(search, 'of', MEASURED, 'events');
  const key = nameIn(search);
  const segment = required(search, 'segment');
  const rows = measuredRows(parts, of, key, windowOf(search));
  const values = new Map<string | null, Value>();
  let others = 0;
  for (const row of rows) {
    for (const value of valuesIn(segmentsOf(row)[segment])) {
      let found = values.get(value);
      if (found === undefined && values.size >= MOST_VALUES) {
        others += 1;
        continue;
      }
      found ??= { value, events: 0, count: 0, sum: 0, devices: new Set() };
      values.set(value, found);
      found.events += 1;
      found.count += row.count;
      found.sum += row.sum ?? 0;
      found.devices.add(row.device_id);
    }
  }
  const all = [...values.values()].sort((one, other) => other.events - one.events);
  const limit = limitOf(search, 50, 1000);
  return {
    key,
    segment,
    measured: rows.length,
    rows: rowsOf(parts, of, key, rows.length),
    values: all.slice(0, limit).map(({ devices, ...value }) => ({ ...value, devices: devices.size })),
    others: others + Math.max(0, all.length - limit),
  };
}

function valuesIn(value: unknown): (string | null)[] {
  if (value === undefined || value === null) return [null];
  if (Array.isArray(value)) return [...new Set(value.flatMap(valuesIn))];
  return [(typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 500)];
}

/** The segments there are to break down by, the most frequent first. */
export function readSegments({ parts, search }: ApiQuery): Segments {
  const of = oneOf(search, 'of', MEASURED, 'events');
  const found = new Map<string, { kind: Segments['segments'][number]['kind']; rows: number }>();
  for (const row of measuredRows(parts, of, nameIn(search), windowOf(search))) {
    for (const [name, value] of Object.entries(segmentsOf(row))) {
      const kind = kindOf(value);
      const known = found.get(name);
      if (known !== undefined) {
        known.rows += 1;
        if (known.kind !== kind) known.kind = 'mixed';
      } else if (found.size < MOST_SEGMENTS) found.set(name, { kind, rows: 1 });
    }
  }
  const segments = [...found].map(([name, { kind, rows }]) => ({ name, kind, rows }));
  return { segments: segments.sort((one, other) => other.rows - one.rows) };
}

function kindOf(value: unknown): Segments['segments'][number]['kind'] {
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'number') return 'number';
  return typeof value === 'boolean' ? 'flag' : 'text';
}
