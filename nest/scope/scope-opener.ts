import { CONSENT_FEATURES, type ConsentFeature, type Countly, type DeviceScope } from '../../lib/index.js';
import { reportSequence, shownError } from '../../lib/internal.js';
import type { Carriers } from '../carrier/carriers.js';
import type { ModuleSettings } from '../countly.settings.js';
import { newVisitorId } from '../identity/anonymous.js';
import type { ConsentAnswer } from '../identity/consent.js';
import { isThenable, NO_ANSWER, withinDeadline } from '../identity/deadline.js';
import { DeviceIdChain, type Found } from '../identity/device-id-chain.js';
import type { RequestContext } from '../identity/request-context.js';
import { asksAfterGuards } from '../identity/resolvers.js';
import type { ModuleWarnings } from '../warnings.js';
import { RequestScopeInit } from './request-scope-init.js';
import type { UnitOfWork } from './unit-of-work.js';

/** After every resolver: all of them may be asked again. */
const NOBODY = Number.POSITIVE_INFINITY;
const EVERYTHING: ReadonlySet<ConsentFeature> = new Set(CONSENT_FEATURES);

type Maybe<T> = T | Promise<T>;
type Consent = Iterable<ConsentFeature> | undefined;

/** Where an anonymous visitor's id comes from; only HTTP has a place to keep one. */
export interface VisitorIds {
  /** The id the visitor brought along, or a new one that the answer will carry. */
  idFor(context: RequestContext, fresh: () => string): string | undefined;
  /** The visitor turned out to be a user: the scope is the user's. */
  loggedIn(context: RequestContext, scope: DeviceScope): void;
}

/**
 * Decides whom a unit of work belongs to and what may be recorded of it. Everything stays synchronous unless a resolver
 * is asynchronous: a promise would cost every request a turn of the event loop.
 */
export class ScopeOpener {
  readonly #client: Countly;
  readonly #settings: ModuleSettings;
  readonly #chain: DeviceIdChain;
  readonly #warnings: ModuleWarnings;

  constructor(client: Countly, settings: ModuleSettings, warnings: ModuleWarnings, carriers: Carriers | undefined) {
    this.#client = client;
    this.#settings = settings;
    this.#warnings = warnings;
    this.#chain = new DeviceIdChain(settings.resolvers, settings.resolverTimeout, warnings, carriers);
  }

  /** True when something may be known after the guards that is not known before. */
  get asksAgain(): boolean {
    const { consent } = this.#settings;
    return this.#chain.asksAgain || (consent !== undefined && asksAfterGuards(consent));
  }

  open<Context extends RequestContext>(context: Context, visitors?: VisitorIds): Maybe<UnitOfWork<Context>> {
    const found = this.#chain.find(context);
    if (isThenable(found)) return found.then((known) => this.#withConsent(context, known, visitors));
    return this.#withConsent(context, found, visitors);
  }

  /** Looks again, once guards have run. True when the unit has a new scope to be entered. */
  upgrade(unit: UnitOfWork, visitors?: VisitorIds): Maybe<boolean> {
    const found = this.#chain.findBefore(unit.position, unit.context);
    if (isThenable(found)) return found.then((known) => this.#replaced(unit, known, visitors));
    return this.#replaced(unit, found, visitors);
  }

  #replaced(unit: UnitOfWork, found: Found | undefined, visitors: VisitorIds | undefined): Maybe<boolean> {
    if (found === undefined && (unit.consentKnown || this.#settings.consent === undefined)) return false;
    const consent = this.#consentOf(unit.context);
    if (isThenable(consent)) return consent.then((known) => this.#replace(unit, found, known, visitors));
    return this.#replace(unit, found, consent, visitors);
  }

  #replace(unit: UnitOfWork, found: Found | undefined, consent: Consent, visitors: VisitorIds | undefined): boolean {
    if (found === undefined && consent === undefined) return false;
    if (found !== undefined) unit.position = found.position;
    if (consent !== undefined) unit.consentKnown = true;
    const deviceId = found === undefined ? this.#idOf(unit.scope) : found.deviceId;
    unit.scope = this.#client.scope(this.#init(deviceId, consent, unit.context, found?.assumedConsent));
    if (found?.user === true) visitors?.loggedIn(unit.context, unit.scope);
    return true;
  }

  #withConsent<Context extends RequestContext>(
    context: Context,
    found: Found | undefined,
    visitors: VisitorIds | undefined,
  ): Maybe<UnitOfWork<Context>> {
    const consent = this.#consentOf(context);
    if (isThenable(consent)) return consent.then((known) => this.#unit(context, found, known, visitors));
    return this.#unit(context, found, consent, visitors);
  }

  #unit<Context extends RequestContext>(
    context: Context,
    found: Found | undefined,
    consent: Consent,
    visitors: VisitorIds | undefined,
  ): UnitOfWork<Context> {
    const deviceId = found === undefined ? this.#anonymous(context, visitors) : found.deviceId;
    const scope = this.#client.scope(this.#init(deviceId, consent, context, found?.assumedConsent));
    if (found?.user === true) visitors?.loggedIn(context, scope);
    return {
      context,
      scope,
      position: found === undefined ? NOBODY : found.position,
      consentKnown: consent !== undefined,
      reportsBefore: reportSequence(),
      failure: undefined,
      viewed: false,
      isVisit: undefined,
      entered: undefined,
    };
  }

  #anonymous(context: RequestContext, visitors: VisitorIds | undefined): string | null | undefined {
    const { anonymous } = this.#settings;
    if (anonymous === 'process') return undefined;
    if (anonymous === 'none') return null;
    return visitors?.idFor(context, newVisitorId);
  }

  /** The id under which another scope belongs to the same device, or to nobody. */
  #idOf({ deviceId }: DeviceScope): string | null | undefined {
    if (deviceId === '') return null;
    return deviceId === this.#client.processDevice.deviceId ? undefined : deviceId;
  }

  #init(
    deviceId: string | null | undefined,
    consent: Consent,
    context: RequestContext,
    assumed: Consent,
  ): RequestScopeInit {
    return new RequestScopeInit(deviceId, consent, context, this.#settings, this.#warnings, assumed);
  }

  #consentOf(context: RequestContext): Maybe<Consent> {
    const { consent, resolverTimeout } = this.#settings;
    if (consent === undefined) return undefined;
    try {
      const answer = consent(context);
      if (!isThenable(answer)) return this.#features(answer);
      const failed = (reason: string) => this.#tellConsent(reason);
      return withinDeadline(answer, resolverTimeout, failed).then((given) => this.#features(given));
    } catch (error) {
      this.#tellConsent(shownError(error));
      return undefined;
    }
  }

  #features(answer: ConsentAnswer | typeof NO_ANSWER): Consent {
    if (answer === 'all') return EVERYTHING;
    if (Array.isArray(answer)) return answer as readonly ConsentFeature[];
    if (answer !== undefined && answer !== NO_ANSWER) this.#tellConsent('it gave neither a list nor "all"');
    return undefined;
  }

  #tellConsent(reason: string): void {
    this.#warnings.once(
      'consent',
      `consent resolver failed; what is known of the device's consent stays as it is: ${reason}`,
    );
  }
}
