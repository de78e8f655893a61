import { AsyncLocalStorage } from 'node:async_hooks';
import { nearest } from '../check.js';
import { consoleLogger, Reporter } from '../logger.js';
import { shared } from '../shared.js';
import type { ScopeApi } from './scope-api.js';

/** What the registry needs to know of a client. */
export interface RegisteredClient extends ScopeApi {
  readonly name: string;
  /** A scope for this device. */
  device(deviceId: string): ScopeApi;
}

/** A scope as the context carries it: it knows the client it records through. */
export interface ContextScope extends ScopeApi {
  readonly client: RegisteredClient;
}

interface Registry {
  /** All clients of a name, the one in use last. */
  readonly clients: Map<string, RegisteredClient[]>;
  /** Client an object belongs to (Nest: the module's); lets two applications in one process stay apart. */
  readonly owners: WeakMap<object, RegisteredClient>;
  /** Whether any instance was ever bound; a `WeakMap` does not tell. */
  bound: boolean;
  /** What applies to the decorated methods of an object (Nest: of its feature module). Made with the first of them. */
  defaults?: WeakMap<object, ScopeDefaults>;
}

/** What applies to decorated methods of an object, whatever scope they run in. */
export interface ScopeDefaults {
  /** Client of methods whose decorators name none. */
  readonly client: string | undefined;
  /** The scope in another shape; one that is to be left outside has to carry `STANDS_FOR`. */
  apply(scope: ScopeApi): ScopeApi;
}

// A scope entered through one copy of the package must be the scope that a decorator of another copy sees.
const registry = shared('clients', (): Registry => ({ clients: new Map(), owners: new WeakMap(), bound: false }));
const store = shared('scope-store', () => new AsyncLocalStorage<unknown>());

/** On a scope with defaults for a single method: the other is entered in its place, as what it calls has no part in those. */
export const STANDS_FOR: unique symbol = Symbol.for('countly-weave.stands-for');

/** The scope of the running calls, promises, timers. No `enterWith`: nothing of one request can ever be seen by another. */
export const scopeStore = {
  run<T>(scope: unknown, fn: () => T): T {
    const other = (scope as { readonly [STANDS_FOR]?: unknown } | undefined)?.[STANDS_FOR];
    return store.run(other ?? scope, fn);
  },
  current(): unknown {
    return store.getStore();
  },
};

/** A decorator on a method, as the debug story names it. */
export interface Recording {
  /** `@TrackEvent on Order.pay`. */
  placeOf(instance: unknown): string;
}

/** The decorator that makes the record of this moment. Fields, because every recorded call writes them. */
export const recordedBy: { recorder: Recording | undefined; instance: unknown } = {
  recorder: undefined,
  instance: undefined,
};

/** Makes a client findable by decorators under its name. A later one with the same name takes its place while it lives. */
export function registerClient(client: RegisteredClient, tell?: (problem: string) => void): void {
  unregisterClient(client);
  const others = registry.clients.get(client.name) ?? [];
  registry.clients.set(client.name, [...others, client]);
  if (others.length === 0 || tell === undefined) return;
  const remedy = 'close the other one first, or give one of them a name of its own';
  tell(
    `There is a client "${client.name}" already. Decorators record through this one alone until it closes; ${remedy}.`,
  );
}

/** Takes the client out again; the name goes back to the one that had it before. */
export function unregisterClient(client: RegisteredClient): void {
  const others = registry.clients.get(client.name)?.filter((other) => other !== client) ?? [];
  if (others.length === 0) registry.clients.delete(client.name);
  else registry.clients.set(client.name, others);
}

/** The registered client of that name, if any; without a name the one that was given none. */
export function registeredClient(name = 'default'): RegisteredClient | undefined {
  return registry.clients.get(name)?.at(-1);
}

/** Binds an instance to a client: its decorated methods report there when no scope is current. */
export function bindToClient(instance: object, client: RegisteredClient): void {
  registry.owners.set(instance, client);
  registry.bound = true;
}

/** Gives defaults to the decorated methods of an instance. */
export function bindDefaults(instance: object, defaults: ScopeDefaults): void {
  registry.defaults ??= new WeakMap();
  registry.defaults.set(instance, defaults);
}

/** The scope entered by `client.run`, if the running code descends from one. */
export function contextScope(): ContextScope | undefined {
  return scopeStore.current() as ContextScope | undefined;
}

/** Whoever sets it wants to know why nothing happens, and there is no client to say so. */
const isFollowed = /^(1|true|yes|on)$/i.test(process.env['COUNTLY_DEBUG'] ?? '');
const onConsole = new Reporter(consoleLogger(true), Date.now);

/** Whether no client and no scope is there at all. Without any a woven method must cost next to nothing. */
export function nobodyRecords(): boolean {
  if (registry.clients.size !== 0 || registry.bound || contextScope() !== undefined) return false;
  if (isFollowed)
    onConsole.warn('nobody', 'A decorated method was called while there is no client: nothing is recorded.');
  return true;
}

/** Who can say that a decorator finds no client of this name, and what; undefined when there is none at all. */
export function missingClient(
  name = 'default',
): { readonly client: RegisteredClient; readonly problem: string } | undefined {
  const client = [...registry.clients.values()].at(-1)?.at(-1);
  if (client === undefined) return undefined;
  const names = [...registry.clients.keys()];
  const meant = nearest(name, names);
  const known =
    meant === undefined ? `there is ${names.map((one) => `"${one}"`).join(', ')}` : `did you mean "${meant}"?`;
  const remedy = name === 'default' ? ' Name one in the option `client`, or start one without a name.' : '';
  return { client, problem: `no client "${name}" is there (${known}), so nothing is recorded.${remedy}` };
}

/**
 * Where a woven method reports: the current scope, else the client its instance is bound to, else the default client.
 * With a client name, that client – under the device of the current scope, if there is one.
 */
export function scopeFor(instance: unknown, clientName?: string): ScopeApi | undefined {
  const defaults = registry.defaults?.get(instance as object);
  if (defaults === undefined) return plainScopeFor(instance, clientName);
  const scope = plainScopeFor(instance, clientName ?? defaults.client);
  return scope === undefined ? undefined : defaults.apply(scope);
}

function plainScopeFor(instance: unknown, clientName: string | undefined): ScopeApi | undefined {
  const current = contextScope();
  if (clientName !== undefined) {
    const named = registeredClient(clientName);
    if (named === undefined || current === undefined) return named;
    // An empty id is nobody's, with every client.
    return current.client === named || current.deviceId === '' ? current : named.device(current.deviceId);
  }
  if (current !== undefined) return current;
  if (registry.bound && typeof instance === 'object' && instance !== null) {
    const owner = registry.owners.get(instance);
    if (owner !== undefined) return owner;
  }
  return registeredClient();
}
