import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { type Clock, clientClock } from '../clock.js';
import type { Dialect } from '../config/dialect.js';
import type { ResolvedOptions } from '../config/resolve.js';
import { Attribution } from '../features/attribution.js';
import { Cardinality } from '../features/cardinality.js';
import { Consent } from '../features/consent.js';
import { Crashes } from '../features/crashes.js';
import { DeviceStates } from '../features/device-state.js';
import { EventLinks } from '../features/event-links.js';
import { Events, timedEvents } from '../features/events.js';
import { Feedback } from '../features/feedback.js';
import { type Progress, reportHealth } from '../features/health-check.js';
import { Identity } from '../features/identity.js';
import { readLocation } from '../features/location.js';
import { RawRequests } from '../features/raw-request.js';
import { AbTesting, RemoteConfig } from '../features/remote-config.js';
import { type Behaviour } from '../features/server-config.js';
import { Sessions } from '../features/sessions.js';
import { Traces, timedTraces } from '../features/traces.js';
import { UserProfile } from '../features/user-profile.js';
import { Views } from '../features/views.js';
import { createBackoff } from '../http/backoff.js';
import { Reporter } from '../logger.js';
import type { FlushResult } from '../outbox/flush.js';
import type { LedgerState } from '../outbox/ledger.js';
import { Sender } from '../outbox/sender.js';
import {
  deadLetterOf,
  fleetOf,
  folderOf,
  outboxOf,
  serverConfigOf,
  sharedHouseOf,
  storageOf,
  transportOf,
  watchOf,
} from './chosen-parts.js';
import { startText } from './debug-story.js';
import { Departures } from './departures.js';
import { DeviceIdFile, TEMPORARY_ID } from './device-id.js';
import { HousePort, type PortParts } from './feature-port.js';
import { type DeviceIdentity, ScopeTarget } from './scope-target.js';
import type { MakeSharedHouse } from './shared-visitors.js';

export type Core = ReturnType<typeof compose>;

/** How often idle devices are forgotten. */
export const EXPIRE_EVERY_MS = 30_000;

/** The composition root: the only place that knows which part gets which. */
export function compose(options: ResolvedOptions, machineClock: Clock, dialect: Dialect, makeShared?: MakeSharedHouse) {
  const clock = clientClock(machineClock);
  const reporter = new Reporter(options.logger, () => clock.monotonic(), options.debug);
  const folder = folderOf(options, reporter);
  // Some of these the server may change; the outbox reads them from here each time.
  const tuned = { ...options, maxAge: options.dropRequestsOlderThan * 3_600_000 };
  reporter.debug(() => startText(options, folder));
  const serverConfig = serverConfigOf(options, folder, reporter, applied);
  const watch = watchOf(options, {
    clock,
    stats: () => ledger(),
    query: (request) => transport.query(request),
  });
  const transport = transportOf(options, clock, reporter, watch);
  const progress: Progress = { knownDevice: undefined, failure: undefined, pauses: 0, lastDeliveryAt: undefined };
  const name = randomBytes(8).toString('hex');
  const delivery = {
    clock,
    reporter,
    storage: storageOf(options, folder, clock, reporter, options.fleet && name),
    sender: new Sender(options, {
      transport,
      clock,
      reporter,
      delivered,
      failed: (reason) => {
        progress.failure = reason;
      },
      sent: watch && ((...sent) => watch.sent(...sent)),
    }),
    deadLetter: deadLetterOf(options, folder, reporter),
    backoff: createBackoff({ maxMs: options.failTimeout * 1000 }),
  };
  const outbox = outboxOf(options, tuned, delivery, name);

  const idFile = new DeviceIdFile(folder);
  if (options.clearStoredDeviceId) idFile.remove();
  const identity: DeviceIdentity = {
    ...(options.temporaryDeviceId ? { deviceId: TEMPORARY_ID, idType: 1 } : idFile.load(options.deviceId)),
    changed: () => identity.deviceId !== TEMPORARY_ID && idFile.store(identity),
  };
  const { ipAddress, ...where } = options.location;
  const own = new ScopeTarget(identity, undefined, { location: readLocation({ ...where, ip: ipAddress }) });

  const portParts: PortParts = {
    clock,
    reporter,
    outbox,
    transport,
    dialect,
    behaviour: () => serverConfig.behaviour,
    watch,
    states: () => states,
    isAllowed: (target, feature) => consent.isAllowed(target, feature),
    saveProfile: (target, state) => profile.saveState(target, state),
  };
  const shared = (makeShared ?? sharedHouseOf(outbox))?.(options, portParts, {
    isShared: (deviceId) => deviceId !== '' && deviceId !== own.deviceId && deviceId !== TEMPORARY_ID,
    goneMs: options.deviceIdleTimeout * 1000 + EXPIRE_EVERY_MS,
    gone: (visitor, target, now) => departures.gone(visitor, target, now),
    seen: (visitor, target) => sessions.watch(visitor, target, clock.monotonic()),
  });
  const visitors = shared?.visitors;
  const port = shared?.port ?? new HousePort(options, portParts);
  const consent = new Consent(port, {
    required: () => serverConfig.behaviour.consentRequired,
    groups: options.consentGroups,
    map: dialect.consentMap,
    changed(visitor, target, { given, withdrawn, begun, moment }) {
      const state = port.peekState(target.deviceId);
      if (withdrawn.has('sessions')) sessions.withdrawn(visitor, target, begun, moment);
      if (withdrawn.has('users') && state !== undefined) state.profile = undefined;
      if (withdrawn.has('views')) visitor.views = undefined;
      if (given.includes('users')) tellUserDetails();
      if (given.includes('sessions')) sessions.beginWanted(visitor, target, moment);
    },
  });
  const links = new EventLinks(dialect.eventLinks);
  const cardinality = new Cardinality(reporter, options.cardinalityBudget);
  const views = new Views(port, { links, cardinality, segments: options.viewSegmentation });
  const sessions = new Sessions(port, {
    views,
    updateSeconds: () => serverConfig.behaviour.sessionUpdate,
    locateSender: options.locateSender,
    tellsLocation: dialect.place === undefined,
  });
  const profile = new UserProfile(port, { maxChanges: () => serverConfig.behaviour.maxProfileChanges });
  const departures = new Departures({
    ...{ clock, port, own, views, sessions, profile, consent, visitors },
    idleMs: options.deviceIdleTimeout * 1000,
    states: () => states,
  });
  const states: DeviceStates = new DeviceStates(
    clock,
    options.maxDevices,
    options.deviceIdleTimeout * 1000,
    departures.leaving,
  );
  const events = new Events(port, {
    links,
    cardinality,
    keepsDots: dialect.keepsDots,
    rollUp: options.rollUp,
    recorded(target, key) {
      const { urgent } = serverConfig.behaviour;
      if (urgent.size > 0 && urgent.has(key)) outbox.hurry(target.deviceId);
    },
  });
  const traces = new Traces(port);
  const remoteConfig = new RemoteConfig(port, {
    method: dialect.remoteConfigMethod,
    maxAge: options.remoteConfigMaxAge,
    shared: shared?.answers,
  });

  function delivered(deviceId: string, tookMs: number, ageMs: number): void {
    const isFirst = progress.knownDevice === undefined;
    progress.knownDevice = deviceId;
    progress.lastDeliveryAt = clock.now();
    if (isFirst) askForSettings();
    if (isFirst && options.healthCheck) void reportHealth(port, known(), progress);
    const { enabled, slowMs, fill, maxAgeMs, pauseMs } = serverConfig.behaviour.backOff;
    if (!enabled || tookMs < slowMs || ageMs > maxAgeMs) return;
    // A queue that fills up needs the server more than the server needs a rest.
    if (outbox.stats().pending > fill * tuned.maxQueuedEntries) return;
    progress.pauses++;
    outbox.pause(pauseMs);
  }

  /** A device that the server knows: a question for another one would make a user of it (docs/protocol.md §17.7). */
  function known(): ScopeTarget {
    const { knownDevice } = progress;
    if (knownDevice === undefined || knownDevice === identity.deviceId) return own;
    return new ScopeTarget({ deviceId: knownDevice, idType: 0 });
  }

  let asking = false;
  function askForSettings(): void {
    if (asking || !options.serverSettings || options.testMode) return;
    asking = true;
    serverConfig.start(port, known);
  }

  let detailsWanted = options.userDetails;
  function tellUserDetails(): void {
    if (detailsWanted === undefined || !port.isAllowed(own, 'users')) return;
    const details = detailsWanted;
    detailsWanted = undefined;
    profile.details(own, details);
  }

  function applied(behaviour: Behaviour): void {
    tuned.eventQueueSize = behaviour.eventQueueSize;
    tuned.maxQueuedEntries = behaviour.maxQueuedEntries;
    tuned.maxAge = behaviour.maxAge;
    outbox.setEnabled(behaviour.networking && !options.testMode);
    reporter.verbose = options.debug || behaviour.log;
    // The first request after the start tells the whole map (docs/protocol.md §9), also when it is the operator who requires it.
    // Whoever agreed to nothing is not told: that would make a user of a process nobody records anything for.
    const said = port.visitorOf(own.deviceId)?.consent;
    const gives = options.consent.length > 0 && dialect.consentMap === undefined;
    if (behaviour.consentRequired && said === undefined && gives) consent.apply(own, new Set(options.consent));
  }

  /** Flushes, by whatever way, after what is known of visitors has reached the other processes, all within the timeout. */
  async function flush(
    timeout: number,
    work: (left: number, since: LedgerState) => Promise<FlushResult>,
  ): Promise<FlushResult> {
    const since = outbox.stats();
    if (visitors === undefined) return work(timeout, since);
    const result = await work(await visitors.settledWithin(timeout), since);
    return { ...result, pending: result.pending + visitors.waiting };
  }

  /** Where every entry is, those on their way to the other processes included. */
  function ledger(): LedgerState {
    const state = outbox.stats();
    const waiting = visitors?.waiting ?? 0;
    return waiting === 0 ? state : { ...state, accepted: state.accepted + waiting, pending: state.pending + waiting };
  }

  return {
    // A copy of a client (`{ ...client }`) has its parts in sight.
    [inspect.custom]: () => `Core of "${options.name}"`,
    options,
    clock,
    reporter,
    port,
    own,
    states,
    events,
    timedEvents: timedEvents(port, events),
    views,
    sessions,
    profile,
    crashes: new Crashes(port, { segments: options.crashSegments }),
    traces,
    timedTraces: timedTraces(port, traces),
    attribution: new Attribution(port),
    feedback: new Feedback(port, { events, platform: dialect.bareMachine ? undefined : port.metrics['_os'] }),
    remoteConfig,
    fetchOwnRemoteConfig: () => remoteConfig.fetchOwn(own, options.remoteConfig),
    departures,
    flush,
    ledger,
    abTesting: new AbTesting(port),
    rawRequests: new RawRequests(port),
    consent,
    serverConfig,
    identity: new Identity(port, {
      views,
      sessions,
      profile,
      consent,
      temporaryId: TEMPORARY_ID,
      reassign: (to, idType) => outbox.reassign(to, idType),
      moveState: (from, to) => {
        states.rename(from, to);
        port.held.renamed(from, to);
      },
    }),
    outbox,
    fleet: fleetOf(outbox),
    /** Visitors who are served by other processes as well. */
    visitors,
    transport,
    watch,
    progress,
    /** Starts what runs by itself. */
    start(): void {
      outbox.hold(TEMPORARY_ID);
      applied(serverConfig.behaviour);
      if (identity.deviceId !== TEMPORARY_ID) outbox.reassign(identity.deviceId, identity.idType);
      outbox.open();
      tellUserDetails();
      // Where nothing may leave or be recorded, only an answer can change that.
      const { networking, tracking } = serverConfig.behaviour;
      if (!networking || !tracking) askForSettings();
    },
    stop(): void {
      serverConfig.stop();
      sessions.stop();
    },
  };
}
