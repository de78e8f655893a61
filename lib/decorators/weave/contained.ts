import { types } from 'node:util';
import { consoleLogger, Reporter } from '../../logger.js';
import type { ScopeApi } from '../../scope/scope-api.js';

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
    const sink = sinkOf(scope);
    if (sink === undefined) fallback.warn(key, message);
    else sink.warn?.(key, message);
  } catch {
    fallback.warn(key, message);
  }
}

function sinkOf(scope: ScopeApi | undefined): WarningSink | undefined {
  const own = scope as (ScopeApi & WarningSink & { client?: WarningSink }) | undefined;
  return [own, own?.client].find((sink) => typeof sink?.warn === 'function');
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

export function failedOn(scope: ScopeApi | undefined, what: string, reason: string): typeof FAILED {
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
