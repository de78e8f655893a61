import type { WovenCall } from './weave/advice.js';
import type { Site } from './weave/woven.js';

/**
 * One call of a decorated method, as the callbacks in decorator options see it.
 *
 * @typeParam This - type of the object the method was called on
 * @typeParam Args - the method's parameters
 * @typeParam Result - what the method gives in the end: the value inside a promise, the last value of an Observable,
 * the return value of a generator
 */
export interface Call<This = unknown, Args extends readonly unknown[] = readonly unknown[], Result = unknown> {
  /** The object the method was called on; for a static method the class. */
  readonly instance: This;
  readonly args: Args;
  /** `undefined` while the method runs and when it failed. */
  readonly result: Result | undefined;
  /** What was thrown, rejected or emitted as error; look at `failed` first, because `undefined` can be thrown too. */
  readonly error: unknown;
  readonly failed: boolean;
  /** From call to settlement, in milliseconds with microsecond resolution; 0 while the method runs. */
  readonly durationMs: number;
  /** Read when asked for, because bundlers rename classes. Empty for a function that belongs to no class. */
  readonly className: string;
  readonly methodName: string;
}

/** The only allocation a user callback costs; calls without callbacks never make one. */
export class MethodCall implements Call {
  readonly instance: unknown;
  readonly args: readonly unknown[];
  readonly result: unknown;
  readonly error: unknown;
  readonly failed: boolean;
  readonly durationMs: number;
  readonly #site: Site;

  constructor(site: Site, { instance, args, failed, value, durationMs }: WovenCall) {
    this.#site = site;
    this.instance = instance;
    this.args = args;
    this.failed = failed;
    this.result = failed ? undefined : value;
    this.error = failed ? value : undefined;
    this.durationMs = durationMs;
  }

  get className(): string {
    return this.#site.className(this.instance);
  }

  get methodName(): string {
    return this.#site.methodName;
  }
}
