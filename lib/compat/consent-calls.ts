import type { ConsentFeature } from '../protocol/consent-feature.js';

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

/** The part of a client or scope that consent is kept in. */
export interface ConsentTarget {
  isAllowed(feature: ConsentFeature): boolean;
  checkConsent(name: string): boolean;
  giveConsent(...names: readonly string[]): void;
  removeConsent(...names: readonly string[]): void;
}

/**
 * The consent calls of the official API over a client or a scope. A session or a view that came before its consent is
 * made up for when the consent comes, once.
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
