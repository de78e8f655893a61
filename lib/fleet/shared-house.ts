import type { VisitorStore } from '../outbox/visitor-store.js';
import type { MakeSharedHouse } from '../scope/shared-visitors.js';
import { FleetPort } from './fleet-port.js';
import { FleetVisitors } from './fleet-visitors.js';
import { sharedAnswers } from './shared-answers.js';

/** Seconds that the state of a visitor outlives their idle time. */
const USUAL_TTL = 86_400;

/** Visitors in a store that several processes see. */
export function sharedHouse(store: VisitorStore): MakeSharedHouse {
  return (options, parts, { isShared, goneMs, gone, seen }) => {
    const { clock, reporter, outbox } = parts;
    const visitors = new FleetVisitors({
      clock,
      reporter,
      store,
      ttlMs: ((store.visitorTtl ?? USUAL_TTL) + options.deviceIdleTimeout) * 1000,
      goneMs,
      gone,
      queue: (entry, rollUp) => outbox.add(entry, rollUp),
      refuse: (reason) => outbox.refuse(reason),
      remembers: (deviceId) => parts.states().peek(deviceId) !== undefined,
    });
    return {
      visitors,
      port: new FleetPort(options, parts, { visitors, isShared, seen }),
      answers: store.remoteConfig && sharedAnswers(store.remoteConfig, clock),
    };
  };
}
