import { CountlyDecoratorError } from '../errors.js';

/** One parameter that goes into the segmentation. */
export interface SegmentParameter {
  readonly index: number;
  readonly name: string | undefined;
  /** The declared class of the parameter, when the compiler emitted it. */
  readonly type: unknown;
}

const KEY = Symbol.for('countly-weave.segments.1');
type GlobalSlot = { [KEY]?: WeakMap<object, Map<string | symbol, SegmentParameter[]>> };
const slot = globalThis as GlobalSlot;
slot[KEY] ??= new WeakMap();
const segments = slot[KEY];

/** The shape of a legacy parameter decorator on a method; constructors are refused by type. */
export type SegmentDecorator = (target: object, key: string | symbol, index: number) => void;

/**
 * Takes an argument into the segmentation of the decorators on its method. Legacy dialect only: the standard dialect has
 * no parameter decorators; use the `segmentation` option there.
 *
 * With a name a scalar is kept under it and an object's values under `name_…`. Without one the argument must be an
 * object, whose values are taken as they are; class-transformer decides which of them leave the process.
 *
 * @param name - segmentation key
 * @throws {@link CountlyDecoratorError} on anything but a method parameter
 *
 * @example
 * ```ts
 * import { Segment, TrackEvent } from 'countly-weave';
 *
 * class Checkout {
 *   \@TrackEvent('checkout')
 *   pay(\@Segment('currency') currency: string, \@Segment() order: { items: number }): void {}
 * }
 * ```
 */
export function Segment(name?: string): SegmentDecorator {
  if (name !== undefined && (typeof name !== 'string' || name === '')) {
    throw new CountlyDecoratorError(`@Segment: expected the name to be a non-empty string, got ${String(name)}.`);
  }
  return (target, key, index) => {
    if (typeof index !== 'number' || (typeof key !== 'string' && typeof key !== 'symbol')) {
      throw new CountlyDecoratorError(
        '@Segment stands on something that is not a parameter of a method. Put it before a parameter.',
      );
    }
    const types = declaredTypes(target, key);
    const byKey = segments.get(target) ?? new Map<string | symbol, SegmentParameter[]>();
    segments.set(target, byKey);
    const parameter: SegmentParameter = {
      index,
      name,
      get type() {
        return types()?.[index];
      },
    };
    byKey.set(key, [parameter, ...(byKey.get(key) ?? [])]);
  };
}

/** The parameters marked on a method of this prototype or class, or on the nearest parent that declares it. */
export function segmentsOf(owner: object | undefined, key: string | symbol): readonly SegmentParameter[] {
  let level: object | null | undefined = owner;
  while (level !== undefined && level !== null) {
    const found = segments.get(level)?.get(key);
    if (found !== undefined) return found;
    level = Object.getPrototypeOf(level) as object | null;
  }
  return [];
}

/** Parameter types as the compiler emitted them (`emitDecoratorMetadata`), read late: they are written after this runs. */
export function declaredTypes(owner: object, key: string | symbol): () => readonly unknown[] | undefined {
  return () => {
    const reflect = Reflect as { getMetadata?: (name: string, target: object, key: string | symbol) => unknown };
    const types = reflect.getMetadata?.('design:paramtypes', owner, key);
    return Array.isArray(types) ? (types as readonly unknown[]) : undefined;
  };
}
