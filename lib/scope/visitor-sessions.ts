import { WorkState } from '../features/device-state.js';
import type { Target } from '../features/feature.js';
import type { Visitor } from '../features/visitor.js';
import type { Core } from './compose.js';
import type { Countly } from './countly.js';
import { scopeStore } from './current.js';
import { attempt, partsOf } from './scope-parts.js';
import { type DeviceIdentity, ScopeTarget, type TargetDetails } from './scope-target.js';

/** When somebody was last active, and under which id they go by now. */
interface Activity {
  readonly identity: DeviceIdentity;
  /** On the monotonic clock, in milliseconds. */
  readonly at: number;
  /** Whether they agreed to sessions then, as far as that is known by now. */
  agreed: boolean;
}

type Metrics = Readonly<Record<string, string>>;

/**
 * Sessions of people whose activity is seen from outside, as requests: the first begins one, each goes on with it, and it ends
 * as of the last one after a time without any. Work that is done for a person in the background is no activity of theirs.
 */
export class VisitorSessions {
  readonly #core: Core;
  readonly #idleMs: number;
  /** Longest idle first: each activity puts its device to the end. */
  readonly #active = new Map<string, Activity>();
  #cancelTimer: (() => void) | undefined;

  constructor(client: Countly, idleSeconds: number) {
    this.#core = partsOf(client).core;
    this.#idleMs = idleSeconds * 1000;
  }

  /**
   * Notes that the person of a scope is active; begins their session if there is none. The process's own device and nobody are
   * no persons, and without consent to sessions there is nothing to note.
   *
   * @param metrics of their device, asked for when a session begins
   */
  active(scope: object, metrics: () => Metrics): void {
    // Nothing of the scope runs yet, and an inspector is told what it was recorded in.
    if (this.#core.watch?.listens === true) scopeStore.run(scope, () => this.#seen(scope, metrics));
    else this.#seen(scope, metrics);
  }

  #seen(scope: object, metrics: () => Metrics): void {
    attempt(this.#core, 'beginSession', () => {
      const { target } = partsOf(scope);
      const { own, port, sessions } = this.#core;
      const { deviceId, identity, work } = target;
      if (deviceId === '' || deviceId === own.deviceId) return;
      if (!port.isShared(deviceId) && !port.isAllowed(target, 'sessions')) return;
      const moment = { now: this.#core.clock.monotonic(), timestamp: port.stamp() };
      const activity = { identity, at: moment.now, agreed: false };
      // A session outlives its request, so nothing of that one is kept but what was read.
      const details = detailsOf(target, metrics);
      const watched = new ScopeTarget(identity, new WorkState(work?.consent, work?.withdrawals));
      port.visit(target, (visitor, whom) => {
        activity.agreed = port.isAllowed(whom, 'sessions');
        if (!activity.agreed) return;
        if (visitor.activeAt !== undefined && visitor.activeAt < moment.now - this.#idleMs) this.#endNow(visitor, whom);
        visitor.activeAt = Math.max(visitor.activeAt ?? moment.now, moment.now);
        if (visitor.session !== undefined) return sessions.watch(visitor, watched, moment.now);
        const begins = new ScopeTarget({ deviceId: whom.deviceId, idType: whom.idType }, watched.work, details());
        sessions.beginNow(visitor, begins, { heartbeat: false, moment, watched });
      });
      this.#note(deviceId, activity);
      const [oldest] = this.#active;
      if (oldest !== undefined && this.#active.size > this.#core.options.maxDevices) this.#end(...oldest);
    });
  }

  stop(): void {
    this.#cancelTimer?.();
    this.#active.clear();
  }

  #note(deviceId: string, activity: Activity): void {
    this.#active.delete(deviceId);
    this.#active.set(deviceId, activity);
    this.#arm();
  }

  #arm(): void {
    const { clock } = this.#core;
    const first = this.#active.values().next().value;
    if (first === undefined || this.#cancelTimer !== undefined) return;
    this.#cancelTimer = clock.after(Math.max(0, first.at + this.#idleMs - clock.monotonic()), () => {
      this.#cancelTimer = undefined;
      this.#endIdle();
      this.#arm();
    });
  }

  #endIdle(): void {
    const limit = this.#core.clock.monotonic() - this.#idleMs;
    for (const [deviceId, activity] of this.#active) {
      if (activity.at > limit) return;
      this.#end(deviceId, activity);
    }
  }

  #end(known: string, { identity, at, agreed }: Activity): void {
    this.#active.delete(known);
    if (!agreed) return;
    const { deviceId } = identity;
    // Who got another id meanwhile may be active under that one.
    if (deviceId !== known && this.#active.has(deviceId)) return;
    this.#core.port.revisit(new ScopeTarget({ deviceId, idType: identity.idType }), (visitor, target) => {
      // Another process has seen them since; should it be gone by then, this one ends the session.
      if (visitor.activeAt !== undefined && visitor.activeAt > at) {
        return this.#note(deviceId, { identity, at: visitor.activeAt, agreed });
      }
      this.#endNow(visitor, target, at);
    });
  }

  /** The session lasted until the last activity, whatever was done for the person in the background since. */
  #endNow(visitor: Visitor, target: Target, at = visitor.activeAt ?? visitor.lastSeen): void {
    const { session } = visitor;
    if (session === undefined || session.heartbeat) return;
    const until = Math.max(at, session.reportedUntil);
    this.#core.sessions.endForgotten(visitor, target, this.#core.departures.momentOf(until), until);
  }
}

/** Where and what the device is, read once and when it is needed. */
function detailsOf(target: ScopeTarget, metrics: () => Metrics): () => TargetDetails {
  let details: TargetDetails | undefined;
  return () => {
    if (details === undefined) {
      const { tz, location, metrics: told } = target;
      details = { tz, location, metrics: { ...metrics(), ...told } };
    }
    return details;
  };
}
