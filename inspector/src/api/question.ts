import { show } from '../protocol/json.js';
import type { Window } from './contract/common.js';

/** A question that cannot be answered: the message names the parameter, what was expected and what came. */
export class ApiQueryError extends TypeError {
  override readonly name = 'ApiQueryError';

  constructor(parameter: string, expected: string, actual: unknown) {
    super(`parameter "${parameter}": expected ${expected}, got ${show(actual)}`);
  }
}

/** A limit from the query: between 1 and `max`, or `fallback`. */
export function limitOf(search: URLSearchParams, fallback = 100, max = 5000): number {
  const limit = Number(search.get('limit') ?? fallback);
  return Number.isInteger(limit) && limit > 0 ? Math.min(limit, max) : fallback;
}

const WINDOWS: Readonly<Record<Window, number>> = { '1m': 60_000, '5m': 300_000, '30m': 1_800_000, all: Infinity };

export function windowOf(search: URLSearchParams): Window {
  const window = search.get('window') ?? 'all';
  if (!Object.hasOwn(WINDOWS, window)) throw new ApiQueryError('window', '1m, 5m, 30m or all', window);
  return window as Window;
}

/** When the window begins; 0 for all. */
export function startOf(window: Window, now: number): number {
  return window === 'all' ? 0 : now - WINDOWS[window];
}

export function required(search: URLSearchParams, parameter: string): string {
  const value = search.get(parameter);
  if (value === null || value === '') throw new ApiQueryError(parameter, 'a text', value);
  return value;
}

export function oneOf<Choice extends string>(
  search: URLSearchParams,
  parameter: string,
  choices: readonly Choice[],
  fallback: Choice,
): Choice {
  const value = search.get(parameter) ?? fallback;
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw new ApiQueryError(parameter, choices.join(', '), value);
  return found;
}
