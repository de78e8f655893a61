import type { Segmentation } from '../protocol/entry.js';
import { CountlyBulk } from './bulk.js';
import { ConsentCalls, compatUserData, FEATURES, remoteConfigCall, tellUser, traceMember } from './calls.js';
import { SessionClock, ViewClock } from './clocks.js';
import type { CompatClient as Client } from './compat-client.js';
import {
  type CompatEvent,
  type CompatFeedback,
  type CompatTrace,
  type CompatUserData,
  type CompatUserDetails,
  type CountlyConf,
  DeviceIdType,
  type DeviceIdTypeValue,
  type FeatureGroups,
  type FetchCallback,
  StorageTypes,
} from './conf.js';
import { idFrom, nameFrom } from './names.js';
import { CountlySettings, limitsOf, settingsOf } from './options.js';
import { type Started, start } from './start.js';

/** Calls that may wait for `init`. */
const MAX_WAITING = 100;
const SESSION_UPDATE_SECONDS = 60;
/** For what is under way already; the rest stays on disk. */
const HALT_MS = 500;

/**
 * The official SDK's object: one device a process, snake_case names, settings as properties. Every call works detached
 * from the object. Calls made before `init` are carried out by it.
 */
export class CountlySdk extends CountlySettings {
  /** Values of `storage_type`. */
  readonly StorageTypes = StorageTypes;
  /** Values of `get_device_id_type`. */
  readonly DeviceIdType = DeviceIdType;
  /** The bulk server. */
  readonly Bulk = CountlyBulk;
  /** Features that consent can be given to. */
  readonly features: readonly string[] = FEATURES;
  /** Changes of custom properties. */
  readonly userData: CompatUserData = compatUserData((call) => this.#use(call));

  #started: Started | undefined;
  #waiting: ((client: Client) => void)[] = [];
  #presetId: CountlyConf['device_id'];
  #holdRequests = false;
  readonly #consent = new ConsentCalls(() => this.#client);
  #noHeartBeat = false;
  readonly #timed = new Map<string, ReturnType<Client['startEvent']>>();
  readonly #session = new SessionClock((seconds) => this.#client?.sessionDuration(seconds));
  #view = new ViewClock();

  get #client(): Client | undefined {
    return this.#started?.client;
  }

  /** The id of this process as a device; before `init` the one to start with. */
  get device_id(): string | undefined {
    return this.#client?.deviceId ?? (this.#presetId || undefined);
  }

  set device_id(id: CountlyConf['device_id']) {
    this.#presetId = id;
  }

  /** Starts the client; later calls do nothing until `halt`. Never throws: what is unusable in `conf` is told and left out. */
  readonly init = (conf: CountlyConf = {}): void => {
    if (this.#started) return;
    const settings = settingsOf(conf, this);
    if (this.#holdRequests) settings.test_mode = true;
    const started = start(settings);
    Object.assign(this, settings, limitsOf(settings));
    this.#started = started;
    this.require_consent = !!settings.require_consent;
    for (const call of this.#waiting.splice(0)) call(started.client);
  };

  /** Stops; `init` may follow. What waits stays on disk for the next start. With `true` the next start sends nothing. */
  readonly halt = (preventRequestProcessing?: boolean): void => {
    const started = this.#started;
    this.#session.end();
    this.#view = new ViewClock();
    this.#timed.clear();
    this.#waiting = [];
    this.#started = undefined;
    this.#holdRequests = preventRequestProcessing === true;
    this.#consent.forget();
    this.#noHeartBeat = false;
    Object.assign(this, new CountlySettings(), { device_id: undefined });
    void started?.client.close({ timeout: HALT_MS });
    void started?.others.close(HALT_MS);
  };

  /** Switches informational messages on and off. */
  readonly setLoggingEnabled = (enabled: boolean): void => {
    this.debug = enabled;
    if (this.#started) this.#started.logger.verbose = enabled;
  };

  /** Names groups of features, to be used wherever consent is given, taken back or asked for. */
  readonly group_features = (groups: FeatureGroups): void => this.#use((client) => client.groupFeatures(groups));
  /** Whether a feature, or every feature of a group, may be recorded. */
  readonly check_consent = (feature: string): boolean => !this.require_consent || this.#consent.check(feature);
  /** Whether anything was agreed to. */
  readonly check_any_consent = (): boolean => !this.require_consent || (this.#client?.checkAnyConsent() ?? false);
  /** Agrees to features or groups; the server is told. */
  readonly add_consent = (feature: string | readonly string[]): void => this.#use(() => this.#consent.add(feature));
  /** Takes consent back: what waits of the features is removed, and the server is told. */
  readonly remove_consent = (feature: string | readonly string[]): void =>
    this.#use(() => this.#consent.remove(feature));

  /** `remove_consent`; the server is always told here. */
  readonly remove_consent_internal: (feature: string | readonly string[], _enforce?: boolean) => void =
    this.remove_consent;

  /** Begins a session. With `true` it is not extended by itself. */
  readonly begin_session = (noHeartBeat?: boolean): void =>
    this.#use((client) => {
      this.#noHeartBeat = !!noHeartBeat;
      this.#consent.whenAllowed('sessions', () => {
        if (this.#session.running) return;
        this.#session.begin(!noHeartBeat, this.session_update || SESSION_UPDATE_SECONDS);
        // The session lasts as long as the process; its time is kept here, where it can be stopped.
        client.beginSession({ heartbeat: true });
      });
    });

  /** The name it has in the Web SDK. */
  readonly track_sessions = (): void => this.begin_session();
  /** Adds seconds to the session. */
  readonly session_duration = (sec: number): void =>
    this.#use((client) => {
      if (this.#session.running) client.sessionDuration(sec);
    });

  /** Ends the session. */
  readonly end_session = (sec?: number): void =>
    this.#use((client) => {
      if (!this.#session.running) return;
      this.#view.end();
      const measured = this.#session.end();
      client.endSession(sec || measured);
    });

  /** The id of this device. */
  readonly get_device_id = (): string | undefined => this.device_id;
  /** Whether the id was given or made; a value of `DeviceIdType`. */
  readonly get_device_id_type = (): DeviceIdTypeValue | null => this.#started?.deviceIdType() ?? null;
  /** Gives the device its proper id: merged when the present one was generated, as another person when it was not. */
  readonly set_id = (newId: string): void => {
    if (typeof newId !== 'string' || newId === '') return;
    this.change_id(newId, this.get_device_id_type() !== DeviceIdType.DEVELOPER_SUPPLIED);
  };

  /** Continues under another id; with `merge` the server adds what it knows of the present one. */
  readonly change_id = (newId: string, merge?: boolean): void =>
    this.#use((client) => {
      const id = idFrom(newId, this.maxValueSize);
      if (id === client.deviceId) return;
      if (!merge) {
        this.end_session();
        this.#timed.clear();
        this.#consent.forget();
      }
      client.changeId(id, { merge: merge === true });
      this.#started?.remember(client.deviceId, DeviceIdType.DEVELOPER_SUPPLIED);
      if (!merge) this.begin_session(this.#noHeartBeat);
    });

  /** Records an event. */
  readonly add_event = (event: CompatEvent): void =>
    this.#use((client) => {
      const { key, ...options } = event ?? {};
      client.addEvent(nameFrom(key), options);
    });

  /** Starts a timed event. While one of that key runs, another is not started. */
  readonly start_event = (key: string): void =>
    this.#use((client) => {
      if (!this.#timed.has(key)) this.#timed.set(key, client.startEvent(nameFrom(key)));
    });

  /** Ends the timed event of a key and records it with its duration. */
  readonly end_event = (event: string | Omit<CompatEvent, 'dur'>): void =>
    this.#use(() => {
      const { key, ...options } = typeof event === 'string' ? { key: event } : (event ?? {});
      const running = this.#timed.get(key);
      this.#timed.delete(key);
      if (running) running.end(options);
      else this.#warn(`end_event: no timed event "${key}" is running.`);
    });

  /** Reports what is known of the person. */
  readonly user_details = (user: CompatUserDetails): void => this.#use((client) => tellUser(client, user));
  /** Reports the campaign that brought the person. */
  readonly report_conversion = (campaign_id: string, campaign_user_id?: string): void =>
    this.#use((client) => client.reportConversion(campaign_id, campaign_user_id));

  /** Reports an answer to a rating widget. */
  readonly report_feedback = (feedback: CompatFeedback): void =>
    this.#use((client) => {
      const { widget_id, app_version, ...rest } = feedback ?? {};
      // As official; a server would count it for a widget "undefined".
      if (!widget_id) return this.#warn('report_feedback: widget_id is missing; the rating is left out.');
      client.reportFeedback({ ...rest, widgetId: widget_id, appVersion: app_version });
    });

  /** Reports uncaught errors as fatal crashes. Node's own exit, output and rejection mode stay as they are. */
  readonly track_errors = (segments?: Segmentation): void =>
    this.#use((client) => {
      client.crashSegments = segments;
      client.trackErrors(segments);
    });

  /** Reports an error. */
  readonly log_error = (error: unknown, segments?: Segmentation): void =>
    this.#use((client) => {
      if (error) client.reportCrash(error, false, segments);
    });

  /** Adds a line that the next crash report carries. */
  readonly add_log = (record: string): void => this.#use((client) => client.addBreadcrumb(record));
  /** Fetches remote config: all, only `keys`, or all but `omit_keys`. The callback may stand in any place. */
  readonly fetch_remote_config = (
    keys?: readonly string[] | FetchCallback | null,
    omit_keys?: readonly string[] | FetchCallback | null,
    callback?: FetchCallback,
  ): void => this.#use(remoteConfigCall(keys, omit_keys, callback));

  /** The value of a key, or an object with all. */
  readonly get_remote_config = (key?: string): unknown => {
    const values: Readonly<Record<string, unknown>> = this.#client?.getRemoteConfig() ?? {};
    return key === undefined ? { ...values } : values[key];
  };

  /** Time from here on is part of neither the session nor the view, until `start_time`. */
  readonly stop_time = (): void => {
    this.#session.stop();
    this.#view.stop();
  };

  /** Time counts again, after `stop_time`. */
  readonly start_time = (): void => {
    this.#session.resume();
    this.#view.resume();
  };

  /** Records a view. */
  readonly track_view = (name?: string, viewSegments?: Segmentation): void =>
    this.#use((client) => {
      this.#view.end();
      if (!name) return this.#warn('track_view: a view needs a name.');
      this.#consent.whenAllowed('views', () =>
        this.#view.begin(client.trackView(nameFrom(name), { segmentation: viewSegments })),
      );
    });

  /** The name it has in the Web SDK. */
  readonly track_pageview: (name?: string, viewSegments?: Segmentation) => void = this.track_view;
  /** Reports a trace. */
  readonly report_trace = (trace: CompatTrace): void =>
    this.#use((client) => {
      const read = traceMember(trace, this.maxKeyLength);
      if (typeof read === 'string') this.#warn(`report_trace: ${read} is missing; the trace is left out.`);
      else client.request(read);
    });

  /** Reports how long the process took to get here. */
  readonly report_app_start = (): void => this.#use((client) => process.nextTick(() => client.reportAppStart()));

  /** Sends a request as it is, for any application of the server; it needs `app_key` and `device_id`. */
  readonly request = (request: Readonly<Record<string, unknown>>): void =>
    this.#use((client) => this.#started?.others.request(request, client));

  #use(call: (client: Client) => void): void {
    const client = this.#client;
    if (client) call(client);
    else if (this.#waiting.length < MAX_WAITING) this.#waiting.push(call);
  }

  #warn(message: string): void {
    this.#started?.logger.warn(message);
  }
}

/**
 * Takes the place of the object the official SDK exports.
 *
 * @example
 * ```ts
 * import { Countly } from 'countly-weave/compat';
 *
 * Countly.init({ app_key: 'shop', url: 'http://127.0.0.1:6010' });
 * Countly.begin_session();
 * Countly.add_event({ key: 'order', segmentation: { plan: 'pro' } });
 * ```
 */
export const Countly = new CountlySdk();
