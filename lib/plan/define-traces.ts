import { type TraceOptions, traceDecorator } from '../decorators/trace.js';
import type { MethodWeaver } from '../decorators/weave/method-decorator.js';
import type { DeviceTrace, ScopeApi } from '../scope/scope-api.js';
import { Catalogue } from './catalogue.js';
import type {
  At,
  CatalogueOptions,
  KeyOf,
  KnownKey,
  MetricsOf,
  TraceDecoratorArguments,
  TraceSource,
} from './catalogue-types.js';

/** A device trace of a catalogue: what is measured beside the duration has to be there. */
export type CataloguedTrace<Metrics> = Omit<DeviceTrace, 'type' | 'name' | 'metrics'> &
  (Record<never, never> extends Metrics ? { readonly metrics?: Metrics } : { readonly metrics: Metrics });

/** Traces whose names and further numbers the compiler knows. */
export interface TraceCatalogue<Traces> {
  /** The names that are defined; none for a catalogue of types alone. */
  readonly keys: readonly KeyOf<Traces>[];
  /** How many traces did not fit, by name, those of unknown names together under `*`. Empty unless the catalogue is strict. */
  readonly violations: ReadonlyMap<string, number>;
  /** As the decorator `Trace`, for names and further numbers of the catalogue. */
  Trace<Name extends string, This = unknown, Args extends readonly unknown[] = never, Result = unknown>(
    name: KnownKey<Name, Traces>,
    ...options: TraceDecoratorArguments<Traces, Name, This, Args, Result>
  ): MethodWeaver<This, Args, Result>;
  /** Reports a device trace of the catalogue for a scope or a client. */
  reportTrace<Name extends string>(
    scope: ScopeApi,
    name: KnownKey<Name, Traces>,
    trace: CataloguedTrace<At<Traces, Name>>,
  ): void;
}

/**
 * A catalogue of traces; for the rest see {@link defineEvents}.
 *
 * @param source - definitions by name, or none and types instead: `defineTraces<{ import: { rows: number } }>()`
 * @throws CountlyConfigError with everything that is wrong with the definitions
 *
 * @example
 * ```ts
 * import { defineTraces } from 'countly-weave';
 *
 * const traces = defineTraces({ import: { description: 'Nightly import', metrics: { rows: 'number' } } });
 *
 * class Importer {
 *   @traces.Trace('import', { metrics: ({ result }) => ({ rows: result ?? 0 }) })
 *   async run(): Promise<number> {
 *     return 3;
 *   }
 * }
 * ```
 */
export function defineTraces<const Source extends TraceSource>(
  source: Source,
  options?: CatalogueOptions,
): TraceCatalogue<MetricsOf<Source>>;
export function defineTraces<Traces extends { readonly [Name in keyof Traces]: object }>(): TraceCatalogue<Traces>;
export function defineTraces(source?: TraceSource, options: CatalogueOptions = {}): unknown {
  const catalogue = new Catalogue('trace', source, options);
  const { admits, violations } = catalogue;
  return {
    keys: catalogue.keys,
    violations,
    Trace: (name: string, given?: TraceOptions) => traceDecorator(name, given, admits),
    reportTrace(scope: ScopeApi, name: string, trace: Omit<DeviceTrace, 'type' | 'name'>): void {
      if (admits !== undefined && !admits(scope, name, trace?.metrics)) return;
      scope.reportTrace({ ...trace, type: 'device', name });
    },
  } satisfies Readonly<Record<keyof TraceCatalogue<unknown>, unknown>>;
}
