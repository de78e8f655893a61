import { CONSENT_FEATURES, type ConsentFeature } from '../protocol/consent-feature.js';
import type { FeaturePort, Target } from './feature.js';

const KNOWN = new Set<string>(CONSENT_FEATURES);

/** Consent per device: what is asked before recording, and what the server and the queue are told (contract §9). */
export class Consent {
  readonly #port: FeaturePort;
  readonly #required: boolean;

  constructor(port: FeaturePort, required: boolean) {
    this.#port = port;
    this.#required = required;
  }

  /** The server never enforces consent; this does. */
  isAllowed(target: Target, feature: ConsentFeature): boolean {
    if (!this.#required) return true;
    const given = target.consent ?? this.#port.peekState(target.deviceId)?.consent;
    return given?.has(feature) ?? false;
  }

  give(target: Target, features: readonly ConsentFeature[]): void {
    const now = new Set(this.#port.stateOf(target.deviceId).consent);
    for (const feature of this.#known('giveConsent', features)) now.add(feature);
    this.apply(target, now);
  }

  remove(target: Target, features: readonly ConsentFeature[]): void {
    const now = new Set(this.#port.stateOf(target.deviceId).consent);
    for (const feature of this.#known('removeConsent', features)) now.delete(feature);
    this.apply(target, now);
  }

  /**
   * Makes `features` the device's consent. What was withdrawn leaves the queue first, then the server is told: the whole
   * map when nothing was known before, else the changes.
   */
  apply(target: Target, features: ReadonlySet<ConsentFeature>): void {
    if (!this.#required) return;
    const state = this.#port.stateOf(target.deviceId);
    const before = state.consent;
    const changed = CONSENT_FEATURES.filter((name) => before === undefined || before.has(name) !== features.has(name));
    if (changed.length === 0) return;
    state.consent = new Set(features);
    const withdrawn = new Set(changed.filter((name) => before?.has(name)));
    if (withdrawn.size > 0) this.#port.purge(target.deviceId, withdrawn);
    // Real booleans: the text "false" would count as an opt-in.
    const map = changed.map((name) => `"${name}":${features.has(name)}`).join(',');
    this.#port.record(target, 'request', 'core', this.#port.stamp(), `"consent":{${map}}`);
  }

  /** Keeps the names Countly knows; anything else gets one warning. */
  #known(call: string, features: readonly string[]): ConsentFeature[] {
    return features.filter((name): name is ConsentFeature => {
      if (KNOWN.has(name)) return true;
      this.#port.reporter.warn(
        `${call}.${name}`,
        `${call}: "${name}" is not a feature; known are ${CONSENT_FEATURES.join(', ')}.`,
      );
      return false;
    });
  }
}
