import { types } from 'node:util';

const BRAND = Symbol.for('countly-weave.error');

/** What went wrong, for code that wants to react without reading messages. */
export type CountlyErrorCode = 'CONFIG_INVALID' | 'DECORATOR_MISUSE' | 'STORAGE_FAILED' | 'REQUEST_FAILED';

/**
 * Base of every error this library throws. Telemetry never throws into the host at run time: these appear only for
 * wrong configuration, wrong use of a decorator, or from a call that explicitly asks the server for an answer.
 */
export class CountlyError extends Error {
  /** Name of the class. */
  override readonly name: string = 'CountlyError';
  /** What went wrong, for code. */
  readonly code: CountlyErrorCode;

  constructor(code: CountlyErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/** One wrong option: its name, what was expected and what came (secrets already masked). */
export interface ConfigProblem {
  /** Its name, with dots within others: `anonymous.secret`. */
  readonly option: string;
  /** What it has to be. */
  readonly expected: string;
  /** What came; never a secret. */
  readonly actual: string;
}

/**
 * The configuration is wrong. Carries every problem at once, so that one start shows all of them.
 *
 * @example
 * ```ts
 * import { Countly, CountlyConfigError } from 'countly-weave';
 *
 * try {
 *   Countly.init({ url: 'not a url', appKey: '' });
 * } catch (error) {
 *   if (error instanceof CountlyConfigError) console.error(error.problems.map((problem) => problem.option));
 * }
 * ```
 */
export class CountlyConfigError extends CountlyError {
  /** Name of the class. */
  override readonly name = 'CountlyConfigError';
  /** Every problem that was found. */
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    const lines = problems.map((p) => `  - ${p.option}: expected ${p.expected}, got ${p.actual}`);
    super('CONFIG_INVALID', `Countly configuration is invalid:\n${lines.join('\n')}`);
    this.problems = problems;
  }
}

/** A decorator stands where it cannot work (an accessor, a field, a class in place of a method …). */
export class CountlyDecoratorError extends CountlyError {
  /** Name of the class. */
  override readonly name = 'CountlyDecoratorError';

  constructor(message: string) {
    super('DECORATOR_MISUSE', message);
  }
}

/** True for errors of this library, also when they come from a second installed copy of it. */
export function isCountlyError(value: unknown): value is CountlyError {
  return typeof value === 'object' && value !== null && BRAND in value;
}

/** Hears of the failure of a promise that nobody was to give: unheard it would end the process. */
export function hearFailure(given: unknown, failed: (error: unknown) => void = () => {}): void {
  if (types.isPromise(given)) Promise.prototype.then.call(given, undefined, failed);
}
