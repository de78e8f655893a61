import type { Clock } from '../clock.js';
import type { Dialect } from '../config/dialect.js';
import type { ResolvedOptions } from '../config/resolve.js';
import { runHooks } from '../features/before-send.js';
import type { Behaviour } from '../features/behaviour.js';
import type { DeviceStates } from '../features/device-state.js';
import type { FeaturePort, Target } from '../features/feature.js';
import type { Reporter } from '../logger.js';
import type { Outbox } from '../outbox/outbox.js';
import type { ConsentFeature } from '../protocol/consent-feature.js';
import { jsonString } from '../protocol/json-text.js';
import { machineOffset, Stamper } from '../protocol/timestamp.js';
import type { Transport } from '../transport/transport.js';
import { hostMetrics } from './host-metrics.js';
import type { PictureUploads } from './picture-uploads.js';
import { ask } from './query.js';
import type { ScopeTarget } from './scope-target.js';

/** What stands behind the port. Functions where a part is made after it. */
export interface PortParts {
  readonly clock: Clock;
  readonly reporter: Reporter;
  readonly outbox: Outbox;
  readonly transport: Transport;
  readonly dialect: Dialect;
  readonly uploads: PictureUploads;
  readonly behaviour: () => Behaviour;
  readonly states: () => DeviceStates;
  readonly isAllowed: (target: Target, feature: ConsentFeature) => boolean;
}

function isNobody(target: Target): boolean {
  return (target as Partial<ScopeTarget>).identity?.nobody === true;
}

/** The house as the features see it. */
export function createPort(options: ResolvedOptions, parts: PortParts): FeaturePort {
  const { clock, reporter, outbox, transport, dialect, behaviour } = parts;
  const { disabled, beforeSend } = options;
  const stamper = new Stamper(clock);

  /** Why nothing of this feature is recorded for the target; undefined when it is. */
  const refusal = (target: Target, feature: ConsentFeature): 'invalid' | 'filtered' | 'consent' | undefined => {
    if (target.deviceId === '') return 'invalid';
    const { tracking, off } = behaviour();
    if (!tracking || (off.size > 0 && off.has(feature))) return 'filtered';
    return target.idType === 9 || parts.isAllowed(target, feature) ? undefined : 'consent';
  };

  const placeOf = (target: Target): Readonly<Record<string, string>> =>
    target.idType === 9 ? {} : (dialect.place?.(port.isAllowed(target, 'location')) ?? {});

  const port: FeaturePort = {
    clock,
    reporter,
    get limits() {
      return behaviour().limits;
    },
    get filters() {
      return behaviour().filters;
    },
    metrics: hostMetrics(options.appVersion, options.metrics, dialect.bareMachine),
    stamp: () => stamper.next(),
    offsetOf: (target, timestamp) => target.tz ?? options.timezoneOffset ?? machineOffset(timestamp),
    isAllowed: (target, feature) => !disabled && refusal(target, feature) === undefined,
    admits(target, feature) {
      if (disabled) return false;
      const reason = refusal(target, feature);
      if (reason === undefined) return true;
      if (reason !== 'invalid' || !isNobody(target)) outbox.refuse(reason);
      return false;
    },
    peekState: (deviceId) => parts.states().peek(deviceId),
    stateOf: (deviceId) => parts.states().of(deviceId),
    workOf: (target) => target.work ?? parts.states().of(target.deviceId),
    record(target, kind, feature, timestamp, content, rollUp) {
      if (disabled) return;
      const { deviceId, idType } = target;
      if (deviceId === '') return isNobody(target) ? undefined : outbox.refuse('invalid');
      parts.states().touch(deviceId);
      const traits = outbox.traits.of(idType, kind, feature, port.offsetOf(target, timestamp));
      const body = kind === 'event' || dialect.place === undefined ? content : content + membersOf(placeOf(target));
      if (beforeSend.length === 0 || feature === 'core') {
        outbox.put(deviceId, traits, timestamp, body, rollUp);
        return;
      }
      const seen = runHooks(beforeSend, { deviceId, kind, feature, timestamp, body }, reporter);
      if (seen === undefined) return outbox.refuse('filtered');
      // What a hook has changed is no longer what its key says.
      const same = seen === body ? rollUp : undefined;
      outbox.put(deviceId, traits, timestamp, seen, same);
    },
    refuse: (reason) => {
      if (!disabled) outbox.refuse(reason);
    },
    upload(target, picture) {
      if (disabled || target.deviceId === '') return;
      // The scope's device may get another id while the file is read.
      const { deviceId, idType, tz, place, metrics } = target;
      parts.uploads.add({ deviceId, idType, tz, place, metrics, work: undefined }, picture);
    },
    purge: (deviceId, features) => outbox.purge(deviceId, features),
    async query(target, query) {
      // An operator who stops the traffic still has to be able to let it go on.
      const stopped = options.testMode || (!behaviour().networking && query.fields['method'] !== 'sc');
      if (disabled || stopped) return { ok: false, status: 0, message: 'sending is switched off' };
      return ask(transport, clock, options, target, { ...query, fields: { ...placeOf(target), ...query.fields } });
    },
  };
  return port;
}

function membersOf(texts: Readonly<Record<string, string>>): string {
  return Object.entries(texts)
    .map(([name, text]) => `,"${name}":${jsonString(text)}`)
    .join('');
}
