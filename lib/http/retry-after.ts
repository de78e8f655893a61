/** Longest delay a server can ask of us, in milliseconds: one hour. A mistyped header must not mute us for days. */
export const MAX_RETRY_AFTER_MS = 3_600_000;

/**
 * `Retry-After` in milliseconds from now, clamped to 0 … {@link MAX_RETRY_AFTER_MS}; undefined when it is missing or
 * means nothing.
 *
 * @param value seconds, or an HTTP date
 * @param now milliseconds since the epoch
 */
export function retryAfterMs(value: string | readonly string[] | undefined, now: number): number | undefined {
  const text = (typeof value === 'string' ? value : (value?.[0] ?? '')).trim();
  if (text === '') return undefined;
  const delay = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : httpDate(text) - now;
  return Number.isNaN(delay) ? undefined : Math.min(Math.max(Math.ceil(delay), 0), MAX_RETRY_AFTER_MS);
}

// Date.parse takes almost anything ("-5" is a year to it); every HTTP date starts with the name of a weekday.
function httpDate(text: string): number {
  return /^[A-Z][a-z]{2,8},? /.test(text) ? Date.parse(text) : Number.NaN;
}
