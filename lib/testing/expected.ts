import { inspect, isDeepStrictEqual } from 'node:util';
import { isList, isObject, member } from '../check.js';
import type { RecordedEntry } from './recorded-entries.js';

/** What a test expects of a field: a value, or a matcher of Vitest or Jest such as `expect.any(Number)`. */
export type Expected<T> = T | { asymmetricMatch(actual: unknown): boolean };

/** What every expectation may say. */
export interface ExpectedEntry {
  /** All segments of the application; take `expect.objectContaining` for some. */
  readonly segmentation?: Expected<Readonly<Record<string, unknown>>>;
  /** Whom it was recorded for. */
  readonly deviceId?: Expected<string>;
  /** How often. @default at least once */
  readonly times?: number;
}

/** What is expected of an event. */
export interface ExpectedEvent extends ExpectedEntry {
  /** How often it is said to have happened. */
  readonly count?: Expected<number>;
  /** The number that is added up. */
  readonly sum?: Expected<number>;
  /** Seconds. */
  readonly dur?: Expected<number>;
}

/** What is expected of an error report. */
export interface ExpectedError extends ExpectedEntry {
  /** Whether it ended the process. */
  readonly fatal?: boolean;
  /** The methods it crossed, innermost first: `Cart.pay < Shop.order`. */
  readonly layers?: Expected<string>;
  /** The lines before it, as one text. */
  readonly breadcrumbs?: Expected<string>;
}

/** What is expected of a trace. */
export interface ExpectedTrace extends Omit<ExpectedEntry, 'segmentation'> {
  /** Kind of the trace. */
  readonly type?: 'device' | 'network';
  /** Its numbers. */
  readonly metrics?: Expected<Readonly<Record<string, number>>>;
}

/** What a matcher of Vitest and Jest gives. */
export interface MatcherResult {
  /** Whether it is as expected. */
  readonly pass: boolean;
  /** What to say when that is wrong. */
  readonly message: () => string;
}

const KNOWN = [
  'segmentation',
  'deviceId',
  'times',
  'count',
  'sum',
  'dur',
  'fatal',
  'breadcrumbs',
  'layers',
  'type',
  'metrics',
];

/** Whether an entry is as expected. What is not said may be anything. */
export function fits(entry: RecordedEntry, expected: object): boolean {
  for (const [name, value] of Object.entries(expected)) {
    if (!KNOWN.includes(name)) throw new TypeError(`expected one of ${KNOWN.join(', ')}, got "${name}".`);
    if (name === 'times' || value === undefined) continue;
    const actual = name === 'segmentation' || name === 'deviceId' ? entry[name] : entry.fields[name];
    if (!same(value, actual)) return false;
  }
  return true;
}

/** Equality that knows the matchers of test frameworks, at every depth. */
export function same(expected: unknown, actual: unknown): boolean {
  const matcher = member(expected, 'asymmetricMatch');
  if (typeof matcher === 'function') return Reflect.apply(matcher, expected, [actual]) === true;
  if (isList(expected)) {
    return isList(actual) && expected.length === actual.length && expected.every((item, i) => same(item, actual[i]));
  }
  if (isObject(expected) && isObject(actual)) {
    const names = new Set([...Object.keys(expected), ...Object.keys(actual)]);
    return [...names].every((name) => same(expected[name], actual[name]));
  }
  return isDeepStrictEqual(expected, actual);
}

/** A value as a failure shows it. */
export function shownValue(value: unknown): string {
  const says =
    typeof member(value, 'asymmetricMatch') === 'function' ? member(value, 'toAsymmetricMatcher') : undefined;
  if (typeof says === 'function') return String(Reflect.apply(says, value, []));
  if (!isObject(value)) return inspect(value, { depth: 6 });
  const members = Object.entries(value).map(([name, item]) => `${name}: ${shownValue(item)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

/** An entry as a failure shows it. */
export function shownEntry({ kind, name, deviceId, segmentation, fields }: RecordedEntry): string {
  const { stack: _, ...others } = fields;
  const parts = { ...others, ...(Object.keys(segmentation).length > 0 ? { segmentation } : {}) };
  return `${kind} ${JSON.stringify(name)} of ${deviceId ?? 'nobody'} ${shownValue(parts)}`;
}
