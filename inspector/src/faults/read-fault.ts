import { isObject, show, stringOf } from '../protocol/json.js';
import { FAULT_KINDS, type Fault, type FaultKind } from './fault.js';

/** A wrong fault: the message names the field, what was expected and what came. */
export class FaultError extends TypeError {
  override readonly name = 'FaultError';
}

const ENDPOINTS = ['i', 'bulk', 'fetch', 'feedback', 'ping'] as const;
const STATUS_ALIAS = /^[1-5]\d\d$/;

/** Checks a fault that came from outside. A status alone is an alias: `{kind: '429'}` is `{kind: 'status', status: 429}`. */
export function readFault(value: unknown): Fault {
  if (!isObject(value)) throw new FaultError(`fault: expected an object, got ${show(value)}`);
  const alias = STATUS_ALIAS.test(stringOf(value['kind'])) ? Number(value['kind']) : undefined;
  const fault: Fault = { kind: alias === undefined ? kindOf(value['kind']) : 'status' };
  const status = alias ?? numberIn(value, 'status', 100, 599);
  if (status !== undefined) fault.status = status;
  const delayMs = numberIn(value, 'delayMs', 0, 3_600_000);
  if (delayMs !== undefined) fault.delayMs = delayMs;
  const count = numberIn(value, 'count', 1, Number.MAX_SAFE_INTEGER);
  if (count !== undefined) fault.count = count;
  const skip = numberIn(value, 'skip', 0, Number.MAX_SAFE_INTEGER);
  if (skip !== undefined) fault.skip = skip;
  const { retryAfter, result, device, endpoint } = value;
  if (retryAfter !== undefined) fault.retryAfter = textOrNumber('retryAfter', retryAfter);
  if (result !== undefined) fault.result = stringOf(result);
  if (device !== undefined) fault.device = stringOf(device);
  if (endpoint !== undefined) fault.endpoint = oneOf('endpoint', endpoint, ENDPOINTS);
  return fault;
}

function kindOf(value: unknown): FaultKind {
  return oneOf('kind', value, FAULT_KINDS);
}

function oneOf<Choice extends string>(name: string, value: unknown, choices: readonly Choice[]): Choice {
  const choice = choices.find((candidate) => candidate === value);
  if (choice !== undefined) return choice;
  throw new FaultError(`fault "${name}": expected one of ${choices.join(', ')}, got ${show(value)}`);
}

function numberIn(source: Record<string, unknown>, name: string, min: number, max: number): number | undefined {
  const value = source[name];
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
  throw new FaultError(`fault "${name}": expected a whole number from ${min} to ${max}, got ${show(value)}`);
}

function textOrNumber(name: string, value: unknown): string | number {
  if (typeof value === 'string' || typeof value === 'number') return value;
  throw new FaultError(`fault "${name}": expected seconds or an HTTP date, got ${show(value)}`);
}
