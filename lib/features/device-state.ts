import type { Clock } from '../clock.js';
import { truncate } from '../config/limits.js';
import { type Linked, LinkedList } from '../linked-list.js';
import type { ConsentFeature } from '../protocol/entry.js';
import type { ProfileBuffer } from './profile-changes.js';
import { Visitor } from './visitor.js';

/** What is remembered of a device's remote config. */
interface KnownRemoteConfig {
  readonly values: Readonly<Record<string, unknown>>;
  /** When what was asked, and for whom: monotonic clock, milliseconds. */
  readonly asked: ReadonlyMap<string, number>;
}

/** What a process keeps of a piece of work, or of a device where the work has nothing of its own. */
export class LocalState {
  breadcrumbs: Breadcrumbs | undefined;
  /** Timed events by key. */
  timers: Timers | undefined;
  /** Traces by name. */
  traces: Timers | undefined;
}

/**
 * What is kept for one request or message. Each has its own, so that nothing of it is seen by another one of the same
 * person; elsewhere the state of the device takes its place.
 */
export class WorkState extends LocalState {
  /**
   * @param consent features agreed to; undefined while unknown
   * @param withdrawals how often anybody had taken something back by then
   */
  constructor(
    public consent?: ReadonlySet<ConsentFeature> | undefined,
    public withdrawals = 0,
  ) {
    super();
  }
}

/** What this process remembers of a device between calls. Devices that need nothing remembered have none. */
export class DeviceState extends LocalState implements Linked<DeviceState> {
  /** Changes of the user's properties that wait to be sent. */
  profile: ProfileBuffer | undefined;
  /** Remote config values fetched last. */
  remoteConfig: KnownRemoteConfig | undefined;

  /** Its place in the order of use, for {@link DeviceStates} to change. */
  list: LinkedList<DeviceState> | undefined;
  previous: DeviceState | undefined;
  next: DeviceState | undefined;

  /**
   * @param visitor what is known of the person
   * @param lastSeen the last use here, on the monotonic clock in milliseconds
   */
  constructor(
    readonly deviceId: string,
    public visitor: Visitor,
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
 * Device states, bounded: the least recently used leave when there are too many, and idle ones after a time. A device whose
 * session lasts as long as the process does stays.
 */
export class DeviceStates {
  readonly #states = new Map<string, DeviceState>();
  /** Longest unused first. A list beside the map: taking out of a map and putting back would cost each event more than its text. */
  readonly #used = new LinkedList<DeviceState>();

  constructor(
    private readonly clock: Clock,
    private readonly max: number,
    private readonly idleMs: number,
    private readonly leaving: (state: DeviceState, isIdle: boolean) => void,
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
    const now = this.clock.monotonic();
    const state = new DeviceState(deviceId, new Visitor(now), now);
    if (deviceId === '') return state;
    this.#put(state);
    if (this.#states.size > this.max) this.#forget(this.#oldest(state));
    return state;
  }

  /** Notes activity of a device, if anything is remembered of it. */
  touch(deviceId: string): DeviceState | undefined {
    const state = this.#states.get(deviceId);
    if (state === undefined) return undefined;
    state.lastSeen = this.clock.monotonic();
    state.visitor.lastSeen = state.lastSeen;
    this.#used.moveToEnd(state);
    return state;
  }

  /** The device goes by another id from now on, and what this process keeps of it goes along. What is known of the person does not. */
  rename(from: string, to: string): void {
    const state = this.#states.get(from);
    if (state === undefined) return;
    this.#remove(state);
    const known = this.of(to);
    const { visitor, lastSeen, list, previous, next } = known;
    Object.assign(known, state, { deviceId: to, visitor, lastSeen, list, previous, next });
  }

  /** Forgets every device that has been idle for too long. */
  expire(): void {
    const limit = this.clock.monotonic() - this.idleMs;
    for (let state = this.#oldest(); state !== undefined && state.lastSeen <= limit; state = this.#oldest()) {
      this.#forget(state, true);
    }
  }

  clear(): void {
    for (const state of [...this.#states.values()]) this.#forget(state);
  }

  #oldest(except?: DeviceState): DeviceState | undefined {
    // Those that stay are put to the end, so that nobody meets them again and again.
    for (let left = this.#states.size; left > 0; left--) {
      const { first } = this.#used;
      if (first?.visitor.session?.heartbeat !== true) return first === except ? undefined : first;
      this.#used.moveToEnd(first);
    }
    return undefined;
  }

  #put(state: DeviceState): void {
    this.#states.set(state.deviceId, state);
    this.#used.add(state);
  }

  #remove(state: DeviceState): void {
    this.#states.delete(state.deviceId);
    this.#used.remove(state);
  }

  #forget(state: DeviceState | undefined, isIdle = false): void {
    if (state === undefined) return;
    this.#remove(state);
    this.leaving(state, isIdle);
  }
}
