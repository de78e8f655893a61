import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { isObservable, Observable } from 'rxjs';
import { type Countly } from '../../lib/index.js';
import { contextScope } from '../../lib/internal.js';
import { methodsOf } from '../explorer/handler-kinds.js';
import { isThenable } from '../identity/deadline.js';
import type { Handler } from './background-runner.js';
import { bag } from './bag.js';
import { type MessageUnits, messageOfError, openMessage, rememberError } from './message-units.js';
import { standIn } from './stand-in.js';
import type { UnitOfWork } from './unit-of-work.js';
import { currentUnit } from './unit-registry.js';

const GUARDS = '__guards__';
const FILTERS = '__exceptionFilters__';
/** Nest gives each provider of `APP_FILTER` a token of its own that begins so. */
const GLOBAL_FILTER = 'APP_FILTER';
const replaced = new WeakSet<object>();

/**
 * The first of all guards: opens the scope of a socket or RPC message, so that the guards after it have one. It cannot
 * enter it for them – a scope is entered for a function, and left with it – so they are entered one by one.
 */
export class ScopeGuard implements CanActivate {
  readonly #messages: MessageUnits;

  constructor(messages: MessageUnits) {
    this.#messages = messages;
  }

  canActivate(execution: ExecutionContext): boolean | Promise<boolean> {
    const type = execution.getType<string>();
    if ((type !== 'rpc' && type !== 'ws') || openMessage(execution) !== undefined) return true;
    const opening = this.#messages.openEarly(execution);
    return isThenable(opening) ? opening.then(() => true) : true;
  }
}

/**
 * Lets guards of messages run in the scope of their message. Replaced on the instances; on the class where Nest makes an
 * instance for each message. Which application a call belongs to is known by its message.
 */
export function enterGuards(modules: ModulesContainer, config: ApplicationConfig | undefined): void {
  const guards = new Set<unknown>(config?.getGlobalGuards());
  const given = [...modules.values()].flatMap((module) => [...module.injectables.values()]);
  for (const wrapper of [...given, ...(config?.getGlobalRequestGuards() ?? [])]) {
    guards.add(wrapper.isDependencyTreeStatic() ? wrapper.instance : wrapper.metatype?.prototype);
  }
  for (const guard of [...guards, ...enhancersOf(modules, GUARDS)]) {
    if (!(guard instanceof ScopeGuard)) replace(guard, 'canActivate', guarded);
  }
}

/**
 * Lets exception filters run in the scope of what they answer. They would without this, but for what a guard of a message
 * threw, and but for HTTP requests whose person was known only after the guards. Nest takes hold of filters before any
 * life cycle hook, when only their classes are at hand.
 */
export function enterFilters(modules: ModulesContainer, config: ApplicationConfig | undefined): void {
  for (const filter of [...enhancersOf(modules, FILTERS), ...(config?.getGlobalFilters() ?? [])]) {
    replace(typeof filter === 'function' ? (filter.prototype as unknown) : filter, 'catch', filtered);
  }
}

/** The same for filters that `app.useGlobalFilters` will be given: they are taken hold of before the next life cycle hook. */
export function enterLaterFilters(config: ApplicationConfig | undefined): void {
  if (config === undefined) return;
  const original = config.useGlobalFilters;
  config.useGlobalFilters = (...filters) => {
    for (const filter of filters) replace(filter, 'catch', filtered);
    original.apply(config, filters);
  };
}

function guarded(guard: Handler, self: unknown, args: unknown[]): unknown {
  const message = openMessage(args[0] as ExecutionContext);
  if (message?.unit === undefined) return Reflect.apply(guard, self, args);
  const { unit, client, failures } = message;
  const note = (error: unknown): void => {
    rememberError(error, message);
    failures?.observe(error, unit);
  };
  const failed = (error: unknown): never => {
    note(error);
    throw error;
  };
  return client.run(unit.scope, () => {
    try {
      const answer = Reflect.apply(guard, self, args) as unknown;
      if (isObservable(answer)) return inScope(answer, unit, client, note);
      return isThenable(answer) ? answer.then(undefined, failed) : answer;
    } catch (error) {
      return failed(error);
    }
  });
}

/** Nest subscribes when the guard has returned. */
function inScope(
  answer: Observable<unknown>,
  { scope }: UnitOfWork,
  client: Countly,
  note: (error: unknown) => void,
): Observable<unknown> {
  return new Observable((subscriber) =>
    client.run(scope, () =>
      answer.subscribe({
        next: (value) => subscriber.next(value),
        error: (error: unknown) => {
          note(error);
          subscriber.error(error);
        },
        complete: () => subscriber.complete(),
      }),
    ),
  );
}

function filtered(filter: Handler, self: unknown, args: unknown[]): unknown {
  const run = () => Reflect.apply(filter, self, args) as unknown;
  const unit = messageOfError(args[0])?.unit ?? currentUnit();
  if (unit === undefined || unit.scope === contextScope()) return run();
  return (unit.scope.client as Countly).run(unit.scope, run);
}

/** Classes and instances of guards or filters: on handlers, on their classes, and global ones given as providers. */
function enhancersOf(modules: ModulesContainer, key: string): Set<unknown> {
  const found = new Set<unknown>();
  for (const module of modules.values()) {
    for (const { metatype, token } of [...module.controllers.values(), ...module.providers.values()]) {
      if (typeof metatype !== 'function') continue;
      if (String(token).startsWith(GLOBAL_FILTER)) found.add(metatype);
      for (const target of [metatype, ...methodsOf(bag(metatype.prototype) ?? {})]) {
        const given: unknown = Reflect.getMetadata(key, target);
        if (Array.isArray(given)) for (const one of given) found.add(one);
      }
    }
  }
  return found;
}

function replace(owner: unknown, method: 'canActivate' | 'catch', call: typeof guarded): void {
  if (typeof owner !== 'object' || owner === null) return;
  const original: unknown = (owner as Record<string, unknown>)[method];
  if (typeof original !== 'function' || replaced.has(original)) return;
  const own = Object.getOwnPropertyDescriptor(owner, method);
  if (own === undefined ? !Object.isExtensible(owner) : own.configurable !== true) return;
  const value = standIn(original as Handler, call);
  replaced.add(value);
  Object.defineProperty(owner, method, { value, writable: true, configurable: true, enumerable: false });
}
