import { described, isObject, isReference } from '../check.js';
import * as is from '../config/schema.js';
import { CountlyDecoratorError } from '../errors.js';
import type { Segmentation } from '../scope/scope-api.js';
import type { Call } from './call.js';

/** A class whose class-transformer decorators say what goes into a segmentation. */
export type SegmentationClass = abstract new (...args: never[]) => object;

/** What a method gives in the end, as `call.result` sees it. */
export type Outcome<Result> =
  Result extends PromiseLike<infer Value>
    ? Awaited<Value>
    : Result extends Generator<unknown, infer Value, never>
      ? Value
      : Result extends AsyncGenerator<unknown, infer Value, never>
        ? Value
        : Result extends ObservableLike<infer Value>
          ? Value
          : Result;

/** The part of an rxjs Observable that tells its type of values. */
export interface ObservableLike<Value> {
  /** By which rxjs recognises its own. */
  lift(...args: never[]): unknown;
  /** Tells the type of the values. */
  forEach(next: (value: Value) => void): Promise<void>;
}

/** Callback of a decorator option. Must be synchronous. When it throws, one warning tells and the call goes on. */
export type FromCall<This, Args extends readonly unknown[], Result, Value> = (
  call: Call<This, Args, Outcome<Result>>,
) => Value;

/**
 * When a decorator records: before the method runs, or once it ended well, failed, or either. `commit`: once it ended well
 * and so did the transaction around it (`countly.transaction`, or one of an adapter); the time of the record is that one.
 */
export type Moment = 'call' | 'success' | 'error' | 'settle' | 'commit';

/** Options every recording decorator takes. */
export interface CommonOptions<This = unknown, Args extends readonly unknown[] = readonly unknown[], Result = unknown> {
  /** When to record. The default is the decorator's own. */
  readonly on?: Moment;
  /** Records only if this gives `true`. If it throws, nothing is recorded. */
  readonly when?: FromCall<This, Args, Result, boolean>;
  /** Share of the calls that are recorded, from 0 to 1. @default 1 */
  readonly sample?: number;
  /** Records under the device id this gives, instead of the current scope's. If it throws, nothing is recorded. */
  readonly device?: FromCall<This, Args, Result, string | undefined>;
  /** Name of the client to record through. @default the current scope's client, else `default` */
  readonly client?: string;
}

/** Options of decorators whose record can be broken down. */
export interface SegmentedOptions<
  This = unknown,
  Args extends readonly unknown[] = readonly unknown[],
  Result = unknown,
> extends CommonOptions<This, Args, Result> {
  /**
   * What the record is broken down by: fixed pairs, pairs computed from the call, or a class. With a class the first
   * argument that is (or is declared as) an instance of it is mapped, else the result; `@Expose`, `@Exclude` and
   * `@Transform` of class-transformer decide what leaves the process. Adds to what `@Segment` parameters give, and wins.
   */
  readonly segmentation?: Segmentation | SegmentationClass | FromCall<This, Args, Result, object | null | undefined>;
}

/** Options of `@TrackEvent` and `@TimedEvent`. */
export interface EventDecoratorOptions<
  This = unknown,
  Args extends readonly unknown[] = readonly unknown[],
  Result = unknown,
> extends SegmentedOptions<This, Args, Result> {
  /** Event key. @default `ClassName_methodName` – give one when your build renames classes */
  readonly key?: string;
  /** How often it happened: a positive integer. @default 1 */
  readonly count?: number | FromCall<This, Args, Result, number>;
  /** A number to add up, such as a price. */
  readonly sum?: number | FromCall<This, Args, Result, number | undefined>;
  /** Merge with equal events of the same hour that wait in the same batch. */
  readonly rollUp?: boolean;
}

export const fromCall: is.Rule = { ...is.callback, expected: 'a function of the call' };

export const COMMON_RULES: is.Members = {
  on: is.moment,
  when: fromCall,
  sample: is.share,
  device: fromCall,
  client: is.plainText,
};

export const SEGMENTED_RULES: is.Members = {
  ...COMMON_RULES,
  segmentation: is.either(is.object, { ...is.callback, expected: 'a class', shows: 'plain' }, fromCall),
};

/** A copy of the options. Throws with every wrong one, at decoration, where the stack still points at the decorator. */
export function checkOptions<Options extends object>(decorator: string, options: Options, rules: is.Members): Options {
  if (isDecorated(options)) {
    throw new CountlyDecoratorError(`${decorator} stands without parentheses. Write ${decorator}().`);
  }
  if (!isObject(options)) {
    throw new CountlyDecoratorError(`${decorator}: expected options to be an object, got ${described(options)}.`);
  }
  const problems = is.problemsIn(options, rules);
  if (problems.length === 0) return Object.freeze({ ...options });
  const told = problems.map(({ option, expected, actual }) => `option ${option}: expected ${expected}, got ${actual}`);
  throw new CountlyDecoratorError(`${decorator}: ${told.join('; ')}.`);
}

/**
 * Refuses what `@Breadcrumb` and others whose first argument may be a function are called with when they stand without
 * `()`: a class and the name of a method, or a method and its context.
 */
export function refuseBare(decorator: string, first: unknown, second: unknown): void {
  if (!isBare(first, second)) return;
  throw new CountlyDecoratorError(`${decorator} stands without parentheses. Write ${decorator}(…).`);
}

/** The two ways to call a decorator, `(key?, options?)` and `(options)`, as one checked shape. */
export function readArguments<Options extends object>(
  decorator: string,
  keyName: string,
  first: string | Options | undefined,
  second: Options | undefined,
  rules: is.Members,
): { readonly key: string | undefined; readonly options: Options } {
  const isKey = typeof first === 'string';
  if (first === '' || (!isKey && first !== undefined && second !== undefined && !isDecorated(first))) {
    throw new CountlyDecoratorError(
      `${decorator}: expected the ${keyName} to be a non-empty text, got ${described(first)}.`,
    );
  }
  const options = (isKey || first === undefined ? second : first) ?? ({} as Options);
  const checked = checkOptions(decorator, options, rules);
  const inOptions = (checked as Record<string, unknown>)[keyName] as string | undefined;
  return { key: isKey ? first : inOptions, options: checked };
}

/** The callback that a decorator cannot do without. `second` is what came in place of options. */
export function checkCallback(decorator: string, what: string, callback: unknown, second: unknown): void {
  if (isBare(callback, second)) {
    throw new CountlyDecoratorError(
      `${decorator} stands without parentheses. Write ${decorator}((call) => …) with ${what}.`,
    );
  }
  if (typeof callback === 'function') return;
  throw new CountlyDecoratorError(
    `${decorator}: expected a function of the call that gives ${what}, got ${described(callback)}.`,
  );
}

/** Whether a decorator was called with what is decorated: `@UserDetails` in place of `@UserDetails(…)`. */
function isBare(first: unknown, second: unknown): boolean {
  const isLegacy = isReference(first) && ['string', 'symbol'].includes(typeof second);
  return isLegacy || (typeof first === 'function' && isObject(second) && 'kind' in second);
}

/** A class, its prototype or a method: what a decorator is given in place of options by `@TrackEvent` without `()`. */
function isDecorated(value: unknown): boolean {
  if (typeof value === 'function') return true;
  const maker = isObject(value) && Object.hasOwn(value, 'constructor') ? value['constructor'] : undefined;
  return typeof maker === 'function' && maker.prototype === value;
}
