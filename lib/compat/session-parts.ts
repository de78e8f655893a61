/** Longest part of a session that one request reports, in seconds. */
const PART_SECONDS = 60;

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
  for (let done = 0; done < Math.trunc(seconds); ) {
    const part = Math.min(PART_SECONDS, Math.trunc(seconds) - done);
    done += part;
    parts.push({ seconds: part, timestamp: start ? start + (parts.length + 1) * PART_SECONDS * unit : undefined });
  }
  return parts;
}
