import {
  applyDecorators,
  type CanActivate,
  type ExecutionContext,
  ForbiddenException,
  UseGuards,
} from '@nestjs/common';
import { type ConsentFeature } from '../lib/index.js';
import { scopeOf } from './scope/unit-of-execution.js';

class ConsentGuard implements CanActivate {
  readonly #features: readonly ConsentFeature[];

  constructor(features: readonly ConsentFeature[]) {
    this.#features = features;
  }

  /** Without a scope telemetry is off or this request was left out: then there is no consent to ask for. */
  canActivate(execution: ExecutionContext): boolean {
    const scope = scopeOf(execution);
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
 * @Controller('history')
 * class History {
 *   @Get()
 *   @RequireConsent('events', 'views')
 *   show(): string[] {
 *     return [];
 *   }
 * }
 * ```
 */
export function RequireConsent(...features: readonly ConsentFeature[]): ClassDecorator & MethodDecorator {
  return applyDecorators(UseGuards(new ConsentGuard(features)));
}
