/** Longest part of a session that one request reports, in seconds. */
const PART_SECONDS = 60;
/** A month: a number beyond it is no session, and its minutes would fill the memory. */
const MOST_SECONDS = 31 * 86_400;

/**
 * A past session in parts of a minute, each with the end of its minute, in the unit `start` is in (seconds with 10 digits,
 * milliseconds with 13).
 */
export function sessionParts(
  seconds: number,
  start: number | undefined,
): { seconds: number; timestamp: number | undefined }[] {
  const unit = start !== undefined && String(Math.trunc(start)).length > 10 ? 1000 : 1;
  const parts: { seconds: number; timestamp: number | undefined }[] = [];
  const whole = Math.min(Math.trunc(seconds), MOST_SECONDS);
  for (let done = 0; done < whole; ) {
    const part = Math.min(PART_SECONDS, whole - done);
    done += part;
    parts.push({ seconds: part, timestamp: start ? start + (parts.length + 1) * PART_SECONDS * unit : undefined });
  }
  return parts;
}
