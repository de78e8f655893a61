import { types } from 'node:util';
import { consoleLogger, Reporter } from '../logger.js';
import type { ScopeApi } from '../scope/scope-api.js';
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

/** Returned in place of a value when a callback failed. */
export const FAILED: unique symbol = Symbol('countly-weave.failed');

/** A scope, or its client, may take warnings to the client's logger; the console is used when neither does. */
interface WarningSink {
  warn?(key: string, message: string): void;
}

const fallback = new Reporter(consoleLogger(false), Date.now);

/** Says once that something of the telemetry, not of the host, went wrong. Never throws. */
export function warnOnce(scope: ScopeApi | undefined, key: string, message: string): void {
  try {
    const own = scope as (ScopeApi & WarningSink & { client?: WarningSink }) | undefined;
    const sink = [own, own?.client].find((candidate) => typeof candidate?.warn === 'function');
    (sink ?? fallback).warn?.(key, message);
  } catch {
    fallback.warn(key, message);
  }
}

/**
 * Runs a callback of the user, so that its failure stays inside the telemetry: the answer is then `FAILED` and one
 * warning tells. A callback that turns out to be async counts as failed, because nothing here waits.
 */
export function runCallback<Input, Output>(
  scope: ScopeApi | undefined,
  what: () => string,
  callback: (input: Input) => Output,
  input: Input,
): Output | typeof FAILED {
  try {
    const output = callback(input);
    if (types.isPromise(output)) {
      Promise.prototype.then.call(output, undefined, () => {});
      return failedOn(scope, what(), 'it returned a promise; callbacks must be synchronous');
    }
    return output;
  } catch (error) {
    return failedOn(scope, what(), describeError(error));
  }
}

function failedOn(scope: ScopeApi | undefined, what: string, reason: string): typeof FAILED {
  warnOnce(scope, `callback ${what}`, `${what} failed and was skipped; the method itself is not affected: ${reason}`);
  return FAILED;
}

export function describeError(error: unknown): string {
  try {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  } catch {
    return 'an error that cannot be shown';
  }
}
