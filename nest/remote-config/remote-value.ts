import type { ExecutionContext } from '@nestjs/common';
import { CountlyDecoratorError, type DeviceScope } from '../../lib/index.js';
import { optionRules as is } from '../../lib/internal.js';
import { isThenable, NO_ANSWER, withinDeadline } from '../identity/deadline.js';
import { scopeOf } from '../scope/unit-of-execution.js';

/** How remote config is asked for. */
export interface RemoteConfigOptions {
  /** Milliseconds a request waits for the server at most; what was known before holds then. @default 500 */
  readonly timeout?: number | undefined;
  /** Seconds an answer for this visitor holds. @default the client's `remoteConfigMaxAge` (five minutes) */
  readonly maxAge?: number | undefined;
}

const RULES: is.Members = { timeout: is.milliseconds(1), maxAge: is.seconds(0) };
const PATIENCE_MS = 500;

/** @throws CountlyDecoratorError where the decorator stands */
export function checkRemoteConfig(decorator: string, key: unknown, options: unknown): void {
  const problems = is.problemsIn(
    { key, options: options ?? null },
    { key: is.required(is.plainText), options: is.shape('an object of options', RULES) },
  );
  const [problem] = problems;
  if (problem === undefined) return;
  const { option, expected, actual } = problem;
  throw new CountlyDecoratorError(
    `${decorator}: ${option}: expected ${expected}, got ${actual}. Write it as ${decorator}('name_of_the_value').`,
  );
}

/**
 * A value of the visitor who is served, as the server says now or said lately; undefined where it says nothing, is late, or
 * may not be asked: without consent to `remote-config`, and for what belongs to nobody.
 */
export async function remoteValue(
  execution: ExecutionContext,
  key: string,
  { timeout = PATIENCE_MS, maxAge }: RemoteConfigOptions,
): Promise<unknown> {
  const scope = scopeOf(execution) as Partial<DeviceScope> | undefined;
  // What a test has put in place of a client may know nothing of it.
  if (typeof scope?.fetchRemoteConfig !== 'function' || typeof scope.getRemoteConfig !== 'function') return undefined;
  const asked: unknown = scope.fetchRemoteConfig({ maxAge });
  const answer = isThenable(asked) ? await withinDeadline(asked, timeout, () => {}) : asked;
  // Without consent nothing that was known before holds either.
  if (answer !== NO_ANSWER && (answer as { readonly ok?: boolean }).ok !== true && !scope.isAllowed?.('remote-config'))
    return undefined;
  return scope.getRemoteConfig(key);
}
