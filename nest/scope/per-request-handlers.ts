import type { BackgroundRunner, Handler } from './background-runner.js';
import { handlerProxy } from './handler-proxy.js';
import type { ScopeDeps } from './scope-deps.js';

type Runners = Map<ScopeDeps, BackgroundRunner>;

/** By the method that stands on the class. */
const byMethod = new WeakMap<object, Runners>();
const ofApplication = new WeakMap<ScopeDeps, Set<Runners>>();

/**
 * Gives the handlers of a request-scoped class scopes of their own. Nest makes an instance for each job, event or command,
 * so the method is replaced on the class. Where several applications of one process share the class, nothing tells whose
 * an instance is: it is called directly then, as without us.
 */
export function giveScopesByClass(
  prototype: object,
  key: string | symbol,
  deps: ScopeDeps,
  runner: BackgroundRunner,
): void {
  const present = (prototype as Readonly<Record<string | symbol, unknown>>)[key];
  if (typeof present !== 'function') return;
  const runners = byMethod.get(present) ?? replace(prototype, key, present as Handler);
  if (runners === undefined) return;
  runners.set(deps, runner);
  const all = ofApplication.get(deps) ?? new Set();
  ofApplication.set(deps, all.add(runners));
}

/** The application has ended. */
export function releaseClasses(deps: ScopeDeps): void {
  for (const runners of ofApplication.get(deps) ?? []) runners.delete(deps);
}

function replace(prototype: object, key: string | symbol, original: Handler): Runners | undefined {
  const own = Object.getOwnPropertyDescriptor(prototype, key);
  if (own === undefined ? !Object.isExtensible(prototype) : own.configurable !== true) return undefined;
  const runners: Runners = new Map();
  const value = handlerProxy(original, (target, self, args) => {
    const [runner, other] = runners.values();
    return runner === undefined || other !== undefined
      ? Reflect.apply(target, self, args)
      : runner.run(target, self, args);
  });
  byMethod.set(value, runners);
  Object.defineProperty(prototype, key, { value, writable: true, configurable: true, enumerable: false });
  return runners;
}
