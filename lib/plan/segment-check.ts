import { isObject, member, primitiveOf } from '../check.js';
import type { Defined, DefinedSegment } from './definitions.js';
import { schemaProblems } from './standard-schema.js';

/** A way in which a record does not fit its definition. */
export interface Misfit {
  /** What a message about it is said once for; made of what code says, never of data. */
  readonly once: string;
  readonly text: string;
}

/** Everything in which a segmentation does not fit. Shows names and types, no values. */
export function misfits(defined: Defined, given: unknown): readonly Misfit[] {
  const { schema, segments } = defined;
  if (schema !== undefined) {
    const problems = schemaProblems(schema, given ?? {});
    if (problems !== 'async') return problems.map((text) => ({ once: 'schema', text }));
    return [{ once: 'async', text: 'its schema answers with a promise, for which nothing here can wait' }];
  }
  // What a class makes of an object is for class-transformer to say.
  if (segments === undefined) return [];
  const found: Misfit[] = [];
  for (const [name, segment] of segments) {
    const value = primitiveOf(member(given, name));
    const problem = value === undefined || value === null ? missing(segment) : wrong(segment, value);
    if (problem !== undefined) found.push({ once: `segment ${name}`, text: `segment "${name}" ${problem}` });
  }
  const unknown = isObject(given) ? Object.keys(given).find((name) => !segments.has(name)) : undefined;
  if (unknown !== undefined && member(given, unknown) !== undefined) {
    found.push({ once: 'unknown segment', text: `segment "${unknown.slice(0, 40)}" is not in the catalogue` });
  }
  return found;
}

function missing({ optional }: DefinedSegment): string | undefined {
  return optional ? undefined : 'is missing';
}

function wrong({ type, values }: DefinedSegment, value: unknown): string | undefined {
  if (values !== undefined && !values.includes(value as string)) return 'has a value that is not in the catalogue';
  const is = typeof value === 'bigint' ? 'number' : typeof value;
  return is === type ? undefined : `must be a ${type}, got a ${is}`;
}
