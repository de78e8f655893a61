import { isList, isObject, member } from '../check.js';
import type { PlannedSegment } from './tracking-plan.js';

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
