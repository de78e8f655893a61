/** What a decorator of the standard (TC39) dialect is called with on a method. */
export type StandardTarget<This, Args extends readonly unknown[], Result> = [
  method: (this: This, ...args: Args) => Result,
  context: ClassMethodDecoratorContext<This, (this: This, ...args: Args) => Result>,
];

/**
 * The part of a property descriptor that tells a method from an accessor. `TypedPropertyDescriptor` will not do: its
 * setter makes it refuse generic methods.
 */
export interface MethodDescriptor<Signature> {
  value?: Signature;
}

/** What a decorator of the legacy dialect (`experimentalDecorators`) is called with on a method. */
export type LegacyTarget<This, Args extends readonly unknown[], Result> = [
  target: This,
  key: string | symbol,
  descriptor: MethodDescriptor<(...args: Args) => Result>,
];

/**
 * A decorator for methods of one type, in both dialects. One signature over a union of parameter lists, because
 * overloads would keep TypeScript from inferring `call.args` and `call.result` in the options from the decorated method.
 */
export type TypedWeaver<This, Args extends readonly unknown[], Result> = (
  ...target: StandardTarget<This, Args, Result> | LegacyTarget<This, Args, Result>
) => void;

/** A decorator for any method: one whose options do not look at the call, kept in a constant and used many times. */
export type AnyWeaver = <This, Args extends readonly unknown[], Result>(
  ...target: StandardTarget<This, Args, Result> | LegacyTarget<This, Args, Result>
) => void;

/** What the decorators of this library are; `Args` is `never` when nothing told what the method looks like. */
export type MethodWeaver<This, Args extends readonly unknown[], Result> = [Args] extends [never]
  ? AnyWeaver
  : TypedWeaver<This, Args, Result>;
