import type { ModulesContainer } from '@nestjs/core';

/** Whether a module besides `own` may register middleware with a `MiddlewareConsumer`. */
export function hasMiddleware(modules: ModulesContainer, own: object): boolean {
  for (const { instance } of modules.values()) {
    const configure = (instance as { configure?: unknown } | undefined)?.configure;
    if (typeof configure === 'function' && !(instance instanceof (own.constructor as new () => object))) return true;
  }
  return false;
}
