import { ApplicationConfig, ModuleRef, type ModulesContainer } from '@nestjs/core';
import type { ClassSelector, InstrumentRule } from './instrument.options.js';
import { isKeptOut } from './no-instrument.js';

export type Class = abstract new (...args: never[]) => unknown;

/** A class of the application, with the module that declares it. */
interface Declared {
  readonly type: Class;
  readonly module: unknown;
}

/** What Nest itself calls, at times of its own or for every request: of no interest as work, and not ours to slow down. */
const FRAMEWORK_METHODS = new Set([
  ...[
    'onModuleInit',
    'onApplicationBootstrap',
    'onModuleDestroy',
    'beforeApplicationShutdown',
    'onApplicationShutdown',
  ],
  ...['configure', 'canActivate', 'intercept', 'catch', 'use'],
]);

/**
 * The classes of an application that a rule may mean: controllers and providers that Nest makes from a class. What factories and
 * values give is somebody else's; modules, and what Nest puts into each of them, are no work.
 */
export function declaredClasses(modules: ModulesContainer, ours: ReadonlySet<unknown>): Declared[] {
  return [...modules.values()].flatMap((module) => {
    if (ours.has(module.metatype) || module.metatype.name === 'InternalCoreModule') return [];
    return [...module.controllers.values(), ...module.providers.values()].flatMap((wrapper) => {
      const type = wrapper.metatype as unknown;
      if (wrapper.isNotMetatype || !isClass(type) || type === module.metatype || isNests(type)) return [];
      return { type, module: module.metatype };
    });
  });
}

/** Classes that a rule takes. */
export function classesOf({ include, exclude = [] }: InstrumentRule, declared: readonly Declared[]): Set<Class> {
  const taken = declared.filter((one) => matches(one, include) && !matches(one, exclude) && !isKeptOut(one.type));
  return new Set(taken.map(({ type }) => type));
}

/** Methods of a class that a rule takes, by name. Reads descriptors only: no getter runs. */
export function methodsTaken(
  { prototype }: Class,
  { methods = 'public', inherited = false }: InstrumentRule,
): string[] {
  const names = new Set<string>();
  for (let level = prototype as object | null; level !== null && level !== Object.prototype; ) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(level))) {
      if (typeof value === 'function' && name !== 'constructor') names.add(name);
    }
    level = inherited ? (Object.getPrototypeOf(level) as object | null) : null;
  }
  return [...names].filter(
    (name) => !FRAMEWORK_METHODS.has(name) && isWanted(name, methods) && !isKeptOut(prototype as object, name),
  );
}

function isWanted(name: string, methods: NonNullable<InstrumentRule['methods']>): boolean {
  if (methods === 'all') return true;
  if (methods === 'public') return !name.startsWith('_');
  return methods.some((pattern) => isLike(name, pattern));
}

function matches({ type, module }: Declared, selectors: readonly ClassSelector[]): boolean {
  return selectors.some((selector) =>
    typeof selector === 'string' ? isLike(type.name, selector) : selector === type || selector === module,
  );
}

/** `*` stands for any characters, everything else for itself. */
function isLike(name: string, pattern: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(name);
}

function isClass(value: unknown): value is Class {
  return typeof value === 'function' && typeof value.prototype === 'object' && value.prototype !== null;
}

function isNests(type: Class): boolean {
  return type === ApplicationConfig || type === ModuleRef || type.prototype instanceof ModuleRef;
}
