import { WorkState } from '../features/device-state.js';
import type { Core } from './compose.js';
import type { Countly } from './countly.js';
import { attempt, partsOf } from './scope-parts.js';
import { type DeviceIdentity, ScopeTarget } from './scope-target.js';

/** When somebody was last active, and under which id they go by now. */
interface Activity {
  readonly identity: DeviceIdentity;
  /** On the monotonic clock, in milliseconds. */
  readonly at: number;
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
    attempt(this.#core, 'beginSession', () => {
      const { target } = partsOf(scope);
      const { clock, own, port, options } = this.#core;
      const { deviceId, identity } = target;
      if (deviceId === '' || deviceId === own.deviceId || !port.isAllowed(target, 'sessions')) return;
      if (port.visitorOf(deviceId)?.session === undefined) this.#begin(target, metrics());
      // Whatever else is remembered of the device must not be forgotten while its session runs.
      port.stateOf(deviceId);
      this.#active.delete(deviceId);
      this.#active.set(deviceId, { identity, at: clock.monotonic() });
      const [oldest] = this.#active;
      if (oldest !== undefined && this.#active.size > options.maxDevices) this.#end(...oldest);
      this.#arm();
    });
  }

  stop(): void {
    this.#cancelTimer?.();
    this.#active.clear();
  }

  /** A session outlives its request, so nothing of that one is kept but what was read. */
  #begin({ identity, work, tz, location, metrics: told }: ScopeTarget, metrics: Metrics): void {
    const consent = new WorkState(work?.consent, work?.withdrawals);
    const kept = { tz, location, metrics: { ...metrics, ...told } };
    this.#core.sessions.begin(new ScopeTarget(identity, consent, kept), false);
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

  #end(known: string, { identity, at }: Activity): void {
    this.#active.delete(known);
    const { deviceId } = identity;
    // Who got another id meanwhile may be active under that one.
    if (deviceId !== known && this.#active.has(deviceId)) return;
    const { port, sessions, momentOf } = this.#core;
    port.revisit(new ScopeTarget({ deviceId, idType: identity.idType }), (visitor, target) => {
      const { session } = visitor;
      if (session === undefined || session.heartbeat) return;
      const until = Math.max(at, session.reportedUntil);
      sessions.endForgotten(visitor, target, momentOf(until), until);
    });
  }
}
