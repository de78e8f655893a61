import { isObject } from '../../check.js';
import { CountlyDecoratorError } from '../../errors.js';
import type { Method } from './advice.js';
import { Site, type Weaving } from './woven.js';
import { weaveInto } from './wrapper.js';

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

/** Makes the decorator function for both dialects. Refuses everything that is not a method, where it stands. */
export function methodDecorator<This, Args extends readonly unknown[], Result>(
  weaving: Weaving,
): MethodWeaver<This, Args, Result> {
  const decorate = (target: unknown, second: unknown, descriptor: unknown): unknown => {
    if (!isContext(second)) return legacy(weaving, target, propertyKey(second), descriptor);
    const { kind, name } = second;
    if (kind !== 'method' || typeof target !== 'function') throw misplaced(weaving, kind, nameOf(undefined, name));
    return weaveInto(target as Method, new Site(name, second.static), [weaving]);
  };
  weavings.set(decorate, weaving);
  return decorate as MethodWeaver<This, Args, Result>;
}

/** What each decorator would weave, to apply it to something that is not being declared. */
export const weavings = new WeakMap<object, Weaving>();

/** What decorators of the standard dialect are called with second. */
function isContext(value: unknown): value is DecoratorContext {
  return isObject(value) && typeof value['kind'] === 'string';
}

/** Some compilers hand the name of `42() {}` over as it is written. */
function propertyKey(key: unknown): unknown {
  return typeof key === 'number' ? String(key) : key;
}

function legacy(weaving: Weaving, target: unknown, key: unknown, descriptor: unknown): PropertyDescriptor {
  const found = wrongTarget(target, key, descriptor);
  if (found !== undefined) throw misplaced(weaving, found, nameOf(target, key));
  const present = descriptor as PropertyDescriptor;
  const site = new Site(key as string | symbol, typeof target === 'function', target as object);
  present.value = weaveInto(present.value as Method, site, [weaving]);
  return present;
}

/** What a decorator of the legacy dialect stands on, when it is no method. */
function wrongTarget(target: unknown, key: unknown, descriptor: unknown): string | undefined {
  if (typeof target !== 'function' && !isObject(target)) return 'function call';
  if (typeof key !== 'string' && typeof key !== 'symbol') {
    return typeof descriptor === 'number' ? 'constructor parameter' : 'class';
  }
  if (typeof descriptor === 'number') return 'parameter';
  if (!isObject(descriptor) || 'initializer' in descriptor) return 'field';
  if (descriptor['get'] !== undefined || descriptor['set'] !== undefined) return 'accessor';
  return typeof descriptor['value'] === 'function' ? undefined : 'property that holds no function';
}

const REMEDIES: Readonly<Record<string, string>> = {
  class: 'Put it on a method, or use @Instrument on the class.',
  field: 'Turn the field into a method: name(…) { … } instead of name = (…) => { … }.',
  function: 'Put it on a method of a class, or wrap a function with weave(fn, advice).',
  parameter: 'Put it on the method; @Segment is the decorator for parameters.',
};

function misplaced(weaving: Weaving, found: string, position: string): CountlyDecoratorError {
  const remedy =
    Object.entries(REMEDIES).find(([word]) => found.includes(word))?.[1] ??
    'Move the work into a method and decorate that.';
  const article = found.startsWith('a') ? 'an' : 'a';
  return new CountlyDecoratorError(
    `${weaving.decorator} stands on ${position}, which is ${article} ${found}, not a method. ${remedy}`,
  );
}

function nameOf(target: unknown, key: unknown): string {
  const owner = typeof target === 'function' ? target : (target as object | null | undefined)?.constructor;
  const member = typeof key === 'symbol' || typeof key === 'string' ? String(key) : '';
  const parts = [typeof owner === 'function' ? owner.name : '', member].filter((part) => part !== '');
  return parts.length === 0 ? 'something without a name' : parts.join('.');
}
