import type { ArgumentsHost } from '@nestjs/common';
import type { Countly } from '../../lib/index.js';
import type { UnitOfWork } from './unit-of-work.js';

/** A message whose scope is open, and whose application it belongs to. */
export interface OpenMessage {
  readonly unit: UnitOfWork | undefined;
  readonly client: Countly;
  readonly failures: { observe(error: unknown, unit: UnitOfWork | undefined): void } | undefined;
}

/**
 * Stands on the arguments of the handler: the one object that Nest hands to guards and interceptors of the same message.
 * Not in a weak map, for the reason that `UnitRegistry` gives.
 */
const OPEN: unique symbol = Symbol('countly-weave.nest.open-message');
type Arguments = { [OPEN]?: OpenMessage };
/** By what a guard threw: all that an exception filter has in hand of a message that came no further. */
const byError = new WeakMap<object, OpenMessage>();

/** The message that is being handled, if its scope was opened before the guards. */
export function openMessage(host: ArgumentsHost): OpenMessage | undefined {
  return host.getArgs<Arguments & unknown[]>()[OPEN];
}

export function rememberMessage(host: ArgumentsHost, message: OpenMessage): void {
  host.getArgs<Arguments & unknown[]>()[OPEN] = message;
}

/** The message whose guard threw this. */
export function messageOfError(error: unknown): OpenMessage | undefined {
  return typeof error === 'object' && error !== null ? byError.get(error) : undefined;
}

export function rememberError(error: unknown, message: OpenMessage): void {
  if (typeof error === 'object' && error !== null) byError.set(error, message);
}
