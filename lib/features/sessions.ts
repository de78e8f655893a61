import { FLAG, numberOf, optionsOf, SECONDS, shown, textFrom } from '../check.js';
import { truncate } from '../config/limits.js';
import { jsonString } from '../protocol/json-text.js';
import { Feature, type Moment, type Target } from './feature.js';
import { locationMembers, UNKNOWN_LOCATION } from './location.js';
import { storedName } from './segmentation-text.js';
import type { Views } from './views.js';
import type { Visitor } from './visitor.js';

interface Beginning {
  /** It lasts as long as the process does; else as long as the device is active. */
  readonly heartbeat: boolean;
  readonly moment: Moment;
  /** Whom it is extended for, whatever id they get. */
  readonly watched: Target;
}

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
  begin(target: Target, heartbeat: boolean, moment = this.moment()): void {
    const beginning = { heartbeat, moment, watched: target };
    this.port.visit(target, (visitor, whom) => this.beginNow(visitor, whom, beginning));
  }

  /** The same as part of a change. */
  beginNow(visitor: Visitor, target: Target, { heartbeat, moment, watched }: Beginning): void {
    if (visitor.session !== undefined) return this.watch(visitor, watched, moment.now);
    if (!this.port.admits(target, 'sessions')) {
      visitor.sessionWanted = { heartbeat };
      return;
    }
    visitor.session = { startedAt: moment.now, reportedUntil: moment.now, heartbeat };
    visitor.sessionWanted = undefined;
    visitor.viewSeen = false;
    const { sessionEndedAt } = visitor;
    const soon = sessionEndedAt !== undefined && moment.timestamp - sessionEndedAt < COOLDOWN_MS;
    const begin = `"begin_session":1${soon ? ',"ignore_cooldown":1' : ''}`;
    const body = `${begin},"metrics":${this.#metrics(target)}${this.#location(target, visitor)}`;
    this.request(target, 'sessions', body, moment.timestamp);
    this.watch(visitor, watched, moment.now);
  }

  /** Begins a session as the caller's options say. */
  beginWith(target: Target, options: { readonly heartbeat?: unknown } | undefined, usual: boolean): void {
    const value = optionsOf(this.port.reporter, 'beginSession', options)?.heartbeat;
    this.begin(target, this.argument('beginSession.heartbeat', value, FLAG, `${usual} is used`) ?? usual);
  }

  /** Begins what could not begin before the device agreed to it, as part of a change. */
  beginWanted(visitor: Visitor, target: Target, moment: Moment): void {
    const wanted = visitor.sessionWanted;
    if (wanted !== undefined) this.beginNow(visitor, target, { ...wanted, moment, watched: target });
  }

  /** Metrics of a device in a request of their own. */
  metrics(target: Target, given: object | undefined): void {
    const own = optionsOf(this.port.reporter, 'recordMetrics', given);
    if (this.port.admits(target, 'metrics')) this.request(target, 'metrics', `"metrics":${this.#metrics(target, own)}`);
  }

  /** Adds seconds the caller has measured. */
  duration(target: Target, seconds: unknown): void {
    const { port } = this;
    const number = numberOf(seconds);
    const { now, timestamp } = this.moment();
    port.revisit(target, ({ session }, whom) => {
      if (session === undefined || number === undefined || number < 0) {
        const problem = session === undefined ? 'no session has begun' : `expected seconds, got ${shown(seconds)}`;
        return this.refuse('sessionDuration', problem);
      }
      if (!port.admits(whom, 'sessions')) return;
      session.reportedUntil = now;
      this.#recordSeconds(whom, Math.round(number), timestamp);
    });
  }

  /** Ends the session and the view on display. Without seconds, the time since the last extension is reported. */
  end(target: Target, seconds?: unknown): void {
    const moment = this.moment();
    this.port.revisit(target, (visitor, whom) => this.endNow(visitor, whom, moment, seconds));
  }

  /** The same as part of a change. */
  endNow(visitor: Visitor, target: Target, moment: Moment, seconds?: unknown): void {
    const { session } = visitor;
    visitor.sessionWanted = undefined;
    if (session === undefined) return;
    this.settings.views.endAll(visitor, target, moment);
    const measured = (moment.now - session.reportedUntil) / 1000;
    const outcome = 'the measured time is reported';
    const given = this.argument('endSession.seconds', seconds, SECONDS, outcome);
    this.#close(visitor, target, given ?? measured, moment.timestamp);
  }

  /** The device has gone away: as part of a change, view and session end with its last activity. */
  endForgotten(visitor: Visitor, target: Target, last: Moment, now: number): void {
    this.settings.views.endForgotten(visitor, target, last);
    const { session } = visitor;
    if (session === undefined) return;
    const until = session.heartbeat ? now : last.now;
    this.#close(visitor, target, (until - session.reportedUntil) / 1000, last.timestamp, true);
  }

  /** The device goes by another id; its session goes on. */
  renamed(from: string, target: Target): void {
    const extended = this.#extended.get(from);
    if (extended === undefined) return;
    this.#extended.delete(from);
    this.#extended.set(target.deviceId, { target, dueAt: extended.dueAt });
  }

  /**
   * The device took its consent back, in a change. The server is told the end, unless it never heard of the beginning.
   */
  withdrawn(visitor: Visitor, target: Target, begun: boolean, { now, timestamp }: Moment): void {
    const { session } = visitor;
    if (session === undefined) return;
    if (begun) this.#close(visitor, target, (now - session.reportedUntil) / 1000, timestamp);
    else this.#forget(visitor, target);
  }

  /** Whoever serves the device now looks after its session. */
  unwatch(deviceId: string): void {
    this.#extended.delete(deviceId);
  }

  stop(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#extended.clear();
  }

  #close(visitor: Visitor, target: Target, seconds: number, timestamp: number, quiet = false): void {
    this.#forget(visitor, target);
    let rest = Math.min(Math.max(0, Math.round(seconds)), MOST_SECONDS);
    let at = timestamp;
    for (; rest > LONGEST_SECONDS; rest -= LONGEST_SECONDS) this.#recordSeconds(target, LONGEST_SECONDS, at++, quiet);
    const duration = rest === 0 ? '' : `,"session_duration":${rest}`;
    this.#record(target, `"end_session":1${duration}`, at, quiet);
    visitor.sessionEndedAt = at;
  }

  #forget(visitor: Visitor, { deviceId }: Target): void {
    visitor.session = undefined;
    visitor.activeAt = undefined;
    visitor.viewSeen = false;
    this.#extended.delete(deviceId);
  }

  #recordSeconds(target: Target, seconds: number, timestamp: number, quiet = false): void {
    const whole = Math.min(seconds, LONGEST_SECONDS);
    if (whole > 0) this.#record(target, `"session_duration":${whole}`, timestamp, quiet);
  }

  /** What the server waits for since it heard of the session. */
  #record(target: Target, body: string, timestamp: number, quiet: boolean): void {
    this.port.record(target, { kind: 'request', feature: 'sessions', timestamp, body, quiet, owed: true });
  }

  /** Extends a session from here, too, at the same times as others do: any process that knows of it may be the one that is left. */
  watch({ session }: Visitor, target: Target, now: number): void {
    if (session === undefined || this.#extended.has(target.deviceId)) return;
    const every = this.settings.updateSeconds() * 1000;
    const dueAt = now + every - (Math.max(0, now - session.startedAt) % every);
    this.#extended.set(target.deviceId, { target, dueAt });
    this.#arm();
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
    const moment = this.moment();
    for (const [deviceId, { target, dueAt }] of this.#extended) {
      if (dueAt > moment.now) return;
      this.#extended.delete(deviceId);
      this.port.revisit(target, (visitor, whom) => {
        this.#extend(visitor, whom, moment);
        this.watch(visitor, target, moment.now);
      });
    }
  }

  /** Reports whole seconds; the rest of the last one waits for the next time. */
  #extend({ session, lastSeen }: Visitor, target: Target, { now, timestamp }: Moment): void {
    if (session === undefined || !this.port.isAllowed(target, 'sessions')) return;
    const until = session.heartbeat ? now : lastSeen;
    const seconds = Math.floor((until - session.reportedUntil) / 1000);
    if (seconds < 1) return;
    session.reportedUntil += seconds * 1000;
    this.#recordSeconds(target, seconds, timestamp, true);
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

  #location(target: Target, visitor: Visitor): string {
    if (!this.settings.tellsLocation) return '';
    if (!this.port.isAllowed(target, 'location')) return UNKNOWN_LOCATION;
    // What was said once for the device holds until it is said otherwise.
    const location = visitor.location === undefined ? target.location : visitor.location;
    if (location !== undefined && location !== null) return locationMembers(location);
    return this.settings.locateSender && location === undefined ? '' : UNKNOWN_LOCATION;
  }
}
