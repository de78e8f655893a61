import { CountlyDecoratorError } from '../errors.js';
import type { ScopeApi } from '../scope/scope-api.js';
import type { Call } from './call.js';
import type { Outcome } from './options.js';
import type { Advice, Method } from './weave/advice.js';
import { type TypedWeaver, weavings } from './weave/method-decorator.js';
import { membersOf, Site, type Weaving } from './weave/woven.js';
import { weaveInto } from './weave/wrapper.js';

/** Something of your own around a function. Runs contained: when it throws, the call goes on and one warning tells. */
export interface CustomAdvice<This = unknown, Args extends readonly unknown[] = readonly unknown[], Result = unknown> {
  /** Name of the client to record through. @default the current scope's client, else `default` */
  readonly client?: string;
  /** Before the function runs. */
  before?(call: Call<This, Args, Outcome<Result>>, scope: ScopeApi): void;
  /** After its work ended, well or not: a promise settled, a subscription ended, a generator is done. */
  after?(call: Call<This, Args, Outcome<Result>>, scope: ScopeApi): void;
}

/** What `weave` and `instrument` put on a function: one of this library's decorators, or an advice of your own. */
export type Weavable<This, Args extends readonly unknown[], Result> =
  | TypedWeaver<This, Args, Result>
  | CustomAdvice<This, Args, Result>;

/**
 * Wraps a function the way decorators wrap a method, for code that has no decorators. As long as there is no client, the
 * function is called directly.
 *
 * @param fn - the function; it is not changed
 * @param weavables - decorators of this library or advices of your own
 * @returns a function in its place: same `this`, result, name, length and metadata
 * @throws CountlyDecoratorError when `fn` is no function or a weavable is none
 *
 * @example
 * ```ts
 * import { ReportErrors, TimedEvent, weave } from 'countly-weave';
 *
 * const resize = weave((path: string) => path.length, TimedEvent('resize'), ReportErrors());
 * ```
 */
export function weave<This, Args extends readonly unknown[], Result>(
  fn: (this: This, ...args: Args) => Result,
  ...weavables: Weavable<This, Args, Result>[]
): (this: This, ...args: Args) => Result {
  if (typeof fn !== 'function') throw new CountlyDecoratorError(`weave: expected a function, got ${typeof fn}.`);
  const site = new Site(fn.name === '' ? 'anonymous' : fn.name);
  const method = fn as unknown as Method;
  // A wrapper of its own even when the function is woven already, because others may hold the one it has.
  return weaveInto(method, site, weavables.map(asWeaving), method) as unknown as typeof fn;
}

/** Several decorators for one method. In a list TypeScript cannot infer the parameters of callbacks; annotate them. */
export type SeveralWeavables<This, Args extends readonly unknown[], Result> = readonly (
  | Weavable<This, Args, Result>
  | Weavable<This, unknown[], unknown>
)[];

/** Which decorators or advices each method of an object gets. */
export type InstrumentPlan<Target> = {
  readonly [Key in keyof Target]?: Target[Key] extends (...args: infer Args) => infer Result
    ? Weavable<Target, Args, Result> | SeveralWeavables<Target, Args, Result>
    : never;
};

/**
 * Puts decorators on methods of one object, such as a prototype, a module's exports or a client of some library.
 *
 * @param target - the object; inherited methods are covered on the object itself
 * @param plan - for each method one or more decorators
 * @returns the same object
 * @throws CountlyDecoratorError when the plan names something that is not a method
 *
 * @example
 * ```ts
 * import { instrument, Trace } from 'countly-weave';
 *
 * const store = { load: (id: number) => id };
 * instrument(store, { load: Trace('store_load') });
 * ```
 */
export function instrument<Target extends object>(target: Target, plan: InstrumentPlan<Target>): Target {
  for (const key of Reflect.ownKeys(plan) as (keyof Target & (string | symbol))[]) {
    const planned: unknown = plan[key];
    if (planned === undefined) continue;
    const found = membersOf(target, () => false).get(key);
    if (typeof found?.value !== 'function') {
      throw new CountlyDecoratorError(`instrument: \`${String(key)}\` is not a method of the object.`);
    }
    const { isInherited, ...own } = found;
    if (isInherited ? !Object.isExtensible(target) : found.configurable !== true && found.writable !== true) {
      throw new CountlyDecoratorError(
        `instrument: \`${String(key)}\` cannot be replaced, for the object is frozen. Wrap the function with weave(fn, advice).`,
      );
    }
    const site = new Site(key, typeof target === 'function', target);
    const method = found.value as Method;
    const value = weaveInto(method, site, [planned].flat().map(asWeaving), isInherited ? method : undefined);
    const shape = isInherited ? { writable: true, enumerable: false, configurable: true } : own;
    Object.defineProperty(target, key, { ...shape, value });
  }
  return target;
}

export function asWeaving(weavable: unknown): Weaving {
  const weaving = typeof weavable === 'function' ? weavings.get(weavable) : undefined;
  if (weaving !== undefined) return weaving;
  if (typeof weavable !== 'object' || weavable === null) {
    throw new CountlyDecoratorError(
      `Expected a decorator of countly-weave or an advice { before, after }, got ${typeof weavable}.`,
    );
  }
  const custom = weavable as CustomAdvice;
  const advice: Advice = {
    kind: 'custom',
    client: custom.client,
    timed: custom.after !== undefined,
    readsArgs: true,
    enter: (scope, call) => custom.before?.(call, scope),
    settled: (scope, call) => custom.after?.(call, scope),
  };
  return { decorator: 'weave', options: Object.freeze({ ...custom }), advice: () => advice };
}
