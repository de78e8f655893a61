import { isList, isObject, isReference, member } from '../check.js';
import type { PlannedSegment } from './tracking-plan.js';

/**
 * The part of a Standard Schema (https://standardschema.dev) that a catalogue reads. zod, valibot, arktype and others have
 * it; none of them is needed by this library.
 */
export interface StandardSchema<Input = unknown> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => unknown;
    readonly types?: { readonly input: Input; readonly output: unknown } | undefined;
  };
}

/** What a schema takes. */
export type InputOf<Schema> = Schema extends { readonly '~standard': { readonly types?: infer Types } }
  ? NonNullable<Types> extends { readonly input: infer Input }
    ? Input
    : never
  : never;

/** Whether something says of itself that it is a Standard Schema; some are functions. */
export function isSchema(value: unknown): value is StandardSchema {
  const standard: unknown = isReference(value) ? (value as Partial<StandardSchema>)['~standard'] : undefined;
  return typeof standard === 'object' && standard !== null && typeof standard['validate' as never] === 'function';
}

/** What a schema says against a value; nothing when it takes it. */
export function schemaProblems(schema: StandardSchema, value: unknown): readonly string[] | 'async' {
  const answer = schema['~standard'].validate(value) as
    | { readonly issues?: readonly { readonly message?: unknown; readonly path?: readonly unknown[] }[] }
    | PromiseLike<unknown>;
  if ('then' in answer) {
    answer.then(undefined, () => {});
    return 'async';
  }
  // The message of a schema may show the value, which may be personal: where it is says enough.
  return (answer.issues ?? []).map(({ path }) => {
    const [first] = path ?? [];
    const name = typeof first === 'object' && first !== null ? (first as { key?: unknown }).key : first;
    return name === undefined
      ? 'the segmentation is not what its schema takes'
      : `segment "${String(name)}" is not what its schema takes`;
  });
}

/** Names that wrap what a schema takes: optional, default, nullable … */
const LEAVES_OUT = /^(optional|exact_?optional|nullish|default|prefault)/i;

/**
 * The segments that a Standard Schema takes, as far as it tells: by its JSON Schema where it has one (zod 4.2, arktype), else
 * by the members that zod and valibot show. Undefined when it tells nothing.
 */
export function schemaOutline(schema: unknown): Readonly<Record<string, PlannedSegment>> | undefined {
  return fromJsonSchema(schema) ?? fromMembers(schema);
}

function fromJsonSchema(schema: unknown): Record<string, PlannedSegment> | undefined {
  try {
    const converter = member(member(schema, '~standard'), 'jsonSchema');
    const input = member(converter, 'input') as ((options: object) => unknown) | undefined;
    const json = typeof input === 'function' ? input.call(converter, { target: 'draft-2020-12' }) : undefined;
    const properties = member(json, 'properties');
    if (!isObject(properties)) return undefined;
    const required = member(json, 'required');
    const isOptional = (name: string): boolean => !(isList(required) && required.includes(name));
    return named(Object.keys(properties), (name) => {
      const property = properties[name];
      const values =
        member(property, 'enum') ?? (member(property, 'const') === undefined ? undefined : [member(property, 'const')]);
      return planned(member(property, 'type'), isOptional(name), values);
    });
  } catch {
    return undefined;
  }
}

function fromMembers(schema: unknown): Record<string, PlannedSegment> | undefined {
  const members = member(schema, 'shape') ?? member(schema, 'entries');
  if (!isObject(members)) return undefined;
  return named(Object.keys(members), (name) => {
    let inner = members[name];
    let optional = false;
    for (let depth = 0; depth < 10; depth++) {
      const kind = kindOf(inner);
      const next = member(inner, 'wrapped') ?? member(member(inner, 'def'), 'innerType');
      if (next === undefined) break;
      optional ||= LEAVES_OUT.test(kind);
      inner = next;
    }
    const options = member(inner, 'options');
    const literal = member(inner, 'literal');
    return planned(kindOf(inner), optional, isList(options) ? options : literal === undefined ? undefined : [literal]);
  });
}

function kindOf(schema: unknown): string {
  return String(member(schema, 'type') ?? member(member(schema, 'def'), 'type') ?? '');
}

function planned(type: unknown, optional: boolean, values: unknown): PlannedSegment {
  const scalars = isList(values) && values.every((value) => ['string', 'number', 'boolean'].includes(typeof value));
  const said =
    type === 'integer' || type === 'bigint' ? 'number' : scalars && values.length > 0 ? typeof values[0] : type;
  const known = said === 'string' || said === 'number' || said === 'boolean' ? said : 'unknown';
  return {
    type: known,
    ...(optional ? { optional } : {}),
    ...(scalars ? { values: values as PlannedSegment['values'] & object } : {}),
    from: 'catalogue',
  };
}

function named(names: readonly string[], plan: (name: string) => PlannedSegment): Record<string, PlannedSegment> {
  return Object.fromEntries(names.map((name) => [name, plan(name)]));
}
