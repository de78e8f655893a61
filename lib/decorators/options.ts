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
  lift(...args: never[]): unknown;
  forEach(next: (value: Value) => void): Promise<void>;
}

/** Callback of a decorator option. Must be synchronous. When it throws, one warning tells and the call goes on. */
export type FromCall<This, Args extends readonly unknown[], Result, Value> = (
  call: Call<This, Args, Outcome<Result>>,
) => Value;

/** When a decorator records: before the method runs, or once it ended well, failed, or either. */
export type Moment = 'call' | 'success' | 'error' | 'settle';

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
  /** Event key. @default `ClassName.methodName` – give one when your build renames classes */
  readonly key?: string;
  /** How often it happened: a positive integer. @default 1 */
  readonly count?: number | FromCall<This, Args, Result, number>;
  /** A number to add up, such as a price. */
  readonly sum?: number | FromCall<This, Args, Result, number | undefined>;
  /** Merge with equal events of the same hour that wait in the same batch. */
  readonly rollUp?: boolean;
}
