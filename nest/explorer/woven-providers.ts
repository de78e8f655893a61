import type { ModulesContainer } from '@nestjs/core';
import { type WovenMethod, wovenMethods } from '../../lib/index.js';

/** A class of the application that has woven methods. */
export interface WovenProvider {
  readonly methods: readonly WovenMethod[];
  /** The one instance of it; `undefined` for request-scoped and transient classes, which have many. */
  readonly instance: object | undefined;
}

type Class = abstract new (...args: never[]) => unknown;

/** Finds the woven classes of an application: controllers, providers, and the guards, pipes and filters Nest made. */
export function wovenProviders(modules: ModulesContainer): WovenProvider[] {
  const found = new Map<object, WovenProvider>();
  for (const module of modules.values()) {
    for (const wrappers of [module.controllers, module.providers, module.injectables]) {
      for (const wrapper of wrappers.values()) {
        const shared = wrapper.isDependencyTreeStatic() && !wrapper.isTransient;
        const instance: unknown = shared ? wrapper.instance : undefined;
        // What a factory or useValue gives has no metatype of its own: its class is that of the object.
        const type = classOf(instance) ?? (wrapper.metatype as unknown);
        const key = isObject(instance) ? instance : type;
        if (!isClass(type) || found.has(key as object)) continue;
        const methods = wovenMethods(type);
        if (methods.length > 0)
          found.set(key as object, { methods, instance: isObject(instance) ? instance : undefined });
      }
    }
  }
  return [...found.values()];
}

function classOf(instance: unknown): unknown {
  if (!isObject(instance)) return undefined;
  const prototype: unknown = Object.getPrototypeOf(instance);
  // Objects without a prototype are providers too.
  if (!isObject(prototype) || prototype === Object.prototype) return undefined;
  return Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
}

function isClass(value: unknown): value is Class {
  return typeof value === 'function' && isObject(value.prototype);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
