import { applyDecorators, type CanActivate, ForbiddenException, UseGuards } from '@nestjs/common';
import { type ConsentFeature, contextScope } from '../lib/index.js';

class ConsentGuard implements CanActivate {
  readonly #features: readonly ConsentFeature[];

  constructor(features: readonly ConsentFeature[]) {
    this.#features = features;
  }

  /** Without a scope telemetry is off or this request was left out: then there is no consent to ask for. */
  canActivate(): boolean {
    const scope = contextScope();
    const missing = scope === undefined ? [] : this.#features.filter((feature) => !scope.isAllowed(feature));
    if (missing.length === 0) return true;
    throw new ForbiddenException(`Consent needed for: ${missing.join(', ')}`);
  }
}

/**
 * Lets only people in who agreed to these features, and answers 403 to everybody else. Recording needs no such guard: what
 * nobody agreed to is never recorded; this is for handlers that make no sense without consent.
 *
 * HTTP and GraphQL only: guards of socket and RPC messages run before their scope is opened.
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
