import { readObject } from '../protocol/json.js';
import type { ApiQuery } from './api-query.js';
import type { Histogram } from './contract/numbers.js';
import { MEASURED, type MeasuredRow, measuredRows, nameIn, rowsOf, segmentsOf } from './measured-rows.js';
import { ApiQueryError, oneOf, windowOf } from './question.js';

const BUCKETS = 30;
const MOST_BUCKETS = 100;
const COLUMNS = new Set(['count', 'sum', 'dur', 'duration', 'response_code']);

/** How the numbers of one field are spread. */
export function readHistogram({ parts, search }: ApiQuery): Histogram {
  const of = oneOf(search, 'of', MEASURED, 'events');
  const name = nameIn(search);
  const field = search.get('field') ?? (of === 'events' ? 'dur' : 'duration');
  const read = readerOf(field);
  const rows = measuredRows(parts, of, name, windowOf(search));
  const values = rows.flatMap((row) => read(row) ?? []).sort((one, other) => one - other);
  const wanted = Number(search.get('buckets') ?? BUCKETS);
  const count = Number.isInteger(wanted) && wanted > 0 ? Math.min(wanted, MOST_BUCKETS) : BUCKETS;
  return {
    of,
    name,
    field,
    measured: rows.length,
    rows: rowsOf(parts, of, name, rows.length),
    count: values.length,
    min: values[0] ?? null,
    max: values.at(-1) ?? null,
    mean: values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length,
    p50: percentile(values, 0.5),
    p95: percentile(values, 0.95),
    buckets: bucketsOf(values, count),
  };
}

/** By nearest rank, of values in ascending order. */
export function percentile(values: readonly number[], share: number): number | null {
  return values[Math.max(0, Math.ceil(share * values.length) - 1)] ?? null;
}

function readerOf(field: string): (row: MeasuredRow) => number | undefined {
  const [kind = '', ...rest] = field.split(':');
  const inner = rest.join(':');
  if (kind === 'segment' && inner !== '') return (row) => numberIn(segmentsOf(row)[inner]);
  if (kind === 'metric' && inner !== '') return (row) => numberIn(readObject(row['metrics'])?.[inner]);
  if (!COLUMNS.has(field)) {
    throw new ApiQueryError('field', `${[...COLUMNS].join(', ')}, segment:<name> or metric:<name>`, field);
  }
  return (row) => numberIn(row[field]);
}

function numberIn(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** Of one width, from the smallest to the largest value. */
function bucketsOf(values: readonly number[], wanted: number): Histogram['buckets'] {
  const [min] = values;
  const max = values.at(-1);
  if (min === undefined || max === undefined) return [];
  if (min === max) return [{ from: min, to: max, count: values.length }];
  const width = (max - min) / wanted;
  const counts = new Array<number>(wanted).fill(0);
  for (const value of values) {
    const place = Math.min(wanted - 1, Math.floor((value - min) / width));
    counts[place] = (counts[place] ?? 0) + 1;
  }
  return counts.map((count, index) => ({ from: min + index * width, to: min + (index + 1) * width, count }));
}
