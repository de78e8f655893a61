import { isObject, member, namesOf, primitiveOf, shown, tellMisfit, textFrom } from '../check.js';
import { truncate } from '../config/limits.js';
import { jsonString } from '../protocol/json-text.js';
import type { DeviceState } from './device-state.js';
import { type Author, Feature, type RecordDraft, type Target } from './feature.js';
import { ProfileBuffer, type ProfileChange, type ProfileOperator, readChange } from './profile-changes.js';
import { asClassSays } from './segmentation-text.js';

const STANDARD = ['name', 'username', 'email', 'organization', 'phone', 'picture', 'gender'] as const;
const LONGEST_PICTURE = 4096;
/** What waited is not made by whatever lets it go. */
const NOBODY: Author = { recorder: undefined, scope: undefined };
/** After that changes are sent by themselves. */
const SAVE_AFTER_MS = 5000;

/** User details and custom properties (docs/protocol.md §5). */
export class UserProfile extends Feature<{ readonly maxChanges: () => number }> {
  readonly #unsaved = new Map<string, Target>();
  #cancelTimer: (() => void) | undefined;

  /** Sends details at once, after what waited before them. */
  details(target: Target, details: unknown): void {
    const { port } = this;
    if (typeof details !== 'object' || details === null) {
      return this.refuse('userDetails', `expected an object, got ${shown(details)}`, 'it is dropped');
    }
    if (!port.admits(target, 'users')) return;
    this.save(target);
    const reading = { call: 'userDetails', reporter: port.reporter };
    // A user of the application's own, whose class may keep members back.
    const members = isObject(details) ? asClassSays(details, reading) : details;
    const fields = this.#standard(members);
    // Details often are what somebody sent, and a path would be that of any file of this machine.
    const hasPath = member(details, 'picturePath') !== undefined;
    if (hasPath)
      this.warn(
        'userDetails.picturePath',
        'picturePath is left out; a picture of this machine is named by setUserPicture(path)',
      );
    const buffer = new ProfileBuffer();
    // Of such a class nobody said that all of it may leave.
    const given = members === details ? member(details, 'custom') : undefined;
    const custom = isObject(given) ? asClassSays(given, reading) : given;
    if (custom !== undefined && custom !== null && !isObject(custom)) this.#tell('custom', 'an object', custom);
    for (const name of namesOf(custom)) this.#collect(buffer, name, member(custom, name));
    const requests = buffer.take();
    const first = requests.shift();
    if (first !== undefined) fields.push(`"custom":${first}`);
    if (fields.length === 0) {
      // What was given and is wrong was told already.
      if (!isEmpty(details, custom)) return port.refuse('invalid');
      return this.refuse('userDetails.empty', 'details must have something in them', 'they are dropped');
    }
    this.#record(target, fields.join(','));
    this.#recordAll(target, requests);
  }

  /** Queues a picture of this machine; the file is read when its turn comes. */
  picture(target: Target, path: unknown): void {
    const { port } = this;
    if (typeof path !== 'string' || path === '' || path.includes('\0')) {
      tellMisfit(
        port.reporter,
        'setUserPicture.path',
        'the path of a PNG, JPEG or GIF file',
        path,
        'there is no picture',
      );
      return port.refuse('invalid');
    }
    if (!port.filters.userProperty('picture')) return port.refuse('filtered');
    if (!port.admits(target, 'users')) return;
    this.save(target);
    port.upload(target, path);
  }

  /** Notes a change of a custom property; it is sent with `save`, or by itself soon. */
  change(target: Target, operator: ProfileOperator, property: unknown, value: unknown): void {
    const { port } = this;
    const change = readChange(port, operator, property, value);
    if (change === undefined) return port.refuse('invalid');
    if (!port.filters.userProperty(change.property)) return port.refuse('filtered');
    if (!port.admits(target, 'users')) return;
    if (!port.defers(target, 'users', () => this.#keep(target, change))) this.#keep(target, change);
  }

  #keep(target: Target, change: ProfileChange): void {
    const { port } = this;
    const state = port.stateOf(target.deviceId);
    state.profile ??= new ProfileBuffer();
    state.profile.add(change);
    state.profile.author = port.author();
    this.#unsaved.set(target.deviceId, target);
    if (state.profile.size >= this.settings.maxChanges()) this.save(target);
    else this.#cancelTimer ??= port.clock.after(SAVE_AFTER_MS, () => this.saveAll());
  }

  /** Sends what waits for this device. */
  save(target: Target): void {
    this.#unsaved.delete(target.deviceId);
    const state = this.port.peekState(target.deviceId);
    if (state !== undefined) this.saveState(target, state);
  }

  saveState(target: Target, state: DeviceState): void {
    this.#unsaved.delete(state.deviceId);
    const buffer = state.profile;
    state.profile = undefined;
    if (buffer !== undefined && buffer.size > 0 && this.port.admits(target, 'users')) {
      // Of before the transaction that runs, if any does.
      const { author = NOBODY } = buffer;
      for (const custom of buffer.take()) this.#record(target, `"custom":${custom}`, { unheld: true, author });
    }
  }

  saveAll(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    for (const target of [...this.#unsaved.values()]) this.save(target);
  }

  #standard(details: object): string[] {
    const fields: string[] = [];
    const { userProperty } = this.port.filters;
    for (const name of STANDARD) {
      if (!userProperty(name)) continue;
      const value = primitiveOf(member(details, name));
      if (value === undefined) continue;
      const text = value === null || value === '' ? '' : textFrom(value);
      const longest = name === 'picture' ? LONGEST_PICTURE : this.port.limits.maxValueSize;
      if (text === undefined) this.#tell(name, 'a text', value);
      else fields.push(`"${name}":${jsonString(truncate(text, longest))}`);
    }
    const byear = userProperty('byear') ? member(details, 'byear') : undefined;
    const year = byear === null || byear === '' ? null : Number(textFrom(byear));
    if (year === null || Number.isInteger(year)) fields.push(`"byear":${year}`);
    else if (byear !== undefined) this.#tell('byear', 'a year', byear);
    return fields;
  }

  /** A value, or an object of operators such as `{ $inc: 1 }`. */
  #collect(buffer: ProfileBuffer, name: string, value: unknown): void {
    // What says itself how it is written, such as a document with members of its library, holds no operators.
    const plain = !isObject(value) || typeof member(value, 'toJSON') === 'function';
    const operators = plain ? [] : namesOf(value).filter((key) => key.startsWith('$'));
    for (const operator of operators.length > 0 ? operators : ['$set']) {
      const change = readChange(this.port, operator, name, operators.length > 0 ? member(value, operator) : value);
      if (change !== undefined && this.port.filters.userProperty(change.property)) buffer.add(change);
    }
  }

  #recordAll(target: Target, customs: readonly string[]): void {
    for (const custom of customs) this.#record(target, `"custom":${custom}`);
  }

  #record(target: Target, details: string, of: Pick<RecordDraft, 'unheld' | 'author'> = {}): void {
    const body = `"user_details":{${details}}`;
    this.port.record(target, { kind: 'request', feature: 'users', timestamp: this.port.stamp(), body, ...of });
  }

  #tell(argument: string, expected: string, value: unknown): void {
    tellMisfit(this.port.reporter, `userDetails.${argument}`, expected, value);
  }
}

function isEmpty(details: object, custom: unknown): boolean {
  const given = namesOf(details).filter((name) => member(details, name) !== undefined);
  return given.length === 0 || (given.length === 1 && isObject(custom) && namesOf(custom).length === 0);
}
