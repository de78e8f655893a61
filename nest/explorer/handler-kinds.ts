import type { ModulesContainer } from '@nestjs/core';

/** Metadata keys of Nest's packages: constants of optional packages, so their values are written here. */
const GATEWAY = 'websockets:is_gateway';
const RPC = 'microservices:handler_type';
const GRAPHQL = 'graphql:resolver_type';
const FILTERS = '__exceptionFilters__';

/** What kinds of handlers an application has. */
export interface HandlerKinds {
  /** Handlers of socket, RPC or GraphQL messages. */
  readonly messages: boolean;
  /** Handlers of socket or RPC messages, whose guards run before anything of ours could. */
  readonly guarded: boolean;
  /** Controllers with exception filters of their own, which Nest asks before any global one. */
  readonly ownFilters: boolean;
  /** Prototypes of socket gateways. */
  readonly gateways: readonly object[];
}

export function isGateway(type: unknown): boolean {
  return typeof type === 'function' && Reflect.hasMetadata(GATEWAY, type);
}

/** Whether a class handles messages of microservices. */
export function hasRpcHandlers(type: unknown): boolean {
  const prototype: unknown = typeof type === 'function' ? type.prototype : undefined;
  if (typeof prototype !== 'object' || prototype === null) return false;
  return methodsOf(prototype).some((method) => Reflect.hasMetadata(RPC, method));
}

/** Reads metadata of classes only: it runs before anything is instantiated. */
export function handlerKinds(modules: ModulesContainer): HandlerKinds {
  let rpc = false;
  let graphql = false;
  let ownFilters = false;
  const gateways = new Set<object>();
  for (const module of modules.values()) {
    for (const wrapper of [...module.controllers.values(), ...module.providers.values()]) {
      const type: unknown = wrapper.metatype;
      if (typeof type !== 'function' || typeof type.prototype !== 'object' || type.prototype === null) continue;
      const prototype = type.prototype as object;
      if (isGateway(type)) gateways.add(prototype);
      for (const target of [type, ...methodsOf(prototype)]) {
        rpc ||= Reflect.hasMetadata(RPC, target);
        graphql ||= Reflect.hasMetadata(GRAPHQL, target);
        ownFilters ||= Reflect.hasMetadata(FILTERS, target);
      }
    }
  }
  const guarded = rpc || gateways.size > 0;
  return { messages: guarded || graphql, guarded, ownFilters, gateways: [...gateways] };
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
