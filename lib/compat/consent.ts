import { CONSENT_FEATURES, type ConsentFeature } from '../protocol/consent-feature.js';
import type { FeatureGroups } from './conf.js';

/** Features that the official SDK lists. */
export const FEATURES: readonly ConsentFeature[] = Object.freeze([
  'sessions',
  'events',
  'views',
  'crashes',
  'attribution',
  'users',
  'location',
  'star-rating',
  'apm',
  'feedback',
  'remote-config',
]);
/** Features in the official consent message, and those it forgets (fault 9). */
export const TOLD_FEATURES: readonly ConsentFeature[] = [...FEATURES, 'push', 'clicks', 'scrolls'];
const KNOWN = new Set<string>(CONSENT_FEATURES);

/** The part of a client that consent is kept in. */
export interface ConsentTarget {
  isAllowed(feature: ConsentFeature): boolean;
  checkConsent(name: string): boolean;
  giveConsent(...names: readonly string[]): void;
  removeConsent(...names: readonly string[]): void;
}

/**
 * The consent calls of the official API. A session or a view that came before its consent is made up for when the consent
 * comes, once.
 */
export class ConsentCalls {
  readonly #target: () => ConsentTarget;
  readonly #waiting = new Map<ConsentFeature, () => void>();

  constructor(target: () => ConsentTarget) {
    this.#target = target;
  }

  check(name: string): boolean {
    return listOf(name).every((one) => this.#target().checkConsent(one));
  }

  add(names: string | readonly string[]): void {
    this.#target().giveConsent(...listOf(names));
    for (const [feature, call] of [...this.#waiting]) {
      if (!this.#target().isAllowed(feature)) continue;
      this.#waiting.delete(feature);
      call();
    }
  }

  remove(names: string | readonly string[]): void {
    this.#target().removeConsent(...listOf(names));
  }

  /** Runs the call now, or once the feature is agreed to; the last such call counts. */
  whenAllowed(feature: ConsentFeature, call: () => void): void {
    if (this.#target().isAllowed(feature)) call();
    else this.#waiting.set(feature, call);
  }

  forget(): void {
    this.#waiting.clear();
  }
}

/** The official SDK spells one name differently from every other SDK and from the server. */
function listOf(names: string | readonly string[]): string[] {
  return [names ?? []].flat().map((name) => (name === 'scroll' ? 'scrolls' : name));
}

/** Who is told when a user's consent changed. */
export interface ConsentListener {
  /** Features taken back, told first. */
  withdrawn(features: readonly ConsentFeature[]): void;
  /** Every feature the server is told about, as real booleans. */
  tell(features: Readonly<Record<string, boolean>>): void;
}

/** Consent of one user of a bulk server: a client asks for consent of all its devices or of none, a bulk server of each. */
export class UserConsent implements ConsentTarget {
  readonly #required: boolean;
  readonly #to: ConsentListener;
  readonly #given = new Set<string>();
  readonly #groups = new Map<string, readonly ConsentFeature[]>();

  constructor(required: boolean, to: ConsentListener) {
    this.#required = required;
    this.#to = to;
  }

  /** A group may name groups that are known already. */
  group(groups: FeatureGroups): void {
    for (const [name, members] of Object.entries(groups ?? {})) {
      if (!KNOWN.has(name)) this.#groups.set(name, this.#features([members].flat()));
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

  #features(names: readonly string[]): ConsentFeature[] {
    return names.flatMap((name) => (KNOWN.has(name) ? [name as ConsentFeature] : (this.#groups.get(name) ?? [])));
  }
}
