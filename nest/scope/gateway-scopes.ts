import type { BackgroundRunner, Handler } from './background-runner.js';
import { handlerProxy } from './handler-proxy.js';

const HOOKS = ['handleConnection', 'handleDisconnect'] as const;

/** Which application a gateway belongs to; process-wide because classes are. */
const KEY = Symbol.for('countly-weave.nest.gateways');
interface Gateways {
  readonly owners: WeakMap<object, BackgroundRunner>;
  readonly prepared: WeakSet<object>;
}
const slot = globalThis as { [KEY]?: Gateways };
slot[KEY] ??= { owners: new WeakMap(), prepared: new WeakSet() };
const { owners, prepared } = slot[KEY];

/**
 * Lets the connection hooks of a gateway class run in scopes. Nest takes hold of these methods before any life cycle hook
 * of the application, when only the class is at hand: instances that no application owns are called directly.
 */
export function prepareGateway(prototype: object): void {
  if (prepared.has(prototype)) return;
  prepared.add(prototype);
  for (const hook of HOOKS) {
    const original: unknown = (prototype as Partial<Record<string, unknown>>)[hook];
    if (typeof original !== 'function' || prepared.has(original)) continue;
    const value = handlerProxy(original as Handler, (target, self, args) => {
      const owner = typeof self === 'object' && self !== null ? owners.get(self) : undefined;
      return owner === undefined ? Reflect.apply(target, self, args) : owner.run(target, self, args);
    });
    prepared.add(value);
    Object.defineProperty(prototype, hook, { value, writable: true, configurable: true, enumerable: false });
  }
}

export function ownGateway(instance: object, runner: BackgroundRunner): void {
  owners.set(instance, runner);
}
