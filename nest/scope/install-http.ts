import type { AbstractHttpAdapter } from '@nestjs/core';
import { enterCallbacks } from '../patches/adapter-callbacks.js';
import type { HttpScope } from './http-scope.js';

interface FastifyInstanceLike {
  addHook(name: 'onRequest', hook: HttpScope['onRequest']): unknown;
  addHook(name: 'preValidation', hook: HttpScope['preValidation']): unknown;
}

/**
 * Puts the scope in front of everything Nest registers, straight on the adapter: routes of `MiddlewareConsumer` are
 * matched by pattern, which differs between Nest majors and with a global prefix, and this must see every request.
 *
 * @param hasMiddleware - some module of the application may register middleware. On Fastify that runs in one hook, and
 * only as part of it the scope can come before; it costs several microseconds a request, so it is not switched on for us
 */
export function installHttp(scope: HttpScope, adapter: AbstractHttpAdapter | undefined, hasMiddleware: boolean): void {
  const platform = adapter?.getType();
  if (adapter === undefined || (platform !== 'express' && platform !== 'fastify')) return;
  if (platform === 'express') {
    adapter.use(scope.middleware);
    enterCallbacks(adapter, scope);
    return;
  }
  const fastify = adapter.getInstance<FastifyInstanceLike>();
  if (hasMiddleware) adapter.use(scope.middleware);
  else fastify.addHook('onRequest', scope.onRequest);
  fastify.addHook('preValidation', scope.preValidation);
  enterCallbacks(adapter, scope);
}
