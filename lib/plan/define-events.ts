import type { EventDecoratorOptions } from '../decorators/options.js';
import { eventDecorator } from '../decorators/track-event.js';
import type { MethodWeaver } from '../decorators/weave/method-decorator.js';
import type { EventOptions, RunningEvent, ScopeApi } from '../scope/scope-api.js';
import { Catalogue } from './catalogue.js';
import type {
  CallArguments,
  CatalogueOptions,
  CatalogueSource,
  EventDecoratorArguments,
  KeyOf,
  KnownKey,
  SegmentsOf,
} from './catalogue-types.js';

/** A running timed event of a catalogue. */
export interface CataloguedEvent<Events, Key> extends Omit<RunningEvent, 'end'> {
  /** Records the event with the time since the start as `dur`. Later calls do nothing. */
  end(...options: CallArguments<Events, Key, Omit<EventOptions, 'dur'>>): void;
}

/** Events whose keys and segments the compiler knows. */
export interface EventCatalogue<Events> {
  /** The keys that are defined; none for a catalogue of types alone. */
  readonly keys: readonly KeyOf<Events>[];
  /** How many records did not fit, by key, those of unknown keys together under `*`. Empty unless the catalogue is strict. */
  readonly violations: ReadonlyMap<string, number>;
  /** As the decorator `TrackEvent`, for keys and segments of the catalogue. */
  TrackEvent<Key extends string, This = unknown, Args extends readonly unknown[] = never, Result = unknown>(
    key: KnownKey<Key, Events>,
    ...options: EventDecoratorArguments<Events, Key, This, Args, Result>
  ): MethodWeaver<This, Args, Result>;
  /** As the decorator `TimedEvent`, for keys and segments of the catalogue. */
  TimedEvent<Key extends string, This = unknown, Args extends readonly unknown[] = never, Result = unknown>(
    key: KnownKey<Key, Events>,
    ...options: EventDecoratorArguments<Events, Key, This, Args, Result>
  ): MethodWeaver<This, Args, Result>;
  /** Records an event of the catalogue for a scope or a client. */
  addEvent<Key extends string>(
    scope: ScopeApi,
    key: KnownKey<Key, Events>,
    ...options: CallArguments<Events, Key, EventOptions>
  ): void;
  /** Starts a timed event of the catalogue. */
  startEvent<Key extends string>(scope: ScopeApi, key: KnownKey<Key, Events>): CataloguedEvent<Events, Key>;
}

/**
 * A catalogue of events: which there are, what each is broken down by, what it means and whom to ask. A wrong key or
 * segment does not compile, and all of it is part of the tracking plan (`npx countly-weave plan`).
 *
 * @param source - definitions by key; see {@link CatalogueSource}. Leave it out and give types instead:
 * `defineEvents<{ checkout: { plan: string } }>()`
 * @param options - see {@link CatalogueOptions}
 * @throws CountlyConfigError with everything that is wrong with the definitions
 *
 * @example
 * ```ts
 * import { defineEvents } from 'countly-weave';
 *
 * const events = defineEvents({
 *   checkout: {
 *     description: 'An order was paid',
 *     owner: 'payments',
 *     segmentation: { plan: ['free', 'pro'], amount: 'number', coupon: 'string?' },
 *   },
 *   signup: {},
 * });
 *
 * class Shop {
 *   @events.TrackEvent('checkout', { segmentation: ({ args: [amount] }) => ({ plan: 'pro', amount }) })
 *   pay(amount: number): void {}
 *
 *   @events.TimedEvent('signup')
 *   async join(): Promise<void> {}
 * }
 * ```
 */
export function defineEvents<const Source extends CatalogueSource>(
  source: Source,
  options?: CatalogueOptions,
): EventCatalogue<SegmentsOf<Source>>;
export function defineEvents<Events extends { readonly [Key in keyof Events]: object }>(): EventCatalogue<Events>;
export function defineEvents(source?: CatalogueSource, options: CatalogueOptions = {}): unknown {
  const catalogue = new Catalogue('event', source, options);
  const { admits, violations } = catalogue;
  const decorate =
    (decorator: '@TrackEvent' | '@TimedEvent') =>
    (key: string, given?: EventDecoratorOptions): unknown =>
      eventDecorator(decorator, key, catalogue.decoratorOptions(key, given), admits);
  const add = (
    scope: ScopeApi,
    key: string,
    given: EventOptions | undefined,
    record: (event?: EventOptions) => void,
  ) => {
    const event = catalogue.segmented(key, given);
    if (admits === undefined || admits(scope, key, event?.segmentation)) record(event);
  };
  return {
    keys: catalogue.keys,
    violations,
    TrackEvent: decorate('@TrackEvent'),
    TimedEvent: decorate('@TimedEvent'),
    addEvent: (scope: ScopeApi, key: string, given?: EventOptions) =>
      add(scope, key, given, (event) => scope.addEvent(key, event)),
    startEvent(scope: ScopeApi, key: string) {
      const running = scope.startEvent(key);
      const end = (given?: EventOptions) => add(scope, key, given, (event) => running.end(event));
      return { key: running.key, end, cancel: () => running.cancel() };
    },
  } satisfies Readonly<Record<keyof EventCatalogue<unknown>, unknown>>;
}
