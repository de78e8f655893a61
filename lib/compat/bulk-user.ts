import { numberFrom } from '../check.js';
import { DEFAULT_LIMITS } from '../config/limits.js';
import { featureOfKey } from '../features/events.js';
import type { Logger } from '../logger.js';
import type { ConsentFeature, Segmentation } from '../protocol/entry.js';
import type { DeviceScope } from '../scope/device-scope.js';
import {
  ConsentCalls,
  compatUserData,
  type Raw,
  sessionParts,
  tellUser,
  traceMember,
  UserConsent,
  withDay,
} from './calls.js';
import type { CompatClient } from './compat-client.js';
import type {
  BulkUserConf,
  CompatEvent,
  CompatFeedback,
  CompatTrace,
  CompatUserData,
  CompatUserDetails,
  FeatureGroups,
} from './conf.js';

/** A user of a bulk server. Every call returns the user, so that calls can be chained. */
export class CountlyBulkUser {
  readonly #conf: BulkUserConf;
  readonly #scope: DeviceScope;
  readonly #given: UserConsent;
  readonly #consent: ConsentCalls;
  readonly #logger: Logger;
  readonly #userData: CompatUserData;
  #sessionStart: number | undefined;

  /** @internal made by `add_user`. */
  constructor(conf: BulkUserConf, client: CompatClient, logger: Logger) {
    this.#conf = { ...conf };
    this.#logger = logger;
    this.#scope = client.untold(conf?.device_id);
    this.#given = new UserConsent(!!conf?.require_consent, (withdrawn, consent) => {
      // What waits goes first: the person does not want it sent.
      client.purge(this.#scope.deviceId, withdrawn);
      this.#request(undefined, { consent });
    });
    this.#consent = new ConsentCalls(() => this.#given);
    this.#userData = compatUserData((call) => {
      if (this.#given.isAllowed('users')) call(this.#scope);
    });
  }

  /** Names groups of features. */
  readonly group_features = (groups: FeatureGroups): void => this.#given.group(groups);

  /** Whether the user agreed to a feature, or to every feature of a group. */
  readonly check_consent = (feature: string): boolean => this.#consent.check(feature);

  /** The user agrees to features or groups; the server is told. */
  readonly add_consent = (feature: string | readonly string[]): void => this.#consent.add(feature);

  /** The user takes consent back; the server is told. */
  readonly remove_consent = (feature: string | readonly string[]): void => this.#consent.remove(feature);

  /** `remove_consent`; the server is always told here. */
  readonly remove_consent_internal: (feature: string | readonly string[], _enforce?: boolean) => void =
    this.remove_consent;

  /** Records a session that began at `timestamp` (seconds or milliseconds; now without) and lasted so many seconds. */
  readonly begin_session = (metrics?: Raw, seconds?: number | string, timestamp?: number | string): this => {
    const start = numberFrom(timestamp);
    this.#consent.whenAllowed('sessions', () => {
      this.#sessionStart = start || undefined;
      const { country_code, city } = this.#conf;
      const place = this.check_consent('location') ? { country_code, city } : { location: '' };
      this.#request(start, { begin_session: 1, metrics, ...place });
      for (const part of sessionParts(Number(seconds) || 0, start)) {
        this.#request(part.timestamp, { session_duration: part.seconds });
      }
    });
    return this;
  };

  /** Records an event. */
  readonly add_event = (event: CompatEvent): this => {
    const { key, ...options } = event ?? {};
    const feature = featureOfKey(String(key), options.segmentation);
    if (feature === undefined || this.#given.isAllowed(feature)) this.#scope.addEvent(key, options as object);
    return this;
  };

  /** Reports what is known of the user. */
  readonly user_details = (user: CompatUserDetails): this => {
    if (this.#given.isAllowed('users')) tellUser(this.#scope, user);
    return this;
  };

  /** Reports the campaign that brought the user. */
  readonly report_conversion = (campaign_id?: string, campaign_user_id?: string, timestamp?: number): this =>
    this.#raw('attribution', timestamp || this.#sessionStart, {
      campaign_id: campaign_id || undefined,
      campaign_user: campaign_user_id || undefined,
    });

  /** Records a view that was opened at `timestamp` and shown for `duration` seconds. */
  readonly report_view = (
    view_name: string,
    timestamp?: number,
    duration?: number,
    viewSegments?: Segmentation,
  ): this => {
    const segmentation = { ...viewSegments, name: view_name, visit: 1 };
    const event = { key: '[CLY]_view', count: 1, dur: duration, segmentation, timestamp: timestamp || undefined };
    this.#consent.whenAllowed('views', () => this.#request(timestamp, { events: [event] }));
    return this;
  };

  /** Reports an answer to a rating widget. */
  readonly report_feedback = (feedback: CompatFeedback, timestamp?: number): this => {
    const { widget_id, contactMe, platform, app_version, rating, email, comment } = feedback ?? {};
    if (!widget_id || !rating) return this.#warn('report_feedback: widget_id or rating is missing; it is left out.');
    const segmentation = { widget_id, contactMe, platform, app_version, rating, email, comment };
    // Either consent is enough, as it is for a client.
    if (this.#given.isAllowed('star-rating') || this.#given.isAllowed('feedback')) {
      this.#scope.addEvent('[CLY]_star_rating', { segmentation, timestamp: timestamp || undefined });
    }
    return this;
  };

  /** Reports a trace. */
  readonly report_trace = (trace: CompatTrace): this => {
    const read = traceMember(trace, this.#conf.max_key_length || DEFAULT_LIMITS.maxKeyLength);
    if (typeof read === 'string') return this.#warn(`report_trace: ${read} is missing; the trace is left out.`);
    return this.#raw('apm', undefined, read);
  };

  /** Reports a crash as it is; its stack is cut to what a server can take. */
  readonly report_crash = (crash: Raw, timestamp?: number): this => this.#raw('crashes', timestamp, { crash });

  /** Sets the value, in place of any before. */
  readonly custom_set = this.#custom('set');
  /** Sets the value if the server has none yet. */
  readonly custom_set_once = this.#custom('set_once');
  /** Removes the property. */
  readonly custom_unset = this.#custom('unset');
  /** Adds one. */
  readonly custom_increment = this.#custom('increment');
  /** Adds a number. */
  readonly custom_increment_by = this.#custom('increment_by');
  /** Multiplies a number. */
  readonly custom_multiply = this.#custom('multiply');
  /** Keeps the larger of both numbers. */
  readonly custom_max = this.#custom('max');
  /** Keeps the smaller of both numbers. */
  readonly custom_min = this.#custom('min');
  /** Adds to a list. */
  readonly custom_push = this.#custom('push');
  /** Adds to a list what it does not have yet. */
  readonly custom_push_unique = this.#custom('push_unique');
  /** Removes from a list. */
  readonly custom_pull = this.#custom('pull');
  /** Sends the changes. */
  readonly custom_save = this.#custom('save');

  #custom<Name extends keyof CompatUserData>(name: Name): (...args: Parameters<CompatUserData[Name]>) => this {
    return (...args) => {
      (this.#userData[name] as (...given: unknown[]) => void)(...args);
      return this;
    };
  }

  #raw(feature: ConsentFeature, timestamp: number | undefined, content: Raw): this {
    if (this.check_consent(feature)) this.#request(timestamp, content);
    return this;
  }

  #request(timestamp: number | undefined, content: Raw): void {
    const { ip_address } = this.#conf;
    const place = ip_address && this.check_consent('location') ? { ip_address } : {};
    const all = Object.entries({ ...place, ...content, timestamp: timestamp || undefined });
    const given = all.filter(([, value]) => value !== undefined && value !== null);
    this.#scope.request(withDay(Object.fromEntries(given)));
  }

  #warn(message: string): this {
    this.#logger.warn(`CountlyBulkUser ${message}`);
    return this;
  }
}
