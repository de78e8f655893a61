import type { ModulesContainer } from '@nestjs/core';
import { methodsOf } from '../explorer/handler-kinds.js';
import type { Handler } from '../scope/background-runner.js';
import { handlerProxy } from '../scope/handler-proxy.js';
import { recordOf } from '../scope/unknown-record.js';

/** Nest gives each provider of `APP_FILTER` a token of its own that begins so. */
const GLOBAL_FILTER = 'APP_FILTER';
const replaced = new WeakSet<object>();

interface Wrapper {
  readonly instance: unknown;
  readonly metatype: unknown;
  isDependencyTreeStatic(): boolean;
}

/** What has the methods of these: the instance, or the prototype of a class that Nest makes an instance of for each call. */
export function ownersOf(wrappers: Iterable<unknown>): unknown[] {
  return [...(wrappers as Iterable<Wrapper>)].map((wrapper) =>
    wrapper.isDependencyTreeStatic()
      ? wrapper.instance
      : (wrapper.metatype as { prototype?: unknown } | null | undefined)?.prototype,
  );
}

/** The guards, interceptors, pipes and filters that Nest made for handlers. */
export function injectablesOf(modules: ModulesContainer): unknown[] {
  return [...modules.values()].flatMap((module) => ownersOf(module.injectables.values()));
}

/** Classes and instances of enhancers: on handlers, on their classes, and global filters given as providers. */
export function enhancersOf(modules: ModulesContainer, key: string): Set<unknown> {
  const found = new Set<unknown>();
  for (const module of modules.values()) {
    for (const { metatype, token } of [...module.controllers.values(), ...module.providers.values()]) {
      if (typeof metatype !== 'function') continue;
      if (String(token).startsWith(GLOBAL_FILTER)) found.add(metatype);
      for (const target of [metatype, ...methodsOf(recordOf(metatype.prototype) ?? {})]) {
        const given: unknown = Reflect.getMetadata(key, target);
        if (Array.isArray(given)) for (const one of given) found.add(one);
      }
    }
  }
  return found;
}

/** Puts a function that looks the same in place of a method, once. */
export function replaceMethod(
  owner: unknown,
  method: 'canActivate' | 'catch' | 'intercept',
  call: (original: Handler, self: unknown, args: unknown[]) => unknown,
): void {
  if (typeof owner !== 'object' || owner === null) return;
  const original: unknown = (owner as Record<string, unknown>)[method];
  if (typeof original !== 'function' || replaced.has(original)) return;
  const own = Object.getOwnPropertyDescriptor(owner, method);
  if (own === undefined ? !Object.isExtensible(owner) : own.configurable !== true) return;
  const value = handlerProxy(original as Handler, call);
  replaced.add(value);
  Object.defineProperty(owner, method, { value, writable: true, configurable: true, enumerable: false });
}
