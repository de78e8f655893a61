import { join } from 'node:path';
import type { Clock } from '../clock.js';
import type { ResolvedOptions } from '../config/resolve.js';
import { Consent } from '../features/consent.js';
import { Crashes } from '../features/crashes.js';
import { DeviceStates } from '../features/device-state.js';
import { Events } from '../features/events.js';
import type { FeaturePort, Target } from '../features/feature.js';
import { Traces } from '../features/traces.js';
import { Views } from '../features/views.js';
import { Reporter } from '../logger.js';
import { DeadLetterFile, noDeadLetter } from '../outbox/dead-letter.js';
import { Outbox } from '../outbox/outbox.js';
import { Sender } from '../outbox/sender.js';
import { machineOffset, Stamper } from '../protocol/timestamp.js';
import { createStorage, defaultStoragePath } from '../storage/create-storage.js';
import type { Storage } from '../storage/storage.js';
import { createBackoff } from '../transport/backoff.js';
import { createHttpTransport } from '../transport/http-transport.js';
import type { Transport } from '../transport/transport.js';
import { type OwnDevice, ownDevice } from './device-id.js';
import { hostMetrics } from './host-metrics.js';

/** The parts a client and its scopes delegate to. */
export interface Core {
  readonly options: ResolvedOptions;
  readonly clock: Clock;
  readonly reporter: Reporter;
  readonly states: DeviceStates;
  readonly events: Events;
  readonly views: Views;
  readonly crashes: Crashes;
  readonly traces: Traces;
  readonly consent: Consent;
  readonly outbox: Outbox;
  readonly transport: Transport;
  readonly device: OwnDevice;
}

/** The composition root: the only place that knows which part gets which. */
export function compose(options: ResolvedOptions, clock: Clock): Core {
  const reporter = new Reporter(options.logger, () => clock.monotonic());
  const folder =
    options.durability === 'memory' ? undefined : (options.storagePath ?? defaultStoragePath(options.appKey));
  const storage: Storage =
    options.storage ?? createStorage({ durability: options.durability, path: folder ?? '', clock });
  const transport =
    options.transport ?? createHttpTransport({ url: options.url, requestTimeoutMs: options.requestTimeout });
  const warn = (message: string) => reporter.warn('dead-letter', message, 60_000);
  const outbox = new Outbox(
    { ...options, maxAge: options.dropRequestsOlderThan * 3_600_000 },
    {
      clock,
      storage,
      reporter,
      sender: new Sender(transport, options),
      deadLetter: folder === undefined ? noDeadLetter : new DeadLetterFile(join(folder, 'dead-letter.jsonl'), warn),
      backoff: createBackoff(),
    },
  );

  const stamper = new Stamper(clock);
  const port: FeaturePort = {
    clock,
    reporter,
    limits: options.limits,
    metrics: hostMetrics(options.appVersion, options.metrics),
    stamp: () => stamper.next(),
    offsetOf: (target, timestamp) => target.tz ?? options.timezoneOffset ?? machineOffset(timestamp),
    isAllowed: (target, feature) => !options.disabled && consent.isAllowed(target, feature),
    peekState: (deviceId) => states.peek(deviceId),
    stateOf: (deviceId) => states.of(deviceId),
    refuse: (reason) => outbox.refuse(reason),
    purge: (deviceId, features) => outbox.purge(deviceId, features),
    record(target: Target, kind, feature, timestamp, body) {
      if (options.disabled) return;
      if (target.deviceId === '') return outbox.refuse('invalid');
      const tz = port.offsetOf(target, timestamp);
      outbox.put({ deviceId: target.deviceId, idType: target.idType, kind, feature, timestamp, tz, body, weight: 1 });
    },
  };
  const consent = new Consent(port, options.requireConsent);
  const views = new Views(port);
  const states = new DeviceStates(clock, options.maxDevices, options.deviceIdleTimeout * 1000, (state) => {
    views.endForgotten({ deviceId: state.deviceId, idType: 0, tz: undefined, consent: state.consent }, state);
  });
  return {
    options,
    clock,
    reporter,
    states,
    events: new Events(port),
    views,
    crashes: new Crashes(port),
    traces: new Traces(port),
    consent,
    outbox,
    transport,
    device: ownDevice(options.deviceId, options.disabled ? undefined : folder),
  };
}
