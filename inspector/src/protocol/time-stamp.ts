/**
 * The server's rule: the rounded value must have exactly 10 (seconds) or 13 (milliseconds) digits.
 * Returns milliseconds, or `undefined` for anything the server would replace by its own clock.
 */
export function readTimestamp(value: unknown): number | undefined {
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  if (value === '') return undefined;
  const number = Number(value);
  if (!Number.isFinite(number)) return undefined;
  const digits = String(Math.round(number)).length;
  if (number <= 0) return undefined;
  if (digits === 10) return Math.round(number * 1000);
  if (digits === 13) return Math.round(number);
  return undefined;
}

/** The time a server files something under: unreadable becomes `fallback`, the future becomes `now`. */
export function effectiveTimestamp(value: unknown, fallback: number, now: number): number {
  return Math.min(readTimestamp(value) ?? fallback, now);
}
