import type { Clock } from '../clock.js';
import type { ConsentFeature } from '../protocol/consent-feature.js';
import type { Breadcrumbs } from './breadcrumbs.js';
import type { Place } from './place.js';
import type { ProfileBuffer } from './profile-buffer.js';
import type { Timers } from './timers.js';

/** The view a device is looking at. */
export interface ViewOnDisplay {
  readonly name: string;
  /** Unique id, the same on the start and the end of the view. */
  readonly idv: string;
  /** On the monotonic clock, in milliseconds. */
  readonly startedAt: number;
  ended: boolean;
}

/** A session of a device that has begun and not ended. */
export interface OpenSession {
  /** Up to when its duration was reported: monotonic clock, milliseconds. */
  reportedUntil: number;
  /** True when it lasts as long as the process does; else it lasts as long as the device is active. */
  readonly heartbeat: boolean;
}

/**
 * What belongs to one unit of work. A request has one of its own, so that nothing of it is seen by another one of the
 * same person; elsewhere the state of the device takes its place.
 */
export interface UnitOfWork {
  /** Features agreed to; undefined while unknown. */
  consent: ReadonlySet<ConsentFeature> | undefined;
  breadcrumbs: Breadcrumbs | undefined;
  /** Timed events by key. */
  timers: Timers | undefined;
  /** Traces by name. */
  traces: Timers | undefined;
}

/** What the client remembers of a device between calls. Devices that need nothing remembered have none. */
export interface DeviceState extends UnitOfWork {
  readonly deviceId: string;
  view: ViewOnDisplay | undefined;
  /** False until the first view of a session: that one is the landing. */
  viewSeen: boolean;
  session: OpenSession | undefined;
  /** A session was asked for before the consent was there. */
  sessionWanted: { readonly heartbeat: boolean } | undefined;
  /** When the last session ended: milliseconds since the epoch. */
  sessionEndedAt: number | undefined;
  /** Where the device is, when it was said once for all calls. `null` when nobody may know. */
  place: Place | null | undefined;
  /** Changes of the user's properties that wait to be sent. */
  profile: ProfileBuffer | undefined;
  /** Remote config values fetched last. */
  remoteConfig: Readonly<Record<string, unknown>> | undefined;
  /** Last activity, on the monotonic clock in milliseconds. */
  lastSeen: number;
}

/** Nothing remembered yet. */
export function emptyWork(consent?: ReadonlySet<ConsentFeature>): UnitOfWork {
  return { consent, breadcrumbs: undefined, timers: undefined, traces: undefined };
}

/**
 * A class, so that all states have one shape in one piece: there are many, and an object put together from parts takes
 * twice the memory.
 */
class RememberedDevice implements DeviceState {
  readonly deviceId: string;
  consent: ReadonlySet<ConsentFeature> | undefined;
  breadcrumbs: Breadcrumbs | undefined;
  timers: Timers | undefined;
  traces: Timers | undefined;
  view: ViewOnDisplay | undefined;
  viewSeen: boolean;
  session: OpenSession | undefined;
  sessionWanted: { readonly heartbeat: boolean } | undefined;
  sessionEndedAt: number | undefined;
  place: Place | null | undefined;
  profile: ProfileBuffer | undefined;
  remoteConfig: Readonly<Record<string, unknown>> | undefined;
  lastSeen: number;

  /** @param from what is remembered of the device under another id */
  constructor(deviceId: string, now: number, from?: DeviceState) {
    this.deviceId = deviceId;
    this.consent = from?.consent;
    this.breadcrumbs = from?.breadcrumbs;
    this.timers = from?.timers;
    this.traces = from?.traces;
    this.view = from?.view;
    this.viewSeen = from?.viewSeen ?? false;
    this.session = from?.session;
    this.sessionWanted = from?.sessionWanted;
    this.sessionEndedAt = from?.sessionEndedAt;
    this.place = from?.place;
    this.profile = from?.profile;
    this.remoteConfig = from?.remoteConfig;
    this.lastSeen = from?.lastSeen ?? now;
  }
}

/**
 * Device states, bounded: the least recently used leave when there are too many, and idle ones after a time. A `Map`
 * keeps insertion order, so re-inserting on use makes its first key the least recently used one. A device whose session
 * lasts as long as the process does stays.
 */
export class DeviceStates {
  readonly #states = new Map<string, DeviceState>();
  /** Goes on where it stopped: a new iterator would step over all the holes that leaving devices make in a map. */
  #order = this.#states.values();
  /** What the iterator gave last, as long as it is the least recently used one. */
  #head: DeviceState | undefined;
  /** Used last: used again, it keeps its place, for putting it behind itself would only make holes in the map. */
  #newest: DeviceState | undefined;
  readonly #clock: Clock;
  readonly #max: number;
  readonly #idleMs: number;
  readonly #leaving: (state: DeviceState) => void;

  constructor(clock: Clock, max: number, idleMs: number, leaving: (state: DeviceState) => void) {
    this.#clock = clock;
    this.#max = max;
    this.#idleMs = idleMs;
    this.#leaving = leaving;
  }

  get size(): number {
    return this.#states.size;
  }

  peek(deviceId: string): DeviceState | undefined {
    return this.#states.get(deviceId);
  }

  of(deviceId: string): DeviceState {
    const known = this.touch(deviceId);
    if (known !== undefined) return known;
    // No device at all: nothing of it may be seen by another one that has no id either.
    const state: DeviceState = new RememberedDevice(deviceId, this.#clock.monotonic());
    if (deviceId === '') return state;
    this.#states.set(deviceId, state);
    this.#newest = state;
    if (this.#states.size > this.#max) this.#forget(this.#oldest(state));
    return state;
  }

  /** Notes activity of a device, if anything is remembered of it. */
  touch(deviceId: string): DeviceState | undefined {
    if (this.#states.size === 0) return undefined;
    const state = this.#states.get(deviceId);
    if (state === undefined) return undefined;
    if (state !== this.#newest) {
      this.#remove(state);
      this.#states.set(deviceId, state);
      this.#newest = state;
    }
    state.lastSeen = this.#clock.monotonic();
    return state;
  }

  /** The device goes by another id from now on; what is remembered of it stays. */
  rename(from: string, to: string): void {
    const state = this.#states.get(from);
    if (state === undefined) return;
    this.#remove(state);
    // What the new id had of its own is older than what the person is doing now, except what was agreed to.
    const known = this.#states.get(to);
    const moved = new RememberedDevice(to, state.lastSeen, state);
    if (known?.consent !== undefined) moved.consent = known.consent;
    this.#states.set(to, moved);
    this.#newest = moved;
  }

  /** Forgets every device that has been idle for too long. */
  expire(): void {
    const limit = this.#clock.monotonic() - this.#idleMs;
    for (let state = this.#oldest(); state !== undefined && state.lastSeen <= limit; state = this.#oldest()) {
      this.#forget(state);
    }
  }

  clear(): void {
    for (const state of [...this.#states.values()]) this.#forget(state);
  }

  #oldest(except?: DeviceState): DeviceState | undefined {
    let restarted = false;
    // Those that stay are few: the process's own device, and whoever was given a heartbeat.
    while (this.#head === undefined || this.#head.session?.heartbeat === true) {
      const next = this.#order.next();
      this.#head = next.value;
      if (next.done !== true) continue;
      if (restarted) return undefined;
      restarted = true;
      this.#order = this.#states.values();
    }
    return this.#head === except ? undefined : this.#head;
  }

  #remove(state: DeviceState): void {
    this.#states.delete(state.deviceId);
    if (this.#head === state) this.#head = undefined;
    if (this.#newest === state) this.#newest = undefined;
  }

  #forget(state: DeviceState | undefined): void {
    if (state === undefined) return;
    this.#remove(state);
    this.#leaving(state);
  }
}
