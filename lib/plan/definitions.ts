import { described, isList, isObject, member, primitiveOf } from '../check.js';
import { type ConfigProblem, CountlyConfigError } from '../errors.js';
import type { CatalogueOptions, Definition, SegmentType } from './catalogue-types.js';
import { isSchema, type StandardSchema, schemaProblems } from './standard-schema.js';

/** A segment, or a further number of a trace, as a catalogue says it. */
export interface DefinedSegment {
  readonly type: SegmentType;
  readonly optional: boolean;
  /** The only values it may have. */
  readonly values?: readonly (string | number | boolean)[];
}

/** An entry of a catalogue, read. */
export interface Defined {
  readonly description: string | undefined;
  readonly owner: string | undefined;
  /** Segments by name; undefined when a class or a schema says them. */
  readonly segments: ReadonlyMap<string, DefinedSegment> | undefined;
  readonly schema: StandardSchema | undefined;
  readonly type: (abstract new (...args: never[]) => object) | undefined;
}

type Problems = ConfigProblem[];

const TYPES = ['string', 'number', 'boolean'];
const SPEC = '"string", "number" or "boolean", with "?" where it may be missing, or a list of values';

/** What a catalogue holds, or a CountlyConfigError with everything that is wrong with it. */
export function readCatalogue(maker: string, source: unknown, options: CatalogueOptions): ReadonlyMap<string, Defined> {
  const problems: Problems = [];
  const strict: unknown = isObject(options) ? options.strict : options;
  if (strict !== undefined && !['off', 'warn', 'drop'].includes(strict as string)) {
    problems.push({
      option: `${maker} options.strict`,
      expected: '"off", "warn" or "drop"',
      actual: described(strict, 'plain'),
    });
  }
  const found = new Map<string, Defined>();
  if (!isObject(source)) {
    problems.push({ option: maker, expected: 'an object of definitions by key', actual: described(source) });
  } else {
    for (const [key, definition] of Object.entries(source)) {
      found.set(key, readDefinition(`${maker} ${JSON.stringify(key)}`, definition, maker === 'defineTraces', problems));
    }
  }
  if (problems.length > 0) throw new CountlyConfigError(problems);
  return found;
}

function readDefinition(where: string, given: unknown, isTrace: boolean, problems: Problems): Defined {
  const bare = isSchema(given) || typeof given === 'function';
  const definition: unknown = bare ? { segmentation: given } : given;
  const none = { description: undefined, owner: undefined, segments: undefined, schema: undefined, type: undefined };
  if (!isObject(definition)) {
    problems.push({
      option: where,
      expected: 'a definition such as { description, segmentation }',
      actual: described(given),
    });
    return none;
  }
  const place = isTrace ? 'metrics' : 'segmentation';
  for (const name of Object.keys(definition)) {
    if (['description', 'owner', place].includes(name)) continue;
    problems.push({
      option: `${where}.${name}`,
      expected: `one of description, owner, ${place}`,
      actual: 'an unknown option',
    });
  }
  const text = (name: 'description' | 'owner'): string | undefined => {
    const value = (definition as Definition)[name] as unknown;
    if (value === undefined || typeof value === 'string') return value;
    problems.push({ option: `${where}.${name}`, expected: 'a text', actual: described(value) });
    return undefined;
  };
  const said = { description: text('description'), owner: text('owner') };
  const from = definition[place];
  if (isSchema(from)) return { ...none, ...said, schema: from };
  if (typeof from === 'function') return { ...none, ...said, type: from as NonNullable<Defined['type']> };
  return { ...none, ...said, segments: readShape(`${where}.${place}`, from, isTrace, problems) };
}

function readShape(where: string, shape: unknown, isTrace: boolean, problems: Problems): Map<string, DefinedSegment> {
  const segments = new Map<string, DefinedSegment>();
  if (shape === undefined) return segments;
  if (!isObject(shape)) {
    const expected = isTrace
      ? 'an object of "number"s'
      : 'an object of types by segment, a class, or a Standard Schema';
    problems.push({ option: where, expected, actual: described(shape) });
    return segments;
  }
  for (const [name, spec] of Object.entries(shape)) {
    const segment = readSpec(spec);
    if (segment !== undefined && (!isTrace || segment.type === 'number')) segments.set(name, segment);
    else {
      const expected = isTrace ? '"number" or "number?"' : SPEC;
      problems.push({ option: `${where}.${name}`, expected, actual: described(spec, 'plain') });
    }
  }
  return segments;
}

function readSpec(spec: unknown): DefinedSegment | undefined {
  if (typeof spec === 'string') {
    const optional = spec.endsWith('?');
    const type = optional ? spec.slice(0, -1) : spec;
    return TYPES.includes(type) ? { type: type as SegmentType, optional } : undefined;
  }
  if (!isList(spec) || spec.length === 0) return undefined;
  const [type, ...others] = new Set(spec.map((value) => typeof value));
  if (type === undefined || others.length > 0 || !TYPES.includes(type)) return undefined;
  return {
    type: type as SegmentType,
    optional: false,
    values: Object.freeze([...spec]) as DefinedSegment['values'] & object,
  };
}

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
