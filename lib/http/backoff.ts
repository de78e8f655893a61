/** How delays grow. */
export interface BackoffOptions {
  /** Ceiling of the first delay; it doubles with each step. @default 1000 */
  readonly initialMs?: number;
  /** No delay exceeds it unless the server asked for more. @default 60000 */
  readonly maxMs?: number;
  readonly random?: () => number;
}

/** One step of a series of delays; immutable, so a step can be kept, shared and compared. */
export interface Backoff {
  /** Wait this long before the next attempt. 0 before the first failure. */
  readonly delayMs: number;
  /** How many failures in a row this step stands for. */
  readonly failures: number;
  /** The step after one more failure. @param minimumMs what the server asked for (`Retry-After`); never undercut */
  next(minimumMs?: number): Backoff;
}

/** Exponential ceilings with full jitter, which spreads the clients of a server that comes back. */
export function createBackoff(options: BackoffOptions = {}): Backoff {
  const { initialMs = 1000, maxMs = 60_000, random = Math.random } = options;
  const step = (failures: number, delayMs: number): Backoff =>
    Object.freeze({
      failures,
      delayMs,
      next(minimumMs = 0) {
        // `maxMs` holds also where the power is Infinity, after a thousand steps.
        const ceiling = Math.min(maxMs, initialMs * 2 ** failures);
        return step(failures + 1, Math.max(Math.round(random() * ceiling), minimumMs));
      },
    });
  return step(0, 0);
}
