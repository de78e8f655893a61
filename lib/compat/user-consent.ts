import { CONSENT_FEATURES, type ConsentFeature } from '../protocol/consent-feature.js';
import type { ConsentTarget } from './consent-calls.js';
import { TOLD_FEATURES } from './dialect.js';
import type { FeatureGroups } from './feature-groups.js';

const KNOWN = new Set<string>(CONSENT_FEATURES);

/** Who is told when it changed. */
export interface ConsentListener {
  /** Features taken back, told first. */
  withdrawn(features: readonly ConsentFeature[]): void;
  /** Every feature the server is told about, as real booleans. */
  tell(features: Readonly<Record<string, boolean>>): void;
}

/**
 * Consent of one user of a bulk server, whose other users need none: a client asks for consent of all its devices or of
 * none.
 */
export class UserConsent implements ConsentTarget {
  readonly #required: boolean;
  readonly #to: ConsentListener;
  readonly #given = new Set<string>();
  readonly #groups = new Map<string, readonly string[]>();

  constructor(required: boolean, to: ConsentListener) {
    this.#required = required;
    this.#to = to;
  }

  group(groups: FeatureGroups): void {
    for (const [name, members] of Object.entries(groups ?? {})) {
      if (!KNOWN.has(name)) this.#groups.set(name, [members].flat());
    }
  }

  isAllowed(feature: ConsentFeature): boolean {
    return !this.#required || this.#given.has(feature);
  }

  checkConsent(name: string): boolean {
    const features = this.#features([name]);
    return !this.#required || (features.length > 0 && features.every((feature) => this.#given.has(feature)));
  }

  giveConsent(...names: readonly string[]): void {
    this.#change(names, true);
  }

  removeConsent(...names: readonly string[]): void {
    this.#change(names, false);
  }

  #change(names: readonly string[], given: boolean): void {
    const changed = this.#features(names).filter((feature) => this.#given.has(feature) !== given);
    if (!this.#required || changed.length === 0) return;
    for (const feature of changed) {
      if (given) this.#given.add(feature);
      else this.#given.delete(feature);
    }
    // What waits goes first: the person does not want it sent.
    if (!given) this.#to.withdrawn(changed);
    this.#to.tell(Object.fromEntries(TOLD_FEATURES.map((feature) => [feature, this.#given.has(feature)])));
  }

  #features(names: readonly string[], depth = 0): ConsentFeature[] {
    return names.flatMap((name): ConsentFeature[] => {
      if (KNOWN.has(name)) return [name as ConsentFeature];
      // Groups may contain groups, and a mistake may make them contain themselves.
      return depth > 5 ? [] : this.#features(this.#groups.get(name) ?? [], depth + 1);
    });
  }
}
