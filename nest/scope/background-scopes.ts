import type { FailureObserver } from '../errors/failure-observer.js';
import type { BackgroundHandler } from '../explorer/background-handlers.js';
import { BackgroundRunner, type Handler } from './background-runner.js';
import { ownGateway } from './gateway-scopes.js';
import { handlerProxy } from './handler-proxy.js';
import { giveScopesByClass } from './per-request-handlers.js';
import type { ScopeDeps } from './scope-deps.js';

const replaced = new WeakSet<object>();

/**
 * Gives every run of a background handler a scope of its own: a job that a request happened to start must not be
 * recorded under that request's visitor, nor share its breadcrumbs with the next job. `@WithDevice` on the handler then
 * says whose work it is. The method is replaced on this one instance; the class stays as it is, unless Nest makes an
 * instance for each run.
 */
export function giveOwnScopes(
  handlers: readonly BackgroundHandler[],
  deps: ScopeDeps,
  failures: FailureObserver | undefined,
): void {
  for (const { owner, perCall, key, kind } of handlers) {
    if (kind === 'event' && deps.settings.inheritScope) continue;
    const runner = new BackgroundRunner(kind, deps, failures);
    if (perCall) {
      // Nest has no request-scoped gateways.
      if (kind !== 'connection') giveScopesByClass(owner, key, deps, runner);
      continue;
    }
    if (kind === 'connection') {
      ownGateway(owner, runner);
      continue;
    }
    const original = owner[key];
    if (typeof original !== 'function' || replaced.has(original)) continue;
    const own = Object.getOwnPropertyDescriptor(owner, key);
    if (own === undefined ? !Object.isExtensible(owner) : own.configurable !== true) continue;
    const value = handlerProxy(original as Handler, (target, self, args) => runner.run(target, self, args));
    replaced.add(value);
    Object.defineProperty(owner, key, { value, writable: true, configurable: true, enumerable: false });
  }
}
