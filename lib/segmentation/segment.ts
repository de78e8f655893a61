import 'reflect-metadata';
import { CountlyDecoratorError } from '../errors.js';

/** One parameter that goes into the segmentation. */
export interface SegmentParameter {
  readonly index: number;
  readonly name: string | undefined;
  /** The class given, else what the compiler emitted; undefined when it emits no types. */
  readonly type: unknown;
  readonly isGiven: boolean;
}

type SegmentClass = abstract new (...args: never[]) => object;

/** reflect-metadata key of the parameters of a method; a `Symbol.for` key, so that every copy reads it. */
const SEGMENTS = Symbol.for('countly-weave.segments.2');

/** The shape of a legacy parameter decorator on a method; constructors are refused by type. */
export type SegmentDecorator = (target: object, key: string | symbol, index: number) => void;

/**
 * Takes an argument into the segmentation of the decorators on its method. Legacy dialect only: the standard dialect has
 * no parameter decorators; use the `segmentation` option there.
 *
 * With a name a scalar is kept under it and an object's values under `name_…`. Without one the argument must be an
 * object, whose values are taken as they are; class-transformer decides which of them leave the process.
 *
 * A plain object has no class of its own: it is mapped by the class that is given, else by the one that the compiler
 * emitted for the parameter, which only happens with `emitDecoratorMetadata`. `Object` as the class says that the object
 * is to be taken as it is.
 *
 * @param name - segmentation key
 * @param type - class whose class-transformer decorators decide
 * @throws CountlyDecoratorError on anything but a method parameter
 *
 * @example
 * ```ts
 * import { Segment, TrackEvent } from 'countly-weave';
 *
 * class Checkout {
 *   @TrackEvent('checkout')
 *   pay(@Segment('currency') currency: string, @Segment(Object) order: { items: number }): void {}
 * }
 * ```
 */
export function Segment(type: SegmentClass): SegmentDecorator;
export function Segment(name?: string, type?: SegmentClass): SegmentDecorator;
export function Segment(first?: string | SegmentClass, second?: SegmentClass, third?: unknown): SegmentDecorator {
  // Called by the compiler itself, with the class and the name of the method.
  if (third !== undefined || (typeof first === 'object' && first !== null)) {
    throw new CountlyDecoratorError('@Segment stands without parentheses. Write @Segment().');
  }
  const [name, given] = typeof first === 'function' ? [undefined, first] : [first, second];
  if (name !== undefined && (typeof name !== 'string' || name === '')) {
    throw new CountlyDecoratorError(`@Segment: expected the name to be a non-empty string, got ${String(name)}.`);
  }
  if (given !== undefined && typeof given !== 'function') {
    throw new CountlyDecoratorError(
      `@Segment: expected a class, as in @Segment('order', Order), got ${given === null ? 'null' : typeof given}.`,
    );
  }
  return (target, key, index) => {
    // A number is the name of `42() {}`, as some compilers write it.
    if (typeof index !== 'number' || !['string', 'symbol', 'number'].includes(typeof key)) {
      throw new CountlyDecoratorError(
        '@Segment stands on something that is not a parameter of a method. Put it before a parameter.',
      );
    }
    const parameter: SegmentParameter = {
      index,
      name,
      isGiven: given !== undefined,
      get type() {
        return given ?? declaredTypes(target, key)?.[index];
      },
    };
    const others = (Reflect.getOwnMetadata(SEGMENTS, target, key) ?? []) as SegmentParameter[];
    Reflect.defineMetadata(SEGMENTS, [parameter, ...others], target, key);
  };
}

/** The parameters with `@Segment` on a method of this prototype or class, or on the nearest parent that declares it. */
export function segmentsOf(owner: object | undefined, key: string | symbol): readonly SegmentParameter[] {
  const known: unknown = owner && Reflect.getMetadata(SEGMENTS, owner, key);
  return (known ?? []) as SegmentParameter[];
}

/** Parameter types as the compiler emitted them (`emitDecoratorMetadata`): written only after the decorators ran. */
export function declaredTypes(owner: object, key: string | symbol): readonly unknown[] | undefined {
  const types: unknown = Reflect.getMetadata('design:paramtypes', owner, key);
  return Array.isArray(types) ? types : undefined;
}
