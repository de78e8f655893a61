import { attempted, member, namesOf, numberFrom, textFrom } from '../check.js';
import { systemClock } from '../clock.js';
import { truncate } from '../config/limits.js';
import { CONSENT_FEATURES, type ConsentFeature } from '../protocol/entry.js';
import { callerTimestamp, localTime, machineOffset } from '../protocol/timestamp.js';
import type { UserDetails } from '../protocol/user-details.js';
import type { Countly as Client } from '../scope/countly.js';
import type { DeviceScope } from '../scope/device-scope.js';
import type { UserData } from '../scope/scope-members.js';
import type { CompatTrace, CompatUserData, CompatUserDetails, FeatureGroups, FetchCallback } from './conf.js';

// Official calls in the words of the client.

export type Raw = Readonly<Record<string, unknown>>;

/** Written by the client itself; a second one would be refused. */
const OWN_MEMBERS = ['sdk_name', 'sdk_version', 'checksum', 'checksum256', 'rr', 'method', 'safe_api_response'];
/** Longest part of a session that one request reports, in seconds. */
const PART_SECONDS = 60;
/** A month: a number beyond it is no session, and its minutes would fill the memory. */
const MOST_SECONDS = 31 * 86_400;

/** What is known of a person, with a picture of this machine as the official SDK takes it. */
export function tellUser(scope: DeviceScope, user: CompatUserDetails): void {
  const path = member(user, 'picturePath');
  if (path === undefined) return scope.userDetails(user as UserDetails);
  const names = namesOf(user).filter((name) => name !== 'picturePath');
  if (names.length > 0) scope.userDetails(Object.fromEntries(names.map((name) => [name, member(user, name)])));
  // Without one on the web.
  if (path !== null && path !== '' && !member(user, 'picture')) scope.setUserPicture(path as string);
}

/** A raw request of the official SDK as `request` of a scope takes it. */
export function rawRequest(query: Raw): Record<string, unknown> {
  const params: Record<string, unknown> = { ...query };
  for (const name of OWN_MEMBERS) delete params[name];
  const { events } = params;
  // The official documentation shows `events` with single quotes, which no server reads.
  if (typeof events === 'string' && !events.includes('"')) params['events'] = events.replaceAll("'", '"');
  return params;
}

/**
 * A raw request with hour and day of its time, which bulk mode adds unless they are given. Midnight and Sunday are given
 * when they are 0 (fault 29), and a time may be a text (fault 28).
 *
 * @param tz minutes east of UTC. @default this machine's
 */
export function withDay(request: Raw, tz?: number): Raw {
  const now = Date.now();
  const at = callerTimestamp(request['timestamp'], now) ?? now;
  const own = localTime(at, tz !== undefined && Number.isFinite(tz) ? tz : machineOffset(at));
  const [hour, dow] = [numberFrom(request['hour']), numberFrom(request['dow'])];
  return { ...request, hour: Number.isInteger(hour) ? hour : own.hour, dow: Number.isInteger(dow) ? dow : own.dow };
}

/**
 * A past session in parts of a minute, each with the end of its minute, in the unit `start` is in (seconds with 10 digits,
 * milliseconds with 13).
 */
export function sessionParts(seconds: number, start: number | undefined) {
  const unit = start !== undefined && String(Math.trunc(start)).length > 10 ? 1000 : 1;
  const whole = Math.min(Math.trunc(seconds), MOST_SECONDS);
  return Array.from({ length: Math.max(0, Math.ceil(whole / PART_SECONDS)) }, (_, part) => ({
    seconds: Math.min(PART_SECONDS, whole - part * PART_SECONDS),
    timestamp: start ? start + (part + 1) * PART_SECONDS * unit : undefined,
  }));
}

/** The `apm` member of the official SDK, or the name of what is missing. `app_metrics` is read as well (fault 8). */
export function traceMember(trace: CompatTrace, maxName: number): { readonly apm: Raw } | string {
  const { type, name, stz, etz, apm_metrics, app_metrics, apm_attr } = trace ?? {};
  const wanted = { type, name, stz, etz, apm_metrics: apm_metrics ?? app_metrics };
  const missing = Object.entries(wanted).find(([, value]) => value === undefined)?.[0];
  if (missing !== undefined) return missing;
  const now = systemClock.now();
  const text = textFrom(name);
  const named = text === undefined ? {} : { name: truncate(text, maxName) };
  const attributes = apm_attr === undefined ? {} : { apm_attr };
  return { apm: { ...wanted, ...named, ...attributes, timestamp: stz, ...localTime(now, machineOffset(now)) } };
}

type Argument = readonly string[] | FetchCallback | null | undefined;

/** The arguments of `fetch_remote_config`, whose callback may stand in any place. */
export function remoteConfigCall(keys: Argument, omitKeys: Argument, callback: Argument): (client: Client) => void {
  const done = [callback, keys, omitKeys].find((argument) => typeof argument === 'function');
  const listOf = (value: Argument) => (Array.isArray(value) && value.length > 0 ? (value as string[]) : undefined);
  const query = { keys: listOf(keys), omitKeys: listOf(omitKeys) };
  return (client) =>
    void client
      .fetchRemoteConfig(query)
      .then((answer) => done?.(answer.ok ? false : new Error(answer.reason), { ...client.getRemoteConfig() }));
}

/** Names in a text, separated by white space. */
export const words = (text: string): string[] => text.trim().split(/\s+/);
/** An official name as the client spells it. */
export const camelCase = (name: string): string => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());

const USER_DATA = words('set set_once unset increment increment_by multiply max min push push_unique pull save');

/** The official names over `userData`. `use` runs the call with the client or scope, now or once there is one. */
export function compatUserData(use: (call: (target: { readonly userData: UserData }) => void) => void): CompatUserData {
  const forward = (name: string) => {
    const own = camelCase(name) as keyof UserData;
    return (...args: unknown[]) => use(({ userData }) => (userData[own] as (...given: unknown[]) => void)(...args));
  };
  return Object.fromEntries(USER_DATA.map((name) => [name, forward(name)])) as unknown as CompatUserData;
}

/** Features that the official SDK lists. */
export const FEATURES: readonly ConsentFeature[] = Object.freeze([
  ...(['sessions', 'events', 'views', 'crashes', 'attribution', 'users'] as const),
  ...(['location', 'star-rating', 'apm', 'feedback', 'remote-config'] as const),
]);
/** Features in the official consent message, and those it forgets (fault 9). */
export const TOLD_FEATURES: readonly ConsentFeature[] = [...FEATURES, 'push', 'clicks', 'scrolls'];

type ConsentTarget = Pick<Client, 'isAllowed' | 'checkConsent' | 'giveConsent' | 'removeConsent'>;

/**
 * The consent calls of the official API. A session or a view that came before its consent is made up for when the consent
 * comes, once.
 */
export class ConsentCalls {
  readonly #waiting = new Map<ConsentFeature, () => void>();

  constructor(private readonly target: () => ConsentTarget | undefined) {}

  check(name: string): boolean {
    return listOf(name).every((one) => this.target()?.checkConsent(one) === true);
  }

  add(names: string | readonly string[]): void {
    this.target()?.giveConsent(...listOf(names));
    for (const [feature, call] of [...this.#waiting]) {
      if (!this.target()?.isAllowed(feature)) continue;
      this.#waiting.delete(feature);
      call();
    }
  }

  remove(names: string | readonly string[]): void {
    this.target()?.removeConsent(...listOf(names));
  }

  /** Runs the call now, or once the feature is agreed to; the last such call counts. */
  whenAllowed(feature: ConsentFeature, call: () => void): void {
    if (this.target()?.isAllowed(feature)) call();
    else this.#waiting.set(feature, call);
  }

  forget(): void {
    this.#waiting.clear();
  }
}

const KNOWN = new Set<string>(CONSENT_FEATURES);

/** Consent of one user of a bulk server: a client asks for consent of all its devices or of none, a bulk server of each. */
export class UserConsent implements ConsentTarget {
  readonly #given = new Set<string>();
  readonly #groups = new Map<string, readonly ConsentFeature[]>();

  /** @param changed - told what was taken back, and of every feature the server is told about whether it is agreed to now */
  constructor(
    private readonly required: boolean,
    private readonly changed: (withdrawn: readonly ConsentFeature[], consent: Record<string, boolean>) => void,
  ) {}

  /** A group may name groups that are known already. */
  group(groups: FeatureGroups): void {
    for (const [name, members] of Object.entries(groups ?? {})) {
      if (!KNOWN.has(name)) this.#groups.set(name, this.#features([members].flat()));
    }
  }

  isAllowed(feature: ConsentFeature): boolean {
    return !this.required || this.#given.has(feature);
  }

  checkConsent(name: string): boolean {
    const features = this.#features([name]);
    return !this.required || (features.length > 0 && features.every((feature) => this.#given.has(feature)));
  }

  giveConsent(...names: readonly string[]): void {
    this.#change(names, true);
  }

  removeConsent(...names: readonly string[]): void {
    this.#change(names, false);
  }

  #change(names: readonly string[], given: boolean): void {
    const changed = this.#features(names).filter((feature) => this.#given.has(feature) !== given);
    if (!this.required || changed.length === 0) return;
    for (const feature of changed) this.#given[given ? 'add' : 'delete'](feature);
    const consent = Object.fromEntries(TOLD_FEATURES.map((feature) => [feature, this.#given.has(feature)]));
    this.changed(given ? [] : changed, consent);
  }

  #features(names: readonly string[]): ConsentFeature[] {
    return names.flatMap((name) => (KNOWN.has(name) ? [name as ConsentFeature] : (this.#groups.get(name) ?? [])));
  }
}

/** The official SDK spells one name differently from every other SDK and from the server. */
function listOf(names: string | readonly string[]): string[] {
  return [names ?? []].flat().map((name) => (name === 'scroll' ? 'scrolls' : name));
}

/** JSON text as its value, undefined when it is none; what is no text as it is. */
export function parsed(value: unknown): unknown {
  return typeof value === 'string' ? attempted((): unknown => JSON.parse(value)) : value;
}
