import {
  classOutline,
  type Defined,
  declaredTypes,
  isObject,
  type PlannedSegment,
  schemaOutline,
  segmentsOf,
} from '../../lib/internal.js';

/** Segments that are known before anything runs. */
export interface PlannedSegments {
  readonly segments: Readonly<Record<string, PlannedSegment>>;
  /** Others are computed when the method runs. */
  readonly more: boolean;
}

/** Segments in words: `plan: "free" or "pro", note?: string`. */
export function shapeText(segments: PlannedSegments['segments'], more: boolean): string {
  const named = Object.entries(segments).map(
    ([name, { type, optional, values }]) =>
      `${name}${optional === true ? '?' : ''}: ${values === undefined ? type : values.map((value) => JSON.stringify(value)).join(' or ')}`,
  );
  return [...named, ...(more ? ['… computed at run time'] : [])].join(', ');
}

type Segments = Record<string, PlannedSegment>;

/** What a catalogue says. */
export function definedSegments({ segments, schema, type }: Defined): PlannedSegments {
  if (type !== undefined) return ofClass(type, '');
  if (schema !== undefined) {
    const outline = schemaOutline(schema);
    return { segments: outline ?? {}, more: outline === undefined };
  }
  const planned = [...(segments ?? [])].map(([name, { type, optional, values }]): [string, PlannedSegment] => [
    name,
    { type, ...(optional ? { optional } : {}), ...(values === undefined ? {} : { values }), from: 'catalogue' },
  ]);
  return { segments: Object.fromEntries(planned), more: false };
}

/** What a decorator's options and the parameters of its method say. */
export function decoratedSegments(source: unknown, owner: object | undefined, key: string | symbol): PlannedSegments {
  const segments: Segments = {};
  let more = false;
  for (const { name, index, type } of segmentsOf(owner, key)) {
    const found = ofParameter(name, type ?? (owner && declaredTypes(owner, key)?.[index]));
    Object.assign(segments, found.segments);
    more ||= found.more;
  }
  if (typeof source === 'function') {
    const found = isClass(source) ? ofClass(source as never, '') : { segments: {}, more: true };
    Object.assign(segments, found.segments);
    more ||= found.more;
  } else if (isObject(source)) {
    for (const [name, value] of Object.entries(source)) {
      if (value === undefined || value === null) continue;
      segments[name] = isScalar(value)
        ? { type: typeof value as 'string', values: [value], from: 'decorator' }
        : { type: 'unknown', from: 'decorator' };
    }
  }
  return { segments, more };
}

const SCALARS = new Map<unknown, PlannedSegment['type']>([
  [String, 'string'],
  [Number, 'number'],
  [Boolean, 'boolean'],
  [Date, 'string'],
]);

function ofParameter(name: string | undefined, type: unknown): PlannedSegments {
  const scalar = SCALARS.get(type);
  if (name !== undefined && scalar !== undefined)
    return { segments: { [name]: { type: scalar, from: 'parameter' } }, more: false };
  if (typeof type === 'function' && type !== Object && type !== Promise && type !== Array) {
    return ofClass(type as never, name === undefined ? '' : `${name}_`);
  }
  // Without a type nobody knows whether it is one segment or many.
  return name === undefined
    ? { segments: {}, more: true }
    : { segments: { [name]: { type: 'unknown', from: 'parameter' } }, more: type === Object };
}

function ofClass(type: abstract new (...args: never[]) => object, prefix: string): PlannedSegments {
  const { segments, complete } = classOutline(type);
  const planned = [...segments].map(([name, of]): [string, PlannedSegment] => [
    prefix + name,
    { type: of, from: 'class' },
  ]);
  return { segments: Object.fromEntries(planned), more: !complete };
}

function isClass(source: object): boolean {
  return Function.prototype.toString.call(source).startsWith('class');
}

function isScalar(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}
