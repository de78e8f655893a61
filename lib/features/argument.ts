import type { Reporter } from '../logger.js';
import { isList, shown } from './read-input.js';

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
