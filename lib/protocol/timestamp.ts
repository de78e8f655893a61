import type { ArgumentKind } from '../check.js';
import type { Clock } from '../clock.js';

/** A clock that is kept right by small steps goes back by less. */
const SMALL_STEP_MS = 1000;

/**
 * Hands out timestamps in milliseconds. Small steps of the machine's clock do not make them go back; but one that was far
 * ahead for a moment is followed when it is right again.
 */
export class Stamper {
  #last = 0;

  constructor(private readonly clock: Clock) {}

  next(): number {
    const now = this.clock.now();
    if (now > this.#last || this.#last - now >= SMALL_STEP_MS) this.#last = now;
    return this.#last;
  }
}

/** Hour of the day (0–23) and day of the week (0 = Sunday) at an offset of `tz` minutes east of UTC. */
export function localTime(timestamp: number, tz: number): { hour: number; dow: number } {
  return dayTime(localHours(timestamp, tz));
}

/** Whole hours since the epoch, as clocks `tz` minutes east of UTC show them. */
export function localHours(timestamp: number, tz: number): number {
  return Math.floor((timestamp / 60_000 + tz) / 60);
}

/** Hour of the day and day of the week of {@link localHours}. */
export function dayTime(hours: number): { hour: number; dow: number } {
  // 1 January 1970 was a Thursday.
  return { hour: mod(hours, 24), dow: mod(Math.floor(hours / 24) + 4, 7) };
}

/** The members that end an event: `,"timestamp":…,"hour":…,"dow":…}`. */
export function eventTime(at: number, tz: number): string {
  const { hour, dow } = localTime(at, tz);
  return `,"timestamp":${at},"hour":${hour},"dow":${dow}}`;
}

const QUARTER_HOUR = 900_000;
let offsetQuarter = Number.NaN;
let offset = 0;

/** Minutes east of UTC of this machine at that time. Zones change at quarters of an hour, so one is remembered. */
export function machineOffset(timestamp: number): number {
  const quarter = Math.floor(timestamp / QUARTER_HOUR);
  if (quarter !== offsetQuarter) {
    offset = -new Date(timestamp).getTimezoneOffset();
    offsetQuarter = quarter;
  }
  return offset;
}

/** A caller's time as a server takes it (docs/protocol.md §2.2): milliseconds, not after now; undefined when it is none. */
export function callerTimestamp(value: unknown, now: number): number | undefined {
  const number = value instanceof Date ? value.getTime() : typeof value === 'string' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) return undefined;
  const whole = Math.round(number);
  if (whole >= 1e12 && whole < 1e13) return Math.min(whole, now);
  return whole >= 1e9 && whole < 1e10 ? Math.min(Math.round(number * 1000), now) : undefined;
}

/** {@link callerTimestamp} as an argument. */
export function timestampBefore(now: number): ArgumentKind<number> {
  return {
    expected: 'a Date, milliseconds (13 digits) or seconds (10 digits)',
    read: (value) => callerTimestamp(value, now),
  };
}

function mod(value: number, by: number): number {
  return ((value % by) + by) % by;
}
