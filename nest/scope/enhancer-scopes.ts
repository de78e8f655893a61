import type { ArgumentsHost, CallHandler, CanActivate, ExecutionContext } from '@nestjs/common';
import type { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { isObservable, Observable } from 'rxjs';
import { type Countly } from '../../lib/index.js';
import { contextScope } from '../../lib/internal.js';
import { isThenable } from '../identity/deadline.js';
import { read } from '../identity/request-values.js';
import { enhancersOf, injectablesOf, ownersOf, replaceMethod } from '../patches/enhancers.js';
import type { Handler } from './background-runner.js';
import type { MessageUnits } from './message-units.js';
import { messageOfError, openMessage, rememberError } from './open-message.js';
import { unitOf } from './unit-of-execution.js';
import type { UnitOfWork } from './unit-of-work.js';
import { currentUnit } from './unit-registry.js';

const GUARDS = '__guards__';
const INTERCEPTORS = '__interceptors__';
const FILTERS = '__exceptionFilters__';

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
  const ours = (guard: unknown) => guard instanceof ScopeGuard;
  const global = [...(config?.getGlobalGuards() ?? []), ...ownersOf(config?.getGlobalRequestGuards() ?? [])];
  for (const guard of [...global, ...injectablesOf(modules), ...enhancersOf(modules, GUARDS)]) {
    if (!ours(guard)) replaceMethod(guard, 'canActivate', guarded);
  }
}

/**
 * Lets what an interceptor lets through run in the scope of its request, wherever the interceptor asks for it: in the
 * callback of a pooled connection Nest would take the scope of whoever opened the pool.
 */
export function enterInterceptors(modules: ModulesContainer, config: ApplicationConfig | undefined): void {
  const global = [
    ...(config?.getGlobalInterceptors() ?? []),
    ...ownersOf(config?.getGlobalRequestInterceptors() ?? []),
  ];
  for (const interceptor of [...global, ...injectablesOf(modules), ...enhancersOf(modules, INTERCEPTORS)]) {
    replaceMethod(interceptor, 'intercept', intercepted);
  }
}

/**
 * Lets exception filters run in the scope of what they answer. They would without this, but for what a guard of a message
 * threw, and but for HTTP requests whose person was known only after the guards. Nest takes hold of filters before any
 * life cycle hook, when only their classes are at hand.
 */
export function enterFilters(modules: ModulesContainer, config: ApplicationConfig | undefined): void {
  for (const filter of [...enhancersOf(modules, FILTERS), ...(config?.getGlobalFilters() ?? [])]) {
    replaceMethod(typeof filter === 'function' ? (filter.prototype as unknown) : filter, 'catch', filtered);
  }
}

/** The same for filters that `app.useGlobalFilters` will be given: they are taken hold of before the next life cycle hook. */
export function enterLaterFilters(config: ApplicationConfig | undefined): void {
  if (config === undefined) return;
  const original = config.useGlobalFilters;
  config.useGlobalFilters = (...filters) => {
    for (const filter of filters) replaceMethod(filter, 'catch', filtered);
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

function intercepted(interceptor: Handler, self: unknown, [execution, next, ...rest]: unknown[]): unknown {
  const handler = next as CallHandler;
  const entering: CallHandler = { handle: () => inScopeOf(execution as ExecutionContext, () => handler.handle()) };
  return Reflect.apply(interceptor, self, [execution, next === undefined ? next : entering, ...rest]);
}

function inScopeOf<T>(execution: ExecutionContext, run: () => T): T {
  const current = currentUnit();
  const here = current?.scope === contextScope() ? current : undefined;
  if (here !== undefined && here.context.request === execution.getArgByIndex<unknown>(0)) return run();
  const unit = unitOfHost(execution) ?? undefined;
  if (unit === undefined || unit.scope === contextScope()) return run();
  return (unit.scope.client as Countly).run(unit.scope, run);
}

/** Filters are called by applications too, with whatever they have. */
function unitOfHost(host: unknown): UnitOfWork | null | undefined {
  return host === undefined ? undefined : read(() => unitOf(host as ArgumentsHost));
}

function filtered(filter: Handler, self: unknown, args: unknown[]): unknown {
  const run = () => Reflect.apply(filter, self, args) as unknown;
  const unit = messageOfError(args[0])?.unit ?? unitOfHost(args[1]) ?? currentUnit();
  if (unit === undefined || unit.scope === contextScope()) return run();
  return (unit.scope.client as Countly).run(unit.scope, run);
}
