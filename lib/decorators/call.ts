import { types } from 'node:util';
import { hearFailure } from '../errors.js';
import { consoleLogger, Reporter, shownError } from '../logger.js';
import type { ScopeApi } from '../scope/scope-api.js';

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
  /** What the method was called with. */
  readonly args: Args;
  /** `undefined` while the method runs and when it failed. */
  readonly result: Result | undefined;
  /** What was thrown, rejected or emitted as error; look at `failed` first, because `undefined` can be thrown too. */
  readonly error: unknown;
  /** Whether it threw, rejected or emitted an error. */
  readonly failed: boolean;
  /** From call to settlement, in milliseconds with microsecond resolution; 0 while the method runs. */
  readonly durationMs: number;
  /** Read when asked for, because bundlers rename classes. Empty for a function that belongs to no class. */
  readonly className: string;
  /** Name of the method, without its class. */
  readonly methodName: string;
}

/** Returned in place of a value when a callback failed. */
export const FAILED: unique symbol = Symbol('countly-weave.failed');

/** A scope, or its client, may take warnings to the client's logger; the console is used when neither does. */
type Warned = ScopeApi & { warn?(key: string, message: string): void; readonly client?: Warned };

const fallback = new Reporter(consoleLogger(false), Date.now);

/** Says once that something of the telemetry, not of the host, went wrong. Never throws. */
export function warnOnce(scope: ScopeApi | undefined, key: string, message: string): void {
  try {
    const own = scope as Warned | undefined;
    const sink = [own, own?.client].find((candidate) => typeof candidate?.warn === 'function');
    (sink ?? fallback).warn?.(key, message);
  } catch {
    fallback.warn(key, message);
  }
}

/** A callback of an option, whatever call it expects. */
export type Callback = (call: never) => unknown;

/**
 * Runs a callback of the user. A failure stays inside the telemetry: one warning tells, and the answer is `FAILED`, as it
 * is of a callback that turns out to be async, because nothing here waits.
 */
export function runCallback(
  scope: ScopeApi | undefined,
  decorator: string,
  option: string,
  callback: Callback,
  call: Call,
): unknown {
  let reason: string;
  try {
    const output = callback(call as never);
    if (!types.isPromise(output)) return output;
    hearFailure(output);
    reason = 'it returned a promise; callbacks must be synchronous';
  } catch (error) {
    reason = shownError(error);
  }
  const layer = [call.className, call.methodName].filter((name) => name !== '').join('.');
  const what = `Option \`${option}\` of ${decorator} on ${layer}`;
  warnOnce(scope, `callback ${what}`, `${what} failed and was skipped; the method itself is not affected: ${reason}`);
  return FAILED;
}
