import type { ModulesContainer } from '@nestjs/core';

/** What starts a handler, as it appears in error reports. */
export type BackgroundKind = 'schedule' | 'queue' | 'event' | 'connection' | 'command' | 'domain-event';

/** A method that something other than a request calls. */
export interface BackgroundHandler {
  /** What has the method: an instance, or the prototype of a class that Nest makes an instance of for each call. */
  readonly owner: Record<string | symbol, unknown>;
  readonly perCall: boolean;
  readonly key: string | symbol;
  readonly kind: BackgroundKind;
}

/** Metadata keys of optional packages, so their values are written here. */
const ON_METHOD: readonly (readonly [key: string, kind: BackgroundKind])[] = [
  ['SCHEDULER_TYPE', 'schedule'],
  ['EVENT_LISTENER_METADATA', 'event'],
  ['bullmq:worker_events_metadata', 'queue'],
  ['bullmq:queue_events_metadata', 'queue'],
  ['bull:module_queue_process', 'queue'],
  ['bull:module_on_queue_event', 'queue'],
];

const ON_CLASS: readonly (readonly [key: string, kind: BackgroundKind, methods: readonly string[]])[] = [
  ['bullmq:processor_metadata', 'queue', ['process']],
  ['websockets:is_gateway', 'connection', ['handleConnection', 'handleDisconnect']],
  ['__commandHandler__', 'command', ['execute']],
  ['__queryHandler__', 'command', ['execute']],
  ['__eventsHandler__', 'domain-event', ['handle']],
];

/** Finds what cron, queues, event emitters, sockets and the buses of CQRS call. Reads descriptors and metadata only: no getter runs. */
export function backgroundHandlers(modules: ModulesContainer): BackgroundHandler[] {
  const found: BackgroundHandler[] = [];
  for (const module of modules.values()) {
    for (const wrapper of [...module.providers.values(), ...module.controllers.values()]) {
      // Aliases (useExisting) lead to an instance that is listed for itself.
      if ((wrapper as { isAlias?: boolean }).isAlias === true) continue;
      const perCall = !wrapper.isDependencyTreeStatic();
      const owner: unknown = perCall ? wrapper.metatype?.prototype : wrapper.instance;
      if (typeof owner === 'object' && owner !== null) found.push(...handlersOf(owner, perCall));
    }
  }
  return found;
}

function handlersOf(holder: object, perCall: boolean): BackgroundHandler[] {
  const owner = holder as Record<string | symbol, unknown>;
  const prototype: unknown = perCall ? holder : Object.getPrototypeOf(holder);
  if (typeof prototype !== 'object' || prototype === null || prototype === Object.prototype) return [];
  const handlers: BackgroundHandler[] = [];
  const type: unknown = prototype.constructor;
  const methods = methodsByKey(prototype);
  for (const [key, method] of methods) {
    const mark = ON_METHOD.find(([metadata]) => Reflect.hasMetadata(metadata, method));
    if (mark !== undefined) handlers.push({ owner, perCall, key, kind: mark[1] });
  }
  for (const [metadata, kind, names] of ON_CLASS) {
    if (typeof type !== 'function' || !Reflect.hasMetadata(metadata, type)) continue;
    for (const key of names) if (methods.has(key)) handlers.push({ owner, perCall, key, kind });
  }
  return handlers;
}

function methodsByKey(prototype: object): Map<string | symbol, object> {
  const methods = new Map<string | symbol, object>();
  for (let level: object | null = prototype; level !== null && level !== Object.prototype; ) {
    for (const key of Reflect.ownKeys(level)) {
      const value: unknown = Object.getOwnPropertyDescriptor(level, key)?.value;
      if (key !== 'constructor' && typeof value === 'function' && !methods.has(key)) methods.set(key, value);
    }
    level = Object.getPrototypeOf(level) as object | null;
  }
  return methods;
}
