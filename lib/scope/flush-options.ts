import { type ArgumentKind, argumentOf, member, optionsOf } from '../check.js';
import { LONGEST_DELAY_MS } from '../clock.js';
import type { Reporter } from '../logger.js';

/** How long a flush may take. */
export interface FlushOptions {
  /** Milliseconds, 24 days at most. @default 10000 for `flush`, the option `shutdownTimeout` for `close` */
  readonly timeout?: number | undefined;
}

const TIMEOUT: ArgumentKind<number> = {
  expected: 'milliseconds, 0 or more',
  read: (value) => (typeof value === 'number' && value >= 0 ? Math.min(value, LONGEST_DELAY_MS) : undefined),
};

/** The timeout of a call, or the usual one with a warning. */
export function timeoutOf(reporter: Reporter, call: string, options: FlushOptions | undefined, usual: number): number {
  const value = member(optionsOf(reporter, call, options), 'timeout');
  return argumentOf(reporter, `${call}.timeout`, value, TIMEOUT, `${usual} is used`) ?? usual;
}
