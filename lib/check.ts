import type { Reporter } from './logger.js';

/** An argument that is not what its call takes. */
export interface Misfit {
  readonly call: string;
  readonly argument: string;
  /** Completes "must be …". */
  readonly expected: string;
  readonly value: unknown;
  /** What is done instead. */
  readonly outcome: string;
}

/** Tells it once: which call, which argument, what was expected, what came, and what is done about it. */
export function tellMisfit(reporter: Reporter, { call, argument, expected, value, outcome }: Misfit): void {
  reporter.warn(`${call}.${argument}`, `${call}: ${argument} must be ${expected}, got ${shown(value)}; ${outcome}.`);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !isList(value);
}

/** Options as they are, or none with a warning when they are no object. Nothing given is none. */
export function optionsOf<T>(reporter: Reporter, call: string, given: T | undefined): T | undefined {
  if (given === undefined || isObject(given)) return given;
  tellMisfit(reporter, {
    call,
    argument: 'options',
    expected: 'an object',
    value: given,
    outcome: 'they are left out',
  });
  return undefined;
}

/** A number out of whatever a caller passed; undefined when it is none. Never throws. */
export function numberFrom(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value === 'string' && value.trim() === '') return undefined;
  if (typeof value !== 'string' && typeof value !== 'bigint') return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

/** A non-empty text, or undefined. */
export function textFrom(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : undefined;
}

/** A plain member of an object that may be anything; a getter that throws counts as absent. */
export function member(object: unknown, name: string): unknown {
  try {
    return typeof object === 'object' && object !== null ? (object as Record<string, unknown>)[name] : undefined;
  } catch {
    return undefined;
  }
}

/** The own names of an object; none when it cannot be read. */
export function namesOf(object: unknown): string[] {
  try {
    return typeof object === 'object' && object !== null ? Object.keys(object) : [];
  } catch {
    return [];
  }
}

/** The value of a number or boolean, that there is none, else only the type: a caller's text or object may hold personal data. */
export function shown(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean' || value === null || value === undefined)
    return String(value);
  return isList(value) ? 'a list' : `a value of type ${typeof value}`;
}

/** `Array.isArray`, which throws for a proxy that was revoked. */
export function isList(value: unknown): value is unknown[] {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}
