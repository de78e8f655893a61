import { callerTimestamp, localTime, machineOffset } from '../protocol/timestamp.js';

type Raw = Readonly<Record<string, unknown>>;

/**
 * A raw request with hour and day of its time, which bulk mode adds unless they are given. Midnight and Sunday are given
 * when they are 0 (fault 29), and a time may be a text (fault 28).
 *
 * @param tz minutes east of UTC. @default this machine's
 */
export function withDay(request: Raw, tz?: number): Raw {
  const { timestamp, hour, dow } = request;
  const now = Date.now();
  const at = timestamp === undefined ? now : (callerTimestamp(timestamp, now) ?? now);
  const offset = tz !== undefined && Number.isFinite(tz) ? tz : machineOffset(at);
  const own = localTime(at, offset);
  return { ...request, hour: whole(hour) ?? own.hour, dow: whole(dow) ?? own.dow };
}

function whole(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) ? number : undefined;
}
