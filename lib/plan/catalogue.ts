import type { Segmentation } from '../scope/scope-api.js';
import { toSegmentation } from '../segmentation/to-segmentation.js';
import type { CatalogueOptions } from './catalogue-types.js';
import { type CatalogueKind, catalogueWitness } from './catalogues.js';
import { type Defined, readCatalogue } from './definitions.js';
import { Strictness } from './strictness.js';

/** Which catalogue it is, for messages and for the tracking plan. */
interface CatalogueName {
  readonly kind: CatalogueKind;
  readonly noun: 'Event' | 'View' | 'Trace';
  readonly maker: string;
}

/** What catalogues of events, views and traces have in common. Without a source nothing is known at run time. */
export class Catalogue {
  readonly keys: readonly string[];
  readonly strictness: Strictness;
  readonly #entries: ReadonlyMap<string, Defined> | undefined;

  constructor({ kind, noun, maker }: CatalogueName, source: object | undefined, options: CatalogueOptions) {
    const entries = source === undefined ? undefined : readCatalogue(maker, source, options);
    this.#entries = entries;
    this.keys = Object.freeze([...(entries?.keys() ?? [])]);
    this.strictness = new Strictness(noun, entries && options.strict, entries);
    if (entries !== undefined) catalogueWitness.defined?.({ kind, entries });
  }

  /** Options as the decorator takes them: a class that defines the segments also makes them. */
  decoratorOptions<Options extends object>(key: string, given: Options | undefined): Options | undefined {
    const type = this.#entries?.get(key)?.type;
    if (type === undefined || (given as { segmentation?: unknown } | undefined)?.segmentation !== undefined)
      return given;
    return { ...given, segmentation: type } as unknown as Options;
  }

  /** Options of a call, with an object of a class made flat. */
  segmented<Options extends { readonly segmentation?: unknown }>(
    key: string,
    given: Options | undefined,
  ): Options | undefined {
    const type = this.#entries?.get(key)?.type;
    const object: unknown = type && given?.segmentation;
    if (typeof object !== 'object' || object === null) return given;
    return { ...given, segmentation: toSegmentation(object, type) as Segmentation } as unknown as Options;
  }
}
