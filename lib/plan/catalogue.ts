import { warnOnce } from '../decorators/call.js';
import type { Admits } from '../decorators/recorder.js';
import type { ScopeApi, Segmentation } from '../scope/scope-api.js';
import { toSegmentation } from '../segmentation/to-segmentation.js';
import { shared } from '../shared.js';
import type { CatalogueOptions } from './catalogue-types.js';
import { type Defined, type Misfit, misfits, readCatalogue } from './definitions.js';

/** What a catalogue is about. */
export type CatalogueKind = 'event' | 'view' | 'trace';

/** A catalogue that was defined. */
export interface KnownCatalogue {
  readonly kind: CatalogueKind;
  readonly entries: ReadonlyMap<string, Defined>;
}

/**
 * Set while a tracking plan is read: told of every catalogue. Nobody keeps catalogues otherwise, so that tests may define
 * any number of them. Shared by all installed copies, for the command has one of its own.
 */
export const catalogueWitness = shared('catalogue-witness.1', () => ({
  defined: undefined as ((catalogue: KnownCatalogue) => void) | undefined,
}));

const NOUNS = { event: 'Event', view: 'View', trace: 'Trace' } as const;

/** Where a record goes; a client of this library counts what is refused. */
type CountingScope = ScopeApi & { refuse?(reason: 'invalid'): void };

/** What catalogues of events, views and traces have in common. Without a source nothing is known at run time. */
export class Catalogue {
  readonly keys: readonly string[];
  /** How many records did not fit, by key; those of unknown keys together under `*`. */
  readonly violations = new Map<string, number>();
  readonly #noun: string;
  readonly #strict: CatalogueOptions['strict'];
  readonly #entries: ReadonlyMap<string, Defined> | undefined;

  constructor(kind: CatalogueKind, source: object | undefined, options: CatalogueOptions) {
    this.#noun = NOUNS[kind];
    const entries = source === undefined ? undefined : readCatalogue(`define${this.#noun}s`, source, options);
    this.#entries = entries;
    this.#strict = entries && options.strict;
    this.keys = Object.freeze([...(entries?.keys() ?? [])]);
    if (entries !== undefined) catalogueWitness.defined?.({ kind, entries });
  }

  /** What decorators ask before they record; undefined when nothing is looked at. */
  get admits(): Admits | undefined {
    if (this.#strict !== 'warn' && this.#strict !== 'drop') return undefined;
    return (scope, key, given) => this.#admits(scope, key, given);
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

  #admits(scope: ScopeApi, key: string, given: unknown): boolean {
    const defined = this.#entries?.get(key);
    const found = defined === undefined ? [UNKNOWN] : contained(defined, given);
    if (found.length === 0) return true;
    const drops = this.#strict === 'drop';
    const counted = defined === undefined ? '*' : key;
    this.violations.set(counted, (this.violations.get(counted) ?? 0) + 1);
    const name = `${this.#noun} "${String(key).slice(0, 40)}"`;
    const outcome = drops ? 'it is dropped' : 'it is recorded all the same';
    for (const { once, text } of found) {
      warnOnce(
        scope,
        `catalogue ${this.#noun} ${counted} ${once}`,
        `${name} does not fit its catalogue: ${text}; ${outcome}.`,
      );
    }
    if (drops) (scope as CountingScope).refuse?.('invalid');
    return !drops;
  }
}

const UNKNOWN: Misfit = { once: 'unknown', text: 'it is not in it' };

/** A schema is somebody else's code, and a segmentation may be a proxy. */
function contained(defined: Defined, given: unknown): readonly Misfit[] {
  try {
    return misfits(defined, given);
  } catch {
    return [{ once: 'unreadable', text: 'it cannot be looked at' }];
  }
}
