import { FLAG, numberOf, optionsOf, SECONDS, shown, textFrom } from '../check.js';
import { truncate } from '../config/limits.js';
import { jsonString } from '../protocol/json-text.js';
import type { DeviceState, OpenSession } from './device-state.js';
import { Feature, type Target } from './feature.js';
import { locationMembers, UNKNOWN_LOCATION } from './location.js';
import { storedName } from './segmentation-text.js';
import type { Views } from './views.js';

interface SessionSettings {
  readonly views: Views;
  /** Seconds between extensions, in force now. */
  readonly updateSeconds: () => number;
  /** Let the server locate the sender where nothing is known of the device. */
  readonly locateSender: boolean;
  /** Whether a session tells where the device is; false where every request does. */
  readonly tellsLocation: boolean;
}

// A server does not count a session that begins so soon after the last one (docs/protocol.md §3.1).
const COOLDOWN_MS = 15_000;
const LONGEST_SECONDS = 86_400;
/** A year: a caller's number beyond it is no duration, and would be told in as many parts as it has days. */
const MOST_SECONDS = 366 * LONGEST_SECONDS;
// These describe the machine for crash reports; a session has no use for them.
const CRASH_ONLY = new Set(['_architecture', '_cpu']);

/** Sessions, one a device (docs/protocol.md §3): begin, extensions while it lasts, end – each in a request of its own. */
export class Sessions extends Feature<SessionSettings> {
  /** Sessions that are extended by themselves, in the order they are due on the monotonic clock. */
  readonly #extended = new Map<string, { readonly target: Target; readonly dueAt: number }>();
  #cancelTimer: (() => void) | undefined;

  /**
   * Begins a session; one that is open goes on. With `heartbeat` it lasts as long as the process, else it is extended
   * while the device is active and ends by itself when it has been idle for long.
   */
  begin(target: Target, heartbeat: boolean): void {
    const { port } = this;
    if (port.peekState(target.deviceId)?.session !== undefined) return;
    if (!port.admits(target, 'sessions')) {
      port.stateOf(target.deviceId).sessionWanted = { heartbeat };
      return;
    }
    const state = port.stateOf(target.deviceId);
    const now = port.clock.monotonic();
    const timestamp = port.stamp();
    state.session = { reportedUntil: now, heartbeat };
    state.sessionWanted = undefined;
    state.viewSeen = false;
    const soon = state.sessionEndedAt !== undefined && timestamp - state.sessionEndedAt < COOLDOWN_MS;
    const begin = `"begin_session":1${soon ? ',"ignore_cooldown":1' : ''}`;
    const body = `${begin},"metrics":${this.#metrics(target)}${this.#location(target, state)}`;
    this.request(target, 'sessions', body, timestamp);
    this.#extended.set(target.deviceId, { target, dueAt: now + this.settings.updateSeconds() * 1000 });
    this.#arm();
  }

  /** Begins a session as the caller's options say. */
  beginWith(target: Target, options: { readonly heartbeat?: unknown } | undefined, usual: boolean): void {
    const value = optionsOf(this.port.reporter, 'beginSession', options)?.heartbeat;
    this.begin(target, this.argument('beginSession.heartbeat', value, FLAG, `${usual} is used`) ?? usual);
  }

  /** Begins what could not begin before the device agreed to it. */
  beginWanted(target: Target): void {
    const wanted = this.port.peekState(target.deviceId)?.sessionWanted;
    if (wanted !== undefined) this.begin(target, wanted.heartbeat);
  }

  /** Metrics of a device in a request of their own. */
  metrics(target: Target, given: object | undefined): void {
    const own = optionsOf(this.port.reporter, 'recordMetrics', given);
    if (this.port.admits(target, 'metrics')) this.request(target, 'metrics', `"metrics":${this.#metrics(target, own)}`);
  }

  /** Adds seconds the caller has measured. */
  duration(target: Target, seconds: unknown): void {
    const { port } = this;
    const session = port.peekState(target.deviceId)?.session;
    const number = numberOf(seconds);
    if (session === undefined || number === undefined || number < 0) {
      const problem = session === undefined ? 'no session has begun' : `expected seconds, got ${shown(seconds)}`;
      return this.refuse('sessionDuration', problem);
    }
    if (!port.admits(target, 'sessions')) return;
    session.reportedUntil = port.clock.monotonic();
    this.#recordSeconds(target, Math.round(number));
  }

  /** Ends the session and the view on display. Without seconds, the time since the last extension is reported. */
  end(target: Target, seconds?: unknown): void {
    const state = this.port.peekState(target.deviceId);
    if (state?.session === undefined) {
      if (state !== undefined) state.sessionWanted = undefined;
      return;
    }
    this.settings.views.endAll(target, state);
    const measured = (this.port.clock.monotonic() - state.session.reportedUntil) / 1000;
    const outcome = 'the measured time is reported';
    const given = this.argument('endSession.seconds', seconds, SECONDS, outcome);
    this.#close(target, state, given ?? measured);
  }

  /** The device has gone away; its session lasted until its last activity, which is the time of its end. */
  endForgotten(target: Target, state: DeviceState, timestamp: number): void {
    const { session } = state;
    if (session === undefined) return;
    const until = session.heartbeat ? this.port.clock.monotonic() : state.lastSeen;
    this.#close(target, state, (until - session.reportedUntil) / 1000, timestamp);
  }

  /** The device goes by another id; its session goes on. */
  renamed(from: string, target: Target): void {
    const extended = this.#extended.get(from);
    if (extended === undefined) return;
    this.#extended.delete(from);
    this.#extended.set(target.deviceId, { target, dueAt: extended.dueAt });
  }

  /** The device took its consent back. The server is told the end, unless it never heard of the beginning. */
  withdrawn(target: Target, begun: boolean): void {
    const state = this.port.peekState(target.deviceId);
    if (state?.session === undefined) return;
    const seconds = (this.port.clock.monotonic() - state.session.reportedUntil) / 1000;
    if (begun) this.#close(target, state, seconds);
    this.#forget(state);
  }

  stop(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#extended.clear();
  }

  #close(target: Target, state: DeviceState, seconds: number, timestamp = this.port.stamp()): void {
    this.#forget(state);
    let rest = Math.min(Math.max(0, Math.round(seconds)), MOST_SECONDS);
    let at = timestamp;
    for (; rest > LONGEST_SECONDS; rest -= LONGEST_SECONDS) this.#recordSeconds(target, LONGEST_SECONDS, at++);
    const duration = rest === 0 ? '' : `,"session_duration":${rest}`;
    this.request(target, 'sessions', `"end_session":1${duration}`, at);
    state.sessionEndedAt = at;
  }

  #forget(state: DeviceState): void {
    state.session = undefined;
    state.viewSeen = false;
    this.#extended.delete(state.deviceId);
  }

  #recordSeconds(target: Target, seconds: number, timestamp = this.port.stamp()): void {
    const whole = Math.min(seconds, LONGEST_SECONDS);
    if (whole > 0) this.request(target, 'sessions', `"session_duration":${whole}`, timestamp);
  }

  #arm(): void {
    const first = this.#extended.values().next().value;
    if (first === undefined || this.#cancelTimer !== undefined) return;
    this.#cancelTimer = this.port.clock.after(Math.max(0, first.dueAt - this.port.clock.monotonic()), () => {
      this.#cancelTimer = undefined;
      this.#extendDue();
      this.#arm();
    });
  }

  #extendDue(): void {
    const now = this.port.clock.monotonic();
    for (const [deviceId, { target, dueAt }] of this.#extended) {
      if (dueAt > now) return;
      this.#extended.delete(deviceId);
      const state = this.port.peekState(deviceId);
      if (state?.session === undefined) continue;
      this.#extend(target, state, state.session, now);
      this.#extended.set(deviceId, { target, dueAt: now + this.settings.updateSeconds() * 1000 });
    }
  }

  /** Reports whole seconds; the rest of the last one waits for the next time. */
  #extend(target: Target, state: DeviceState, session: OpenSession, now: number): void {
    if (!this.port.isAllowed(target, 'sessions')) return;
    const until = session.heartbeat ? now : state.lastSeen;
    const seconds = Math.floor((until - session.reportedUntil) / 1000);
    if (seconds < 1) return;
    session.reportedUntil += seconds * 1000;
    const { lastSeen } = state;
    this.#recordSeconds(target, seconds);
    // What we say of a device is no activity of its own.
    state.lastSeen = lastSeen;
  }

  #metrics(target: Target, own?: object): string {
    const { limits, metrics } = this.port;
    const members = Object.entries({ ...metrics, ...target.metrics, ...own }).flatMap(([name, value]) => {
      const key = storedName(name, limits.maxKeyLength);
      const text = textFrom(value);
      if (CRASH_ONLY.has(name) || key === '' || text === undefined) return [];
      return [`${jsonString(key)}:${jsonString(truncate(text, limits.maxValueSize))}`];
    });
    return `{${members.slice(0, limits.maxSegmentationValues).join(',')}}`;
  }

  #location(target: Target, state: DeviceState): string {
    if (!this.settings.tellsLocation) return '';
    if (!this.port.isAllowed(target, 'location')) return UNKNOWN_LOCATION;
    // What was said once for the device holds until it is said otherwise.
    const location = state.location === undefined ? target.location : state.location;
    if (location !== undefined && location !== null) return locationMembers(location);
    return this.settings.locateSender && location === undefined ? '' : UNKNOWN_LOCATION;
  }
}
