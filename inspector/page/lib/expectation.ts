import type { ErrorRow, EventRow, TraceRow, ViewRow } from '../../src/api/contract/lists.js';
import { ownSegments } from './view-segments.js';

/** What a test with `countly-weave/testing` would expect (docs/testing.md). */
export function expectEvent({ key, count, sum, segmentation }: EventRow): string {
  return expectation('toHaveTracked', key, {
    ...(count === 1 ? {} : { count }),
    ...(sum === null ? {} : { sum }),
    ...segmentsOf(segmentation),
  });
}

export function expectView({ name, segmentation }: ViewRow): string {
  return expectation('toHaveViewed', name, segmentsOf(ownSegments(segmentation)));
}

export function expectError({ name, nonfatal }: ErrorRow): string {
  return expectation('toHaveReported', name, nonfatal ? {} : { fatal: true });
}

export function expectTrace({ name, type }: TraceRow): string {
  return expectation('toHaveTraced', name, { type });
}

function segmentsOf(segmentation: Readonly<Record<string, unknown>> | null): { segmentation?: unknown } {
  return segmentation === null || Object.keys(segmentation).length === 0 ? {} : { segmentation };
}

function expectation(matcher: string, name: string, expected: Readonly<Record<string, unknown>>): string {
  const more = Object.keys(expected).length === 0 ? '' : `, ${literal(expected)}`;
  return `await expect(countly).${matcher}(${literal(name)}${more});`;
}

/** A value as TypeScript writes it, in one line. */
export function literal(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const pairs = Object.entries(value).map(([name, any]) => `${nameOf(name)}: ${literal(any)}`);
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
}

function nameOf(text: string): string {
  // Written as any other name it would be the prototype, no property.
  if (text === '__proto__') return "['__proto__']";
  return /^[A-Za-z_$][\w$]*$/.test(text) ? text : quoted(text);
}

function quoted(text: string): string {
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  // Ends of a line in JavaScript, and no such in JSON.
  return `'${inner.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}'`;
}
