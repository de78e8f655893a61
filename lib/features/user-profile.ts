import { isObject, member, namesOf, primitiveOf, shown, tellMisfit, textFrom } from '../check.js';
import { truncate } from '../config/limits.js';
import { jsonString } from '../protocol/json-text.js';
import type { DeviceState } from './device-state.js';
import type { FeaturePort, Target } from './feature.js';
import { ProfileBuffer, type ProfileOperator, readChange } from './profile-changes.js';

/** How much and how long changes wait for company. */
export interface ProfileSettings {
  /** Changes of one device that are sent without waiting. */
  readonly maxChanges: () => number;
  /** Milliseconds after which changes are sent by themselves. */
  readonly saveAfterMs: number;
}

const STANDARD = ['name', 'username', 'email', 'organization', 'phone', 'picture', 'gender'] as const;
const LONGEST_PICTURE = 4096;

const EMPTY = 'userDetails: details must have something in them; they are dropped.';

/** User details and custom properties (docs/protocol.md §5). */
export class UserProfile {
  readonly #port: FeaturePort;
  readonly #settings: ProfileSettings;
  readonly #unsaved = new Map<string, Target>();
  #cancelTimer: (() => void) | undefined;

  constructor(port: FeaturePort, settings: ProfileSettings) {
    this.#port = port;
    this.#settings = settings;
  }

  /** Sends details at once, after what waited before them. */
  details(target: Target, details: unknown): void {
    const port = this.#port;
    if (typeof details !== 'object' || details === null) {
      port.reporter.warn('userDetails', `userDetails: expected an object, got ${shown(details)}; it is dropped.`);
      return port.refuse('invalid');
    }
    if (!port.admits(target, 'users')) return;
    this.save(target);
    const fields = this.#standard(details);
    const path = this.#picturePath(details);
    if (path !== undefined) port.upload(target, { path, details: `{${fields.join(',')}}` });
    const buffer = new ProfileBuffer();
    const custom = member(details, 'custom');
    if (custom !== undefined && custom !== null && !isObject(custom)) this.#warn('custom', 'an object', custom);
    for (const name of namesOf(custom)) this.#collect(buffer, name, member(custom, name));
    const requests = buffer.take();
    const first = requests.shift();
    if (first !== undefined) fields.push(`"custom":${first}`);
    if (fields.length === 0) {
      if (path !== undefined) return;
      // What was given and is wrong was told already.
      if (isEmpty(details, custom)) port.reporter.warn('userDetails.empty', EMPTY);
      return port.refuse('invalid');
    }
    this.#record(target, `{${fields.join(',')}}`);
    for (const rest of requests) this.#record(target, `{"custom":${rest}}`);
  }

  /** Notes a change of a custom property; it is sent with `save`, or by itself soon. */
  change(target: Target, operator: ProfileOperator, property: unknown, value: unknown): void {
    const port = this.#port;
    const change = readChange(port, operator, property, value);
    if (change === undefined) return port.refuse('invalid');
    if (!port.filters.userProperty(change.property)) return port.refuse('filtered');
    if (!port.admits(target, 'users')) return;
    const state = port.stateOf(target.deviceId);
    state.profile ??= new ProfileBuffer();
    state.profile.add(change);
    this.#unsaved.set(target.deviceId, target);
    if (state.profile.size >= this.#settings.maxChanges()) this.save(target);
    else this.#saveLater();
  }

  /** Sends what waits for this device. */
  save(target: Target): void {
    this.#unsaved.delete(target.deviceId);
    const state = this.#port.peekState(target.deviceId);
    if (state !== undefined) this.saveState(target, state);
  }

  saveState(target: Target, state: DeviceState): void {
    this.#unsaved.delete(state.deviceId);
    const buffer = state.profile;
    if (buffer === undefined) return;
    state.profile = undefined;
    if (buffer.size === 0 || !this.#port.admits(target, 'users')) return;
    for (const custom of buffer.take()) this.#record(target, `{"custom":${custom}}`);
  }

  saveAll(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    for (const target of [...this.#unsaved.values()]) this.save(target);
  }

  #saveLater(): void {
    this.#cancelTimer ??= this.#port.clock.after(this.#settings.saveAfterMs, () => this.saveAll());
  }

  #standard(details: object): string[] {
    const fields: string[] = [];
    for (const name of STANDARD) {
      const value = primitiveOf(member(details, name));
      if (value === undefined) continue;
      const text = value === null ? '' : (textFrom(value) ?? (value === '' ? '' : undefined));
      if (text === undefined) this.#warn(name, 'a text', value);
      else {
        const max = name === 'picture' ? LONGEST_PICTURE : this.#port.limits.maxValueSize;
        fields.push(`"${name}":${jsonString(truncate(text, max))}`);
      }
    }
    const byear = member(details, 'byear');
    if (byear !== undefined) {
      const year = byear === '' || byear === null ? Number.NaN : Number(textFrom(byear));
      if (Number.isInteger(year)) fields.push(`"byear":${year}`);
      else if (byear === null || byear === '') fields.push('"byear":null');
      else this.#warn('byear', 'a year', byear);
    }
    return fields;
  }

  /** A picture on this machine, unless one on the web is given. */
  #picturePath(details: object): string | undefined {
    const path = member(details, 'picturePath');
    if (path === undefined || path === null || path === '' || member(details, 'picture')) return undefined;
    if (typeof path === 'string') return path;
    this.#warn('picturePath', 'the path of a file', path);
    return undefined;
  }

  /** A value, or an object of operators such as `{ $inc: 1 }`. */
  #collect(buffer: ProfileBuffer, name: string, value: unknown): void {
    // What says itself how it is written, such as a document with members of its library, holds no operators.
    const plain = !isObject(value) || typeof member(value, 'toJSON') === 'function';
    const operators = plain ? [] : namesOf(value).filter((key) => key.startsWith('$'));
    const changes =
      operators.length > 0
        ? operators.map((operator) => readChange(this.#port, operator, name, member(value, operator)))
        : [readChange(this.#port, '$set', name, value)];
    for (const change of changes) {
      if (change !== undefined && this.#port.filters.userProperty(change.property)) buffer.add(change);
    }
  }

  #record(target: Target, details: string): void {
    const body = `"user_details":${details}`;
    this.#port.record(target, { kind: 'request', feature: 'users', timestamp: this.#port.stamp(), body });
  }

  #warn(argument: string, expected: string, value: unknown): void {
    tellMisfit(this.#port.reporter, `userDetails.${argument}`, expected, value);
  }
}

function isEmpty(details: object, custom: unknown): boolean {
  const given = namesOf(details).filter((name) => member(details, name) !== undefined);
  return given.length === 0 || (given.length === 1 && isObject(custom) && namesOf(custom).length === 0);
}
