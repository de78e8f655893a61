import {
  applyDecorators,
  type CanActivate,
  type ExecutionContext,
  ForbiddenException,
  UseGuards,
} from '@nestjs/common';
import { type ConsentFeature } from '../lib/index.js';
import { contextScope } from '../lib/internal.js';
import { openMessage } from './scope/message-units.js';

class ConsentGuard implements CanActivate {
  readonly #features: readonly ConsentFeature[];

  constructor(features: readonly ConsentFeature[]) {
    this.#features = features;
  }

  /** Without a scope telemetry is off or this request was left out: then there is no consent to ask for. */
  canActivate(execution: ExecutionContext): boolean {
    // Of a message the scope is open, though a guard given as an instance may not be running in it.
    const scope = contextScope() ?? openMessage(execution)?.unit?.scope;
    const missing = scope === undefined ? [] : this.#features.filter((feature) => !scope.isAllowed(feature));
    if (missing.length === 0) return true;
    throw new ForbiddenException(`Consent needed for: ${missing.join(', ')}`);
  }
}

/**
 * Lets only people in who agreed to these features, and answers 403 to everybody else. Recording needs no such guard: what
 * nobody agreed to is never recorded; this is for handlers that make no sense without consent.
 *
 * On socket and RPC messages it needs a consent resolver that answers before the guards; one made with `afterGuards` is
 * asked too late for it.
 *
 * @example
 * ```ts
 * import { Controller, Get } from '@nestjs/common';
 * import { RequireConsent } from 'countly-weave/nest';
 *
 * \@Controller('history')
 * class History {
 *   \@Get()
 *   \@RequireConsent('events', 'views')
 *   show(): string[] {
 *     return [];
 *   }
 * }
 * ```
 */
export function RequireConsent(...features: readonly ConsentFeature[]): ClassDecorator & MethodDecorator {
  return applyDecorators(UseGuards(new ConsentGuard(features)));
}
