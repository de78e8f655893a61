import { CONSENT_FEATURES, type ConsentFeature } from '../protocol/consent-feature.js';
import type { ConsentTarget } from './consent-calls.js';
import type { FeatureGroups } from './feature-groups.js';

const KNOWN = new Set<string>(CONSENT_FEATURES);

/**
 * Consent of one user of a bulk server, whose other users need none: a client asks for consent of all its devices or of
 * none. `tell` gets the features that changed, real booleans.
 */
export class UserConsent implements ConsentTarget {
  readonly #required: boolean;
  readonly #tell: (changed: Readonly<Record<string, boolean>>) => void;
  readonly #given = new Set<string>();
  readonly #groups = new Map<string, readonly string[]>();
  #told = false;

  constructor(required: boolean, tell: (changed: Readonly<Record<string, boolean>>) => void) {
    this.#required = required;
    this.#tell = tell;
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
    // The first time the whole map, so that the server does not guess.
    const told = this.#told ? changed : CONSENT_FEATURES;
    this.#told = true;
    this.#tell(Object.fromEntries(told.map((feature) => [feature, this.#given.has(feature)])));
  }

  #features(names: readonly string[], depth = 0): string[] {
    return names.flatMap((name) => {
      if (KNOWN.has(name)) return [name];
      // Groups may contain groups, and a mistake may make them contain themselves.
      return depth > 5 ? [] : this.#features(this.#groups.get(name) ?? [], depth + 1);
    });
  }
}
