import type { AbstractHttpAdapter } from '@nestjs/core';
import type { HttpScope } from './http-scope.js';

interface FastifyInstanceLike {
  addHook(name: 'preValidation', hook: HttpScope['preValidation']): unknown;
}

/**
 * Puts the scope in front of everything Nest registers, straight on the adapter: routes of `MiddlewareConsumer` are
 * matched by pattern, which differs between Nest majors and with a global prefix, and this must see every request.
 */
export function installHttp(scope: HttpScope, adapter: AbstractHttpAdapter | undefined): void {
  const platform = adapter?.getType();
  if (adapter === undefined || (platform !== 'express' && platform !== 'fastify')) return;
  adapter.use(scope.middleware);
  if (platform === 'fastify') {
    adapter.getInstance<FastifyInstanceLike>().addHook('preValidation', scope.preValidation);
  }
}
