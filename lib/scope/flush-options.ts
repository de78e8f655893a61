import { member, optionsOf, tellMisfit } from '../check.js';
import type { Reporter } from '../logger.js';

/** How long a flush may take. */
export interface FlushOptions {
  /** Milliseconds. @default 10000 for `flush`, the option `shutdownTimeout` for `close` */
  readonly timeout?: number | undefined;
}

/** The timeout of a call, or the usual one with a warning. */
export function timeoutOf(reporter: Reporter, call: string, options: FlushOptions | undefined, usual: number): number {
  const value = member(optionsOf(reporter, call, options), 'timeout');
  if (value === undefined || (typeof value === 'number' && value >= 0)) return value ?? usual;
  const outcome = `${usual} is used`;
  tellMisfit(reporter, { call, argument: 'timeout', expected: 'milliseconds, 0 or more', value, outcome });
  return usual;
}
