import type { Clock } from '../clock.js';
import { truncate } from '../config/limits.js';
import type { ConsentFeature } from '../protocol/entry.js';
import type { DeviceLocation } from './location.js';
import type { ProfileBuffer } from './profile-changes.js';

/** A view that has begun. */
export interface OpenedView {
  readonly name: string;
  /** Unique id, the same on the start and the end of the view. */
  readonly id: string;
  /** Id of the view that began before this one. */
  readonly before: string | undefined;
  /** It lies beside others, instead of taking the place of the view on display. */
  readonly parallel: boolean;
  /** Milliseconds it was shown until it was paused last. */
  shownMs: number;
  /** Since when it is shown, on the monotonic clock in milliseconds; undefined while it is paused. */
  resumedAt: number | undefined;
  /** Told when it ends. */
  segments: Readonly<Record<string, unknown>> | undefined;
  ended: boolean;
}

/** What is remembered of a device's remote config. */
interface KnownRemoteConfig {
  readonly values: Readonly<Record<string, unknown>>;
  /** When what was asked, and for whom: monotonic clock, milliseconds. */
  readonly asked: ReadonlyMap<string, number>;
}

/** A session of a device that has begun and not ended. */
export interface OpenSession {
  /** Up to when its duration was reported: monotonic clock, milliseconds. */
  reportedUntil: number;
  /** True when it lasts as long as the process does; else it lasts as long as the device is active. */
  readonly heartbeat: boolean;
}

/**
 * What is kept for one request or message. Each has its own, so that nothing of it is seen by another one of the same
 * person; elsewhere the state of the device takes its place.
 */
export class WorkState {
  breadcrumbs: Breadcrumbs | undefined;
  /** Timed events by key. */
  timers: Timers | undefined;
  /** Traces by name. */
  traces: Timers | undefined;

  /**
   * @param consent features agreed to; undefined while unknown
   * @param withdrawals how often anybody had taken something back by then
   */
  constructor(
    public consent?: ReadonlySet<ConsentFeature> | undefined,
    public withdrawals = 0,
  ) {}
}

/** What the client remembers of a device between calls. Devices that need nothing remembered have none. */
export class DeviceState extends WorkState {
  /** In the order they began; undefined when there is none. */
  views: OpenedView[] | undefined;
  /** The view that began last, on display or not. */
  lastViewId: string | undefined;
  /** The last event of the application's own. */
  lastEventId: string | undefined;
  /** False until the first view of a session: that one is the landing. */
  viewSeen = false;
  session: OpenSession | undefined;
  /** A session was asked for before the consent was there. */
  sessionWanted: { readonly heartbeat: boolean } | undefined;
  /** When the last session ended: milliseconds since the epoch. */
  sessionEndedAt: number | undefined;
  /** Where the device is, when it was said once for all calls. `null` when nobody may know. */
  location: DeviceLocation | null | undefined;
  /** Changes of the user's properties that wait to be sent. */
  profile: ProfileBuffer | undefined;
  /** Remote config values fetched last. */
  remoteConfig: KnownRemoteConfig | undefined;

  /** @param lastSeen the last activity, on the monotonic clock in milliseconds */
  constructor(
    readonly deviceId: string,
    public lastSeen: number,
  ) {
    super();
  }
}

/** The last things that happened before a crash. */
export class Breadcrumbs {
  #lines: string[] = [];

  add(text: unknown, maxCount: number, maxLength: number): void {
    this.#lines.push(truncate(typeof text === 'string' ? text : String(text), maxLength));
    if (this.#lines.length > maxCount) this.#lines.splice(0, this.#lines.length - maxCount);
  }

  /** As the server takes it in `_logs`: one line each (docs/protocol.md §6). */
  text(): string {
    return this.#lines.join('\n');
  }
}

/** One running measurement. */
export interface RunningTimer {
  readonly key: string;
  /** On the monotonic clock, in milliseconds. */
  readonly startedAt: number;
  /** False when it was stopped before. */
  stop(): boolean;
}

// Nobody starts so many on purpose: what is started and never ended must not fill the memory.
const MOST_TIMERS = 500;

/**
 * Measurements that run under a key, any number at once for each. By key the one started last stops first, as nested
 * work does; whoever needs another order keeps the timer itself.
 */
export class Timers {
  readonly #running = new Set<RunningTimer>();

  start(key: string, now: number): RunningTimer {
    if (this.#running.size >= MOST_TIMERS) this.#running.values().next().value?.stop();
    const timer: RunningTimer = { key, startedAt: now, stop: () => this.#running.delete(timer) };
    this.#running.add(timer);
    return timer;
  }

  /** Stops the timer of this key that was started last. */
  stopLast(key: string): RunningTimer | undefined {
    const timer = [...this.#running].findLast((running) => running.key === key);
    timer?.stop();
    return timer;
  }

  clear(): void {
    this.#running.clear();
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

  constructor(
    private readonly clock: Clock,
    private readonly max: number,
    private readonly idleMs: number,
    private readonly leaving: (state: DeviceState) => void,
  ) {}

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
    const state = new DeviceState(deviceId, this.clock.monotonic());
    if (deviceId === '') return state;
    this.#states.set(deviceId, state);
    if (this.#states.size > this.max) this.#forget(this.#oldest(state));
    return state;
  }

  /** Notes activity of a device, if anything is remembered of it. */
  touch(deviceId: string): DeviceState | undefined {
    const state = this.#states.get(deviceId);
    if (state === undefined) return undefined;
    this.#remove(state);
    this.#states.set(deviceId, state);
    state.lastSeen = this.clock.monotonic();
    return state;
  }

  /** The device goes by another id from now on; what is remembered of it stays. */
  rename(from: string, to: string): void {
    const state = this.#states.get(from);
    if (state === undefined) return;
    this.#remove(state);
    // What the new id had of its own is older than what the person is doing now, except what was agreed to and what still runs.
    const own = this.#states.get(to);
    const consent = own?.consent ?? state.consent;
    const session = state.session ?? own?.session;
    const views = state.views ?? own?.views;
    const viewSeen = state.viewSeen || (session !== undefined && own?.viewSeen === true);
    const merged = { deviceId: to, consent, session, views, viewSeen };
    this.#states.set(to, Object.assign(new DeviceState(to, state.lastSeen), state, merged));
  }

  /** Forgets every device that has been idle for too long. */
  expire(): void {
    const limit = this.clock.monotonic() - this.idleMs;
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
  }

  #forget(state: DeviceState | undefined): void {
    if (state === undefined) return;
    this.#remove(state);
    this.leaving(state);
  }
}
