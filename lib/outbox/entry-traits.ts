import type { DeviceIdType, EntryFeature, EntryKind } from '../protocol/entry.js';

/** What most entries of a process have in common, whatever device they are of. */
export interface EntryTraits {
  readonly idType: DeviceIdType;
  readonly kind: EntryKind;
  readonly feature: EntryFeature;
  /** Minutes east of UTC. */
  readonly tz: number;
  /** How many accepted calls the entry stands for. */
  readonly weight: number;
}

/** Events and traces of people in a few time zones; looking through more would take longer than making one anew. */
const MOST = 16;

/** Gives the same object for the same traits: what waits then holds one reference in the place of five values. */
export class TraitsPool {
  #pool: EntryTraits[] = [];
  #last: EntryTraits | undefined;

  of(idType: DeviceIdType, kind: EntryKind, feature: EntryFeature, tz: number, weight = 1): EntryTraits {
    const last = this.#last;
    if (last !== undefined && isThat(last, idType, kind, feature, tz, weight)) return last;
    for (const known of this.#pool) {
      if (!isThat(known, idType, kind, feature, tz, weight)) continue;
      this.#last = known;
      return known;
    }
    const traits = { idType, kind, feature, tz, weight };
    if (this.#pool.length === MOST) this.#pool = [];
    this.#pool.push(traits);
    this.#last = traits;
    return traits;
  }
}

function isThat(
  traits: EntryTraits,
  idType: DeviceIdType,
  kind: EntryKind,
  feature: EntryFeature,
  tz: number,
  weight: number,
): boolean {
  return (
    traits.feature === feature &&
    traits.kind === kind &&
    traits.tz === tz &&
    traits.idType === idType &&
    traits.weight === weight
  );
}
