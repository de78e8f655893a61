import { shared } from '../shared.js';
import type { Defined } from './definitions.js';

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
