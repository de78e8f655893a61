import { isObject, optionsOf, tellMisfit } from '../check.js';
import { mapToClass } from '../config/class-mapper.js';
import type { FeedbackWidget, Fetched } from '../features/feedback.js';
import { readLocation, tellLocation } from '../features/location.js';
import type { RemoteConfigQuery, RemoteConfigValues } from '../features/remote-config.js';
import type { ConsentFeature } from '../protocol/consent-feature.js';
import { AbTests } from './ab-tests.js';
import type { Core } from './compose.js';
import { contained, containedAsync } from './contained.js';
import type { ContextScope, RegisteredClient } from './current.js';
import { sanitizeDeviceId, TEMPORARY_ID } from './device-id.js';
import { RecordingScope } from './recording-scope.js';
import type {
  NpsFeedback,
  OpenView,
  PlaceOptions,
  RatingFeedback,
  SessionOptions,
  SurveyFeedback,
  UserDetails,
  ViewOptions,
} from './scope-api.js';
import type { ScopeTarget } from './scope-target.js';
import { UserData } from './user-data.js';

export type { ScopeInit } from './scope-init.js';

/** The name of a feature, or of a group made with `groupFeatures`. */
export type ConsentName = ConsentFeature | (string & {});

/**
 * Everything that can be recorded for one device. Cheap to make: what has to be remembered between calls lives in the
 * client, not here. No call throws, waits or changes what the caller gets; those that ask the server never reject.
 *
 * @example
 * ```ts
 * import { Countly } from 'countly-weave';
 *
 * const countly = Countly.init({ url: 'http://127.0.0.1:6010', appKey: 'shop' });
 * countly.device('visitor-17').addEvent('signup', { segmentation: { plan: 'pro' } });
 * ```
 */
export class DeviceScope extends RecordingScope implements ContextScope {
  // Declared, not initialised: scopes are made all the time, and most never need more than their client.
  declare readonly client: RegisteredClient;
  declare private ownUserData: UserData | undefined;
  declare private ownAbTests: AbTests | undefined;

  /** @internal made by `client.device`, `client.scope` and `client.run`; without a client it is one itself */
  constructor(core: Core, target: ScopeTarget, client?: RegisteredClient) {
    super(core, target);
    this.client = client ?? (this as unknown as RegisteredClient);
  }

  /** 0 for an id that was given, 1 for one that was generated, 2 while there is none yet (docs/protocol.md §2.1). */
  get deviceIdType(): 0 | 1 | 2 {
    const { deviceId, idType } = this.target;
    if (deviceId === TEMPORARY_ID) return 2;
    return idType === 1 ? 1 : 0;
  }

  override trackView(name: string, options?: ViewOptions): OpenView {
    return super.trackView(name, isObject(options) ? options : optionsOf(this.core.reporter, 'trackView', options));
  }

  override addBreadcrumb(text: string): void {
    if (typeof text !== 'string') {
      const wanted = { argument: 'text', expected: 'a text', outcome: 'what it says as a text is used' };
      tellMisfit(this.core.reporter, { call: 'addBreadcrumb', value: text, ...wanted });
    }
    super.addBreadcrumb(text);
  }

  /** Begins a session (docs/protocol.md §3); one that is open goes on. */
  beginSession(options?: SessionOptions): void {
    const { core, target } = this;
    contained(core, 'beginSession', undefined, () =>
      core.sessions.beginWith(target, options, target.identity === core.own.identity),
    );
  }

  /** Adds whole seconds to the open session, where the time is not measured by the client. */
  sessionDuration(seconds: number): void {
    contained(this.core, 'sessionDuration', undefined, () => this.core.sessions.duration(this.target, seconds));
  }

  /** Ends the open session and the view on display. @param seconds in place of the measured time since the last extension */
  endSession(seconds?: number): void {
    contained(this.core, 'endSession', undefined, () => this.core.sessions.end(this.target, seconds));
  }

  /** Says where the device is, for all sessions that begin from now on. `null`: nobody may know. */
  setLocation(place: PlaceOptions | null): void {
    contained(this.core, 'setLocation', undefined, () => {
      if (this.deviceId === '') return;
      const { reporter } = this.core;
      if (place !== null && !isObject(place)) {
        const wanted = { argument: 'place', expected: 'an object or null', outcome: 'the place stays as it is' };
        return tellMisfit(reporter, { call: 'setLocation', value: place, ...wanted });
      }
      const kept = place === null ? null : readLocation(place);
      if (place !== null) tellLocation(reporter, 'setLocation', place, kept ?? undefined);
      this.core.port.stateOf(this.deviceId).location = kept;
    });
  }

  /** Reports what is known of the person (docs/protocol.md §5). */
  userDetails(details: UserDetails): void {
    contained(this.core, 'userDetails', undefined, () => this.core.profile.details(this.target, details));
  }

  /** Changes of custom properties of the person. */
  get userData(): UserData {
    this.ownUserData ??= new UserData(this.core, this.target);
    return this.ownUserData;
  }

  /** Reports the campaign that brought the person (docs/protocol.md §8). */
  reportConversion(campaignId: string, campaignUserId?: string): void {
    contained(this.core, 'reportConversion', undefined, () =>
      this.core.attribution.conversion(this.target, campaignId, campaignUserId),
    );
  }

  /** Reports ids of advertising systems, such as `{ adid: '…' }` (docs/protocol.md §8). */
  reportAttribution(ids: Readonly<Record<string, string>>): void {
    contained(this.core, 'reportAttribution', undefined, () => this.core.attribution.indirect(this.target, ids));
  }

  /** Reports an answer to a rating widget (docs/protocol.md §4.4). Consent to `star-rating` or `feedback` is enough. */
  reportFeedback(feedback: RatingFeedback): void {
    contained(this.core, 'reportFeedback', undefined, () => this.core.feedback.rating(this.target, feedback));
  }

  reportNps(feedback: NpsFeedback): void {
    contained(this.core, 'reportNps', undefined, () => this.core.feedback.nps(this.target, feedback));
  }

  reportSurvey(feedback: SurveyFeedback): void {
    contained(this.core, 'reportSurvey', undefined, () => this.core.feedback.survey(this.target, feedback));
  }

  /** The feedback widgets the server offers this device (docs/protocol.md §10.3). */
  fetchFeedbackWidgets(): Promise<Fetched<readonly FeedbackWidget[]>> {
    return containedAsync(this.core, 'fetchFeedbackWidgets', () => this.core.feedback.widgets(this.target));
  }

  /** Fetches remote config (docs/protocol.md §10.1). With keys the answer is added to what is known, else it replaces it. */
  fetchRemoteConfig(query?: RemoteConfigQuery): Promise<Fetched<RemoteConfigValues>> {
    return containedAsync(this.core, 'fetchRemoteConfig', () => this.core.remoteConfig.fetch(this.target, query));
  }

  /** All remote config values fetched last; empty before. */
  getRemoteConfig(): RemoteConfigValues;
  /** One value; undefined when the server did not send it. */
  getRemoteConfig(key: string): unknown;
  /** The values as an instance of a class, through class-transformer. */
  getRemoteConfig<T extends object>(type: new () => T): T;
  getRemoteConfig<T extends object>(wanted?: string | (new () => T)): unknown {
    const values = this.core.remoteConfig.values(this.target);
    if (wanted !== undefined && typeof wanted !== 'function' && typeof wanted !== 'string') {
      const misfit = { argument: 'key', expected: 'a text or a class', outcome: 'there is no such value' };
      tellMisfit(this.core.reporter, { call: 'getRemoteConfig', value: wanted, ...misfit });
      return undefined;
    }
    if (wanted === undefined) return values;
    if (typeof wanted === 'function') return mapToClass(wanted, values);
    return Object.hasOwn(values, wanted) ? values[wanted] : undefined;
  }

  /** A/B tests of remote config values. */
  get abTests(): AbTests {
    this.ownAbTests ??= new AbTests(this.core, this.target);
    return this.ownAbTests;
  }

  /** The person agrees to these features or groups. Without `requireConsent` it changes nothing. */
  giveConsent(...names: readonly ConsentName[]): void {
    contained(this.core, 'giveConsent', undefined, () => this.core.consent.give(this.target, names));
  }

  /** The person withdraws: what waits of these features is removed, then the server is told. */
  removeConsent(...names: readonly ConsentName[]): void {
    contained(this.core, 'removeConsent', undefined, () => this.core.consent.remove(this.target, names));
  }

  /** Whether the device agreed to a feature, or to every feature of a group. */
  checkConsent(name: ConsentName): boolean {
    return contained(this.core, 'checkConsent', false, () => this.core.consent.check(this.target, name));
  }

  /** Whether the device agreed to anything. */
  checkAnyConsent(): boolean {
    return contained(this.core, 'checkAnyConsent', false, () => this.core.consent.checkAny(this.target));
  }

  /**
   * The device goes by another id from now on (docs/protocol.md §2.7). With `merge` the server makes one user of both, and what
   * runs goes on. Without it they are two people: view and session end, and the new one has agreed to nothing yet.
   */
  changeId(deviceId: string, options?: { readonly merge?: boolean | undefined }): void {
    const { core, target } = this;
    contained(core, 'changeId', undefined, () => {
      const { merge } = optionsOf(core.reporter, 'changeId', options) ?? {};
      if (merge !== undefined && typeof merge !== 'boolean') {
        const wanted = { argument: 'merge', expected: 'true or false', outcome: 'false is used' };
        tellMisfit(core.reporter, { call: 'changeId', value: merge, ...wanted });
      }
      const id =
        deviceId === TEMPORARY_ID && target.identity === core.own.identity ? deviceId : sanitizeDeviceId(deviceId);
      if (id !== undefined) return core.identity.change(target, id, merge === true);
      core.reporter.warn(
        'changeId',
        `changeId: deviceId must be a text of 1 to 256 printable characters, got ${typeof deviceId}; the id stays as it is.`,
      );
    });
  }

  /** As `changeId`, with a merge when the id so far was generated, and without when it was given. */
  setId(deviceId: string): void {
    this.changeId(deviceId, { merge: this.target.idType === 1 });
  }

  /**
   * Sends a request of your own making: untouched, but only if a Countly server would count it (docs/protocol.md §13). Known
   * parts (`events`, `crash`, `metrics` …) may be given as values or as JSON text.
   *
   * @returns whether it was taken; if not, one warning says why
   */
  request(parameters: Readonly<Record<string, unknown>>): boolean {
    return contained(this.core, 'request', false, () => this.core.rawRequests.send(this.target, parameters));
  }
}
