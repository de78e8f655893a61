import { isObject } from '../../check.js';
import { CountlyDecoratorError } from '../../errors.js';
import type { Advice, Method } from './advice.js';
import {
  addAdvice,
  publishRecords,
  rememberWoven,
  Site,
  type WeaveRecord,
  type Woven,
  weaveMetadataOf,
  wovenOf,
} from './woven.js';
import { createWrapper } from './wrapper.js';

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

/** What a decorator puts on a method, once it knows where it stands. */
export interface Weaving {
  /** For messages: `@TrackEvent`. */
  readonly decorator: string;
  readonly key: string | undefined;
  readonly options: object;
  advice(site: Site): Advice;
}

/** Makes the decorator function for both dialects. Refuses everything that is not a method, where it stands. */
export function methodDecorator<This, Args extends readonly unknown[], Result>(
  weaving: Weaving,
): MethodWeaver<This, Args, Result> {
  const decorate = (...params: readonly unknown[]): unknown => {
    const [first, second, third] = params;
    return isContext(second) ? standard(weaving, first, second) : legacy(weaving, first, second, third);
  };
  weavings.set(decorate, weaving);
  return decorate as MethodWeaver<This, Args, Result>;
}

const weavings = new WeakMap<object, Weaving>();

/** What a decorator of this library would weave, to apply it to something that is not being declared. */
export function weavingOf(decorator: object): Weaving | undefined {
  return weavings.get(decorator);
}

/** Weaves one function: what all ways of decorating end in. For `callee` see `weaveInto`. */
export function applyWeaving(weaving: Weaving, method: Method, site: Site, callee?: Method): Method {
  const advice = weaving.advice(site);
  const record: WeaveRecord = {
    kind: advice.kind,
    key: weaving.key,
    options: weaving.options as Readonly<Record<string, unknown>>,
    methodName: site.methodName,
    isStatic: site.isStatic,
  };
  return weaveInto(method, site, advice, record, callee);
}

interface Context {
  readonly kind: string;
  readonly name: string | symbol | undefined;
  readonly static?: boolean;
}

function isContext(value: unknown): value is Context {
  return isObject(value) && typeof value['kind'] === 'string';
}

function standard(weaving: Weaving, value: unknown, { kind, name, static: isStatic }: Context): Method {
  if (kind !== 'method' || typeof value !== 'function' || name === undefined) {
    throw misplaced(weaving, kind, nameOf(undefined, name));
  }
  return applyWeaving(weaving, value as Method, new Site(name, isStatic === true));
}

function legacy(weaving: Weaving, target: unknown, key: unknown, descriptor: unknown): PropertyDescriptor {
  const found = wrongTarget(target, key, descriptor);
  if (found !== undefined) throw misplaced(weaving, found, nameOf(target, key));
  const present = descriptor as PropertyDescriptor;
  const site = new Site(key as string | symbol, typeof target === 'function', target as object);
  present.value = applyWeaving(weaving, present.value as Method, site);
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

/**
 * Gives the function to use in place of `fn`; one that is woven already keeps its wrapper, which the advice joins. With a
 * `callee` it gets one of its own that calls this: a subclass must share neither wrapper nor metadata with its parent.
 */
export function weaveInto(fn: Method, site: Site, advice: Advice, record: WeaveRecord, callee?: Method): Method {
  const present = wovenOf(fn);
  if (present !== undefined && callee === undefined) {
    addAdvice(present, advice, record);
    return fn;
  }
  const original = callee ?? fn;
  const woven: Woven = { original, face: fn, site, advices: [], records: [], recording: undefined, endedAtOnce: 0 };
  addAdvice(woven, advice, record);
  const wrapper = createWrapper(woven, callee === undefined);
  rememberWoven(wrapper, woven);
  publishRecords(wrapper, woven, weaveMetadataOf(fn));
  return wrapper;
}
