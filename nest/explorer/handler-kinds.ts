import type { ModulesContainer } from '@nestjs/core';

/** Metadata keys of Nest's packages: constants of optional packages, so their values are written here. */
const GATEWAY = 'websockets:is_gateway';
const MESSAGE_PATTERN = 'microservices:handler_type';
const RESOLVER = 'graphql:resolver_type';
const FILTERS = '__exceptionFilters__';

/** What kinds of handlers an application has. */
export interface HandlerKinds {
  /** Handlers of socket, RPC or GraphQL messages. */
  readonly messages: boolean;
  /** Controllers with exception filters of their own, which Nest asks before any global one. */
  readonly ownFilters: boolean;
}

/** Reads metadata of classes only: it runs before anything is instantiated. */
export function handlerKinds(modules: ModulesContainer): HandlerKinds {
  let messages = false;
  let ownFilters = false;
  for (const module of modules.values()) {
    for (const wrapper of [...module.controllers.values(), ...module.providers.values()]) {
      const type: unknown = wrapper.metatype;
      if (typeof type !== 'function' || typeof type.prototype !== 'object' || type.prototype === null) continue;
      for (const target of [type, ...methodsOf(type.prototype as object)]) {
        messages ||= [GATEWAY, MESSAGE_PATTERN, RESOLVER].some((key) => Reflect.hasMetadata(key, target));
        ownFilters ||= Reflect.hasMetadata(FILTERS, target);
      }
      if (messages && ownFilters) return { messages, ownFilters };
    }
  }
  return { messages, ownFilters };
}

/** Methods of a class, inherited ones included. Reads descriptors only: no getter runs. */
export function methodsOf(prototype: object): object[] {
  const methods: object[] = [];
  let level: object | null = prototype;
  while (level !== null && level !== Object.prototype) {
    for (const key of Reflect.ownKeys(level)) {
      const value: unknown = key === 'constructor' ? undefined : Object.getOwnPropertyDescriptor(level, key)?.value;
      if (typeof value === 'function') methods.push(value);
    }
    level = Object.getPrototypeOf(level) as object | null;
  }
  return methods;
}
