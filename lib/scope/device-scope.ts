import { inspect } from 'node:util';
import { argumentOf, FLAG, isObject, optionsOf, tellMisfit } from '../check.js';
import { classes } from '../config/dialect.js';
import type { Fetched } from '../features/feature.js';
import type { FeedbackWidget } from '../features/feedback.js';
import { readLocation, tellLocation } from '../features/location.js';
import type { RemoteConfigQuery, RemoteConfigValues } from '../features/remote-config.js';
import type { ConsentFeature } from '../protocol/entry.js';
import type { UserDetails } from '../protocol/user-details.js';
import type { Core } from './compose.js';
import type { RegisteredClient } from './current.js';
import { DEVICE_ID, sanitizeDeviceId, TEMPORARY_ID } from './device-id.js';
import { RecordingScope } from './recording-scope.js';
import type {
  DeviceLocationOptions,
  NpsFeedback,
  RatingFeedback,
  SessionOptions,
  SurveyFeedback,
} from './scope-api.js';
import { AbTests, UserData } from './scope-members.js';
import { attempt, contained, containedAsync, partsOf, setParts } from './scope-parts.js';
import type { ScopeTarget } from './scope-target.js';

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
export class DeviceScope extends RecordingScope {
  private ownUserData: UserData | undefined;
  private ownAbTests: AbTests | undefined;

  /** Scopes are made by `client.device`, `client.scope` and `client.run`. */
  protected constructor() {
    super();
  }

  /** @internal The client this scope records through. */
  get client(): RegisteredClient {
    return partsOf(this).client;
  }

  /** @internal What `console.log` shows: nothing of a person. */
  [inspect.custom](): string {
    return `DeviceScope ${inspect({ client: this.client.name })}`;
  }

  /** 0 for an id that was given, 1 for one that was generated, 2 while there is none yet (docs/protocol.md §2.1). */
  get deviceIdType(): 0 | 1 | 2 {
    const { deviceId, idType } = partsOf(this).target;
    if (deviceId === TEMPORARY_ID) return 2;
    return idType === 1 ? 1 : 0;
  }

  /** Begins a session (docs/protocol.md §3); one that is open goes on. */
  beginSession(options?: SessionOptions): void {
    contained(this, 'beginSession', ({ sessions, own }, target) =>
      sessions.beginWith(target, options, target.identity === own.identity),
    );
  }

  /** Adds whole seconds to the open session, where the time is not measured by the client. */
  sessionDuration(seconds: number): void {
    contained(this, 'sessionDuration', ({ sessions }, target) => sessions.duration(target, seconds));
  }

  /** Ends the open session and the view on display. @param seconds in place of the measured time since the last extension */
  endSession(seconds?: number): void {
    contained(this, 'endSession', ({ sessions }, target) => sessions.end(target, seconds));
  }

  /** Says where the device is, for all sessions that begin from now on. `null`: nobody may know. */
  setLocation(location: DeviceLocationOptions | null): void {
    contained(this, 'setLocation', ({ reporter, port }, target) => {
      if (target.deviceId === '') return;
      if (location !== null && !isObject(location)) {
        const outcome = 'the location stays as it is';
        return tellMisfit(reporter, 'setLocation.location', 'an object or null', location, outcome);
      }
      const kept = location === null ? null : readLocation(location);
      if (location !== null) tellLocation(reporter, 'setLocation', location, kept ?? undefined);
      port.visit(target, (visitor) => {
        visitor.location = kept;
      });
    });
  }

  /**
   * Reports metrics of the device outside of a session (docs/protocol.md §3.3), such as after an update: the known ones, and in
   * their place what is given. Needs consent to `metrics`.
   */
  recordMetrics(metrics?: Readonly<Record<string, string>>): void {
    contained(this, 'recordMetrics', ({ sessions }, target) => sessions.metrics(target, metrics));
  }

  /** Reports what is known of the person (docs/protocol.md §5). */
  userDetails(details: UserDetails): void {
    contained(this, 'userDetails', ({ profile }, target) => profile.details(target, details));
  }

  /**
   * Uploads a picture of the person from this machine: a regular PNG, JPEG or GIF file of up to 5 MB. The path waits in the
   * queue like every other entry, also across restarts; the file is read when its turn comes. One that cannot be sent then
   * counts as dropped, `rejected`, with a warning. Never pass a path that came from outside.
   *
   * @example
   * ```ts
   * import { Countly } from 'countly-weave';
   *
   * const countly = Countly.init({ url: 'http://127.0.0.1:6010', appKey: 'shop' });
   * countly.device('visitor-17').setUserPicture('/srv/avatars/17.png');
   * ```
   */
  setUserPicture(path: string): void {
    contained(this, 'setUserPicture', ({ profile }, target) => profile.picture(target, path));
  }

  /** Changes of custom properties of the person. */
  get userData(): UserData {
    this.ownUserData ??= new UserData(this);
    return this.ownUserData;
  }

  /** Reports the campaign that brought the person (docs/protocol.md §8). */
  reportConversion(campaignId: string, campaignUserId?: string): void {
    contained(this, 'reportConversion', ({ attribution }, target) =>
      attribution.conversion(target, campaignId, campaignUserId),
    );
  }

  /** Reports ids of advertising systems, such as `{ adid: '…' }` (docs/protocol.md §8). */
  reportAttribution(ids: Readonly<Record<string, string>>): void {
    contained(this, 'reportAttribution', ({ attribution }, target) => attribution.indirect(target, ids));
  }

  /** Reports an answer to a rating widget (docs/protocol.md §4.4). Consent to `star-rating` or `feedback` is enough. */
  reportFeedback(feedback: RatingFeedback): void {
    contained(this, 'reportFeedback', (core, target) => core.feedback.rating(target, feedback));
  }

  /** Reports an answer to an NPS widget (docs/protocol.md §4.4). Consent to `feedback` is needed. */
  reportNps(feedback: NpsFeedback): void {
    contained(this, 'reportNps', (core, target) => core.feedback.nps(target, feedback));
  }

  /** Reports the answers to a survey widget (docs/protocol.md §4.4). Consent to `feedback` is needed. */
  reportSurvey(feedback: SurveyFeedback): void {
    contained(this, 'reportSurvey', (core, target) => core.feedback.survey(target, feedback));
  }

  /** The feedback widgets the server offers this device (docs/protocol.md §10.3). */
  fetchFeedbackWidgets(): Promise<Fetched<readonly FeedbackWidget[]>> {
    return containedAsync(this, 'fetchFeedbackWidgets', ({ feedback }, target) => feedback.widgets(target));
  }

  /** Fetches remote config (docs/protocol.md §10.1). With keys the answer is added to what is known, else it replaces it. */
  fetchRemoteConfig(query?: RemoteConfigQuery): Promise<Fetched<RemoteConfigValues>> {
    return containedAsync(this, 'fetchRemoteConfig', ({ remoteConfig }, target) => remoteConfig.fetch(target, query));
  }

  /** All remote config values fetched last; empty before. */
  getRemoteConfig(): RemoteConfigValues;
  /** One value; undefined when the server did not send it. */
  getRemoteConfig(key: string): unknown;
  /** The values as an instance of a class, through class-transformer; undefined, with a warning, when that throws. */
  getRemoteConfig<T extends object>(type: new () => T): T;
  getRemoteConfig<T extends object>(wanted?: string | (new () => T)): unknown {
    const { core, target } = partsOf(this);
    const values = core.remoteConfig.values(target);
    if (wanted === undefined) return values;
    if (typeof wanted === 'function') return attempt(core, 'getRemoteConfig', () => classes.mapTo(wanted, values));
    if (typeof wanted === 'string') return Object.hasOwn(values, wanted) ? values[wanted] : undefined;
    return tellMisfit(core.reporter, 'getRemoteConfig.key', 'a text or a class', wanted, 'there is no such value');
  }

  /** A/B tests of remote config values. */
  get abTests(): AbTests {
    this.ownAbTests ??= new AbTests(this);
    return this.ownAbTests;
  }

  /** The person agrees to these features or groups. Without `requireConsent` it changes nothing. */
  giveConsent(...names: readonly ConsentName[]): void {
    contained(this, 'giveConsent', ({ consent }, target) => consent.give(target, names));
  }

  /** The person withdraws: what waits of these features is removed, then the server is told. */
  removeConsent(...names: readonly ConsentName[]): void {
    contained(this, 'removeConsent', ({ consent }, target) => consent.remove(target, names));
  }

  /** Whether the device agreed to a feature, or to every feature of a group. */
  checkConsent(name: ConsentName): boolean {
    return contained(this, 'checkConsent', ({ consent }, target) => consent.check(target, name)) ?? false;
  }

  /** Whether the device agreed to anything. */
  checkAnyConsent(): boolean {
    return contained(this, 'checkAnyConsent', ({ consent }, target) => consent.checkAny(target)) ?? false;
  }

  /**
   * The device goes by another id from now on (docs/protocol.md §2.7). With `merge` the server makes one user of both, and what
   * runs goes on. Without it they are two people: view and session end, and the new one has agreed to nothing yet.
   */
  changeId(deviceId: string, options?: { readonly merge?: boolean | undefined }): void {
    contained(this, 'changeId', (core, target) => {
      const { merge } = optionsOf(core.reporter, 'changeId', options) ?? {};
      const merges = argumentOf(core.reporter, 'changeId.merge', merge, FLAG, 'false is used') ?? false;
      const id =
        deviceId === TEMPORARY_ID && target.identity === core.own.identity ? deviceId : sanitizeDeviceId(deviceId);
      if (id !== undefined) {
        const before = target.deviceId;
        core.identity.change(target, id, merges);
        if (target.identity !== core.own.identity || target.deviceId === before) return;
        core.remoteConfig.forget(target);
        return core.fetchOwnRemoteConfig();
      }
      tellMisfit(core.reporter, 'changeId.deviceId', DEVICE_ID, deviceId, 'the id stays as it is');
    });
  }

  /** As `changeId`, with a merge when the id so far was generated, and without when it was given. */
  setId(deviceId: string): void {
    this.changeId(deviceId, { merge: partsOf(this).target.idType === 1 });
  }

  /**
   * Sends a request of your own making: untouched, but only if a Countly server would count it (docs/protocol.md §13). Known
   * parts (`events`, `crash`, `metrics` …) may be given as values or as JSON text.
   *
   * @returns whether it was taken; if not, one warning says why
   */
  request(parameters: Readonly<Record<string, unknown>>): boolean {
    return contained(this, 'request', ({ rawRequests }, target) => rawRequests.send(target, parameters)) ?? false;
  }
}

/** Whether it is one. A proxy that answers nothing is none. */
export function isScope(value: unknown): value is DeviceScope {
  try {
    return value instanceof DeviceScope;
  } catch {
    return false;
  }
}

/** A scope of a client. */
export function createScope(core: Core, target: ScopeTarget, client: RegisteredClient): DeviceScope {
  const scope = new (DeviceScope as unknown as new () => DeviceScope)();
  setParts(scope, { core, target, client });
  return scope;
}
