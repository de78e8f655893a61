import { isObject, tellMisfit } from '../check.js';
import { truncate } from '../config/limits.js';
import { CONSENT_FEATURES, type ConsentFeature } from '../protocol/entry.js';
import { Feature, type FeaturePort, type Moment, type Target } from './feature.js';
import type { Visitor } from './visitor.js';

const KNOWN = new Set<string>(CONSENT_FEATURES);
const NOTHING: ReadonlySet<ConsentFeature> = new Set();
const MOST_NAMES = 100;

interface ConsentSettings {
  /** Whether anything needs consent, in force now. */
  readonly required: () => boolean;
  readonly groups: Readonly<Record<string, readonly ConsentFeature[]>>;
  /** Features the server is told about, all at each change; undefined to tell what changed, and that nobody may know where it is. */
  readonly map: readonly ConsentFeature[] | undefined;
  /** Told when a device's consent changed, as part of that change. */
  changed(visitor: Visitor, target: Target, change: ConsentChange): void;
}

/** What changed in a visitor's consent. */
export interface ConsentChange {
  readonly given: readonly ConsentFeature[];
  readonly withdrawn: ReadonlySet<string>;
  /** False when the waiting start of the session was removed. */
  readonly begun: boolean;
  readonly moment: Moment;
}

/** Consent per device: what is asked before recording, and what the server and the queue are told (docs/protocol.md §9). */
export class Consent extends Feature<ConsentSettings> {
  readonly #groups = new Map<string, readonly ConsentFeature[]>();
  /** How often anybody took something back. */
  withdrawals = 0;

  constructor(port: FeaturePort, settings: ConsentSettings) {
    super(port, settings);
    this.group(settings.groups);
  }

  /** The server never enforces consent; this does. */
  isAllowed(target: Target, feature: ConsentFeature): boolean {
    return !this.settings.required() || this.#given(target).has(feature);
  }

  /** Whether a feature, or every feature of a group, is agreed to. */
  check(target: Target, name: string): boolean {
    const features = this.#features('checkConsent', [name]);
    if (!this.settings.required()) return true;
    return features.length > 0 && features.every((feature) => this.#given(target).has(feature));
  }

  checkAny(target: Target): boolean {
    return !this.settings.required() || this.#given(target).size > 0;
  }

  /** Names several features at once. A group has no consent of its own: it is the sum of its features. */
  group(groups: unknown): void {
    if (!isObject(groups)) {
      return tellMisfit(this.port.reporter, 'groupFeatures.groups', 'an object of lists of features', groups);
    }
    for (const [name, members] of Object.entries(groups)) {
      const list = typeof members === 'string' ? [members] : Array.isArray(members) ? members : [];
      if (KNOWN.has(name) || list.length === 0) {
        const problem = KNOWN.has(name) ? 'is the name of a feature' : 'has no features';
        this.warn(`groupFeatures.${problem}`, `"${truncate(name, 40)}" ${problem}; it is left out`);
      } else this.#groups.set(name, this.#features('groupFeatures', list.map(String)));
    }
  }

  give(target: Target, names: readonly string[]): void {
    const features = this.#features('giveConsent', names);
    // Nothing was decided: of a person nothing is known of, that would be a refusal of everything.
    if (features.length === 0) return;
    this.#change(target, (given) => new Set([...given, ...features]));
  }

  remove(target: Target, names: readonly string[]): void {
    const features = new Set(this.#features('removeConsent', names));
    if (features.size === 0) return;
    this.#change(target, (given) => new Set([...given].filter((feature) => !features.has(feature))));
  }

  /**
   * Makes `features` the device's consent. What was withdrawn leaves the queue first, then the server is told: the whole
   * map when nothing was known before, else the changes.
   */
  apply(target: Target, features: ReadonlySet<ConsentFeature>): void {
    this.#change(target, () => features);
  }

  #change(target: Target, next: (given: ReadonlySet<ConsentFeature>) => ReadonlySet<ConsentFeature>): void {
    const { work } = target;
    if (!this.settings.required()) {
      if (work !== undefined) work.consent = next(this.#given(target));
      return;
    }
    const moment = this.moment();
    const assumed = this.#assumed(target);
    this.port.visit(target, (visitor, whom) => {
      const features = next(visitor.consent ?? assumed);
      this.#decide(visitor, whom, new Set(features), moment);
      if (work !== undefined) Object.assign(work, { consent: features, withdrawals: this.withdrawals });
    });
  }

  #decide(visitor: Visitor, target: Target, features: ReadonlySet<ConsentFeature>, moment: Moment): void {
    const before = visitor.consent;
    const changed = CONSENT_FEATURES.filter((name) => before === undefined || before.has(name) !== features.has(name));
    if (changed.length === 0) return;
    visitor.consent = features;
    visitor.consentAt = moment.now;
    const withdrawn = new Set(changed.filter((name) => before?.has(name)));
    if (withdrawn.size > 0) this.withdrawals++;
    const purged = withdrawn.size > 0 ? this.port.purge(target.deviceId, withdrawn) : [];
    const begun = !purged.some((entry) => entry.body.startsWith('"begin_session"'));
    const given = changed.filter((name) => features.has(name));
    this.settings.changed(visitor, target, { given: [], withdrawn, begun, moment });
    const map = consentMap(this.settings.map ?? changed, features);
    const location = withdrawn.has('location') && this.settings.map === undefined ? ',"location":""' : '';
    this.request(target, 'core', `"consent":${map}${location}`, moment.timestamp);
    if (given.length > 0) this.settings.changed(visitor, target, { given, withdrawn: NOTHING, begun: true, moment });
  }

  /** The whole consent in force as a member with a leading comma; empty where none is asked for or known. */
  told({ consent }: Visitor): string {
    if (!this.settings.required() || consent === undefined) return '';
    return `,"consent":${consentMap(this.settings.map ?? CONSENT_FEATURES, consent)}`;
  }

  /** What the person agrees to now, whatever held when the work for them began. */
  #given(target: Target): ReadonlySet<ConsentFeature> {
    return this.port.visitorOf(target.deviceId)?.consent ?? this.#assumed(target);
  }

  /** What holds as long as nothing is known of the device. */
  #assumed({ work }: Target): ReadonlySet<ConsentFeature> {
    // Nothing is remembered of it any more: of those who withdrew meanwhile it may be one.
    return work?.consent !== undefined && work.withdrawals === this.withdrawals ? work.consent : NOTHING;
  }

  /** Features by their own names and by those of groups; anything else gets one warning. */
  #features(call: string, names: readonly string[]): ConsentFeature[] {
    return names
      .slice(0, MOST_NAMES)
      .flatMap((item) => (Array.isArray(item) ? item.slice(0, MOST_NAMES) : [item]))
      .flatMap((name): readonly ConsentFeature[] => {
        if (KNOWN.has(name)) return [name as ConsentFeature];
        const group = this.#groups.get(name);
        if (group !== undefined) return group;
        const problem = `"${truncate(String(name), 40)}" is neither a group nor a feature`;
        this.warn(`${call}.unknown`, `${problem}; features are ${CONSENT_FEATURES.join(', ')}`);
        return [];
      });
  }
}

/** Real booleans: the text "false" would count as an opt-in. */
function consentMap(features: readonly ConsentFeature[], given: ReadonlySet<ConsentFeature>): string {
  return `{${features.map((name) => `"${name}":${given.has(name)}`).join(',')}}`;
}
