import type { Clock } from '../clock.js';
import type { ConsentFeature } from '../protocol/consent-feature.js';
import type { Breadcrumbs } from './breadcrumbs.js';

/** The view a device is looking at. */
export interface ViewOnDisplay {
  readonly name: string;
  /** Unique id, the same on the start and the end of the view. */
  readonly idv: string;
  /** On the monotonic clock, in milliseconds. */
  readonly startedAt: number;
}

/** What the client remembers of a device between calls. Devices that need nothing remembered have none. */
export interface DeviceState {
  readonly deviceId: string;
  /** Features the device agreed to; undefined while unknown. */
  consent: ReadonlySet<ConsentFeature> | undefined;
  view: ViewOnDisplay | undefined;
  /** False until the first view of a session: that one is the landing. */
  viewSeen: boolean;
  breadcrumbs: Breadcrumbs | undefined;
  /** Last activity, on the monotonic clock in milliseconds. */
  lastSeen: number;
}

/**
 * Device states, bounded: the least recently used leave when there are too many, and idle ones after a time. A `Map`
 * keeps insertion order, so re-inserting on use makes its first key the least recently used one.
 */
export class DeviceStates {
  readonly #states = new Map<string, DeviceState>();
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
    const now = this.#clock.monotonic();
    let state = this.#states.get(deviceId);
    if (state === undefined) {
      state = { deviceId, consent: undefined, view: undefined, viewSeen: false, breadcrumbs: undefined, lastSeen: now };
    } else {
      this.#states.delete(deviceId);
      state.lastSeen = now;
    }
    this.#states.set(deviceId, state);
    if (this.#states.size > this.#max) this.#forget(this.#oldest());
    return state;
  }

  /** Forgets every device that has been idle for too long. */
  expire(): void {
    const limit = this.#clock.monotonic() - this.#idleMs;
    for (let state = this.#oldest(); state !== undefined && state.lastSeen <= limit; state = this.#oldest()) {
      this.#forget(state);
    }
  }

  clear(): void {
    for (let state = this.#oldest(); state !== undefined; state = this.#oldest()) this.#forget(state);
  }

  #oldest(): DeviceState | undefined {
    return this.#states.values().next().value;
  }

  #forget(state: DeviceState | undefined): void {
    if (state === undefined) return;
    this.#states.delete(state.deviceId);
    this.#leaving(state);
  }
}
