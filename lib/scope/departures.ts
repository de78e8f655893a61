import type { Clock } from '../clock.js';
import type { Consent } from '../features/consent.js';
import { type DeviceState, type DeviceStates, WorkState } from '../features/device-state.js';
import type { Moment, Target } from '../features/feature.js';
import type { Sessions } from '../features/sessions.js';
import type { UserProfile } from '../features/user-profile.js';
import type { Views } from '../features/views.js';
import type { Visitor } from '../features/visitor.js';
import type { HousePort } from './feature-port.js';
import { ScopeTarget } from './scope-target.js';
import type { SharedVisitors } from './shared-visitors.js';

interface DepartureParts {
  readonly clock: Clock;
  readonly port: HousePort;
  /** The process's own device. */
  readonly own: ScopeTarget;
  /** Milliseconds without activity after which a device is gone. */
  readonly idleMs: number;
  readonly states: () => DeviceStates;
  readonly views: Views;
  readonly sessions: Sessions;
  readonly profile: UserProfile;
  readonly consent: Consent;
  readonly visitors: SharedVisitors | undefined;
}

/** How what runs for a device ends when the device has gone away, or the process does. */
export class Departures {
  constructor(private readonly parts: DepartureParts) {}

  /** A device is forgotten: what is open ends with its last activity, and says so. */
  readonly leaving = (state: DeviceState, isIdle: boolean): void => {
    const { clock, port, own, profile, sessions, consent, visitors } = this.parts;
    const { visitor, deviceId } = state;
    if (visitors !== undefined && port.isShared(deviceId)) return this.#leaves(visitors, state, isIdle);
    const idType = deviceId === own.deviceId ? own.idType : 0;
    const target = new ScopeTarget({ deviceId, idType }, new WorkState(visitor.consent, consent.withdrawals));
    profile.saveState(target, state);
    sessions.endForgotten(visitor, target, this.momentOf(state.lastSeen), clock.monotonic());
  };

  /** As part of a change: what is open ends with the last activity. */
  gone(visitor: Visitor, target: Target, now: number): void {
    this.parts.sessions.endForgotten(visitor, target, this.momentOf(visitor.lastSeen), now);
    visitor.viewSeen = false;
  }

  /** The process ends, and the device it is with it. */
  endOwn(): void {
    const { clock, port, own, views, sessions } = this.parts;
    const moment = { now: clock.monotonic(), timestamp: port.stamp() };
    port.revisit(own, (visitor, target) => {
      views.endAll(visitor, target, moment);
      sessions.endNow(visitor, target, moment);
    });
  }

  /** A moment in the past, by the monotonic clock. */
  momentOf(now: number): Moment {
    const { clock } = this.parts;
    return { now, timestamp: Math.round(clock.now() - (clock.monotonic() - now)) };
  }

  /** Of a device that others serve as well they may know that it has not gone away. */
  #leaves(visitors: SharedVisitors, state: DeviceState, isIdle: boolean): void {
    const { clock, port, profile, sessions, idleMs, states } = this.parts;
    const { deviceId } = state;
    const target = new ScopeTarget({ deviceId, idType: 0 });
    profile.saveState(target, state);
    sessions.unwatch(deviceId);
    const known = visitors.peek(deviceId);
    const runs = known?.session !== undefined || known?.views !== undefined || known?.viewSeen === true;
    if (isIdle && runs) {
      const now = clock.monotonic();
      port.revisit(target, (visitor, whom) => {
        if (now - visitor.lastSeen >= idleMs) this.gone(visitor, whom, now);
        // Should the process that has seen them since be gone by then, this one ends what runs.
        else states().of(deviceId);
      });
    }
    visitors.forget(deviceId);
  }
}
