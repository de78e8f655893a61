import { type TrackViewOptions, viewDecorator } from '../decorators/track-view.js';
import type { MethodWeaver } from '../decorators/weave/method-decorator.js';
import type { OpenView, ScopeApi, ViewOptions } from '../scope/scope-api.js';
import { Catalogue } from './catalogue.js';
import type {
  CallArguments,
  CatalogueOptions,
  CatalogueSource,
  KeyOf,
  KnownKey,
  SegmentsOf,
  ViewDecoratorArguments,
} from './catalogue-types.js';

/** Views whose names and segments the compiler knows. */
export interface ViewCatalogue<Views> {
  /** The names that are defined; none for a catalogue of types alone. */
  readonly keys: readonly KeyOf<Views>[];
  /** How many views did not fit, by name, those of unknown names together under `*`. Empty unless the catalogue is strict. */
  readonly violations: ReadonlyMap<string, number>;
  /** As the decorator `TrackView`, for names and segments of the catalogue. */
  TrackView<Name extends string, This = unknown, Args extends readonly unknown[] = never, Result = unknown>(
    name: KnownKey<Name, Views>,
    ...options: ViewDecoratorArguments<Views, Name, This, Args, Result>
  ): MethodWeaver<This, Args, Result>;
  /** Records a view of the catalogue for a scope or a client. What is dropped gives a view that does nothing. */
  trackView<Name extends string>(
    scope: ScopeApi,
    name: KnownKey<Name, Views>,
    ...options: CallArguments<Views, Name, ViewOptions>
  ): OpenView;
}

/**
 * A catalogue of views; for the rest see {@link defineEvents}.
 *
 * @param source - definitions by name, or none and types instead: `defineViews<{ Product: { category: string } }>()`
 * @throws CountlyConfigError with everything that is wrong with the definitions
 *
 * @example
 * ```ts
 * import { type Countly, defineViews } from 'countly-weave';
 *
 * const views = defineViews({ Product: { owner: 'shop', segmentation: { category: 'string' } } });
 *
 * function show(countly: Countly): void {
 *   views.trackView(countly, 'Product', { segmentation: { category: 'books' } });
 * }
 * ```
 */
export function defineViews<const Source extends CatalogueSource>(
  source: Source,
  options?: CatalogueOptions,
): ViewCatalogue<SegmentsOf<Source>>;
export function defineViews<Views extends { readonly [Name in keyof Views]: object }>(): ViewCatalogue<Views>;
export function defineViews(source?: CatalogueSource, options: CatalogueOptions = {}): unknown {
  const catalogue = new Catalogue('view', source, options);
  const { admits, violations } = catalogue;
  return {
    keys: catalogue.keys,
    violations,
    TrackView: (name: string, given?: TrackViewOptions) =>
      viewDecorator(name, catalogue.decoratorOptions(name, given), admits),
    trackView(scope: ScopeApi, name: string, given?: ViewOptions): OpenView {
      const view = catalogue.segmented(name, given);
      const isAdmitted = admits === undefined || admits(scope, name, view?.segmentation);
      return isAdmitted ? scope.trackView(name, view) : unseen(name);
    },
  } satisfies Readonly<Record<keyof ViewCatalogue<unknown>, unknown>>;
}

function unseen(name: string): OpenView {
  return { name, id: '', pause() {}, resume() {}, addSegmentation() {}, end() {} };
}
