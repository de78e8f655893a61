import type { DeviceIdType, EntryDraft, EntryFeature, EntryKind } from '../protocol/entry.js';

/** What most entries of a process have in common, whatever device they are of. */
export interface EntryTraits {
  readonly idType: DeviceIdType;
  readonly kind: EntryKind;
  readonly feature: EntryFeature;
  readonly tz: number;
  readonly weight: number;
}

/** Events and traces of people in a few time zones; looking through more would take longer than making one anew. */
const MOST = 16;

/** Gives the same object for the same traits: what waits then holds one reference in the place of five values. */
export class TraitsPool {
  #pool: EntryTraits[] = [];
  #last: EntryTraits | undefined;

  of(draft: EntryDraft): EntryTraits {
    if (this.#last !== undefined && isOf(this.#last, draft)) return this.#last;
    let traits = this.#pool.find((known) => isOf(known, draft));
    if (traits === undefined) {
      const { idType, kind, feature, tz, weight } = draft;
      traits = { idType, kind, feature, tz, weight };
      if (this.#pool.length === MOST) this.#pool = [];
      this.#pool.push(traits);
    }
    this.#last = traits;
    return traits;
  }
}

function isOf({ idType, kind, feature, tz, weight }: EntryTraits, draft: EntryDraft): boolean {
  return (
    draft.feature === feature &&
    draft.kind === kind &&
    draft.tz === tz &&
    draft.idType === idType &&
    draft.weight === weight
  );
}
