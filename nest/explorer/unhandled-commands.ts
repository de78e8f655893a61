import type { ModulesContainer } from '@nestjs/core';
import { member } from '../../lib/internal.js';
import type { FailureObserver } from '../errors/failure-observer.js';
import type { UnitRegistry } from '../scope/unit-registry.js';
import { recordOf } from '../scope/unknown-record.js';

/** Name and metadata of `@nestjs/cqrs`, which is an optional package. */
const BUS = 'UnhandledExceptionBus';
const EVENT = '__event__';

interface ObservableLike {
  subscribe(next: (info: unknown) => void): { unsubscribe(): void };
}

/**
 * Tells the observer of what sagas and the commands they send throw. Nobody called those: the bus of events keeps what they
 * throw, and only says so here. Handlers of events were observed where they failed.
 *
 * @returns ends it
 */
export function watchUnhandledCommands(
  modules: ModulesContainer,
  failures: FailureObserver,
  units: UnitRegistry,
): () => void {
  const subscriptions = [...busesOf(modules)].map((bus) =>
    bus.subscribe((info) => {
      const cause = recordOf(member(info, 'cause'))?.constructor;
      if (typeof cause === 'function' && Reflect.hasMetadata(EVENT, cause)) return;
      failures.observe(member(info, 'exception'), units.current(), 'command');
    }),
  );
  return () => {
    for (const subscription of subscriptions) subscription.unsubscribe();
  };
}

function busesOf(modules: ModulesContainer): Set<ObservableLike> {
  const found = new Set<ObservableLike>();
  for (const { providers } of modules.values()) {
    for (const { metatype, instance } of providers.values()) {
      const bus = instance as Partial<ObservableLike> | null | undefined;
      if (metatype?.name === BUS && typeof bus?.subscribe === 'function') found.add(bus as ObservableLike);
    }
  }
  return found;
}
