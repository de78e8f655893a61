import { resolve } from 'node:path';
import type { Clock } from '../clock.js';
import type { Dialect } from '../config/dialect.js';
import type { Limits } from '../config/limits.js';
import type { ResolvedOptions } from '../config/resolve.js';
import { runHooks } from '../features/before-send.js';
import type { DeviceState, DeviceStates, WorkState } from '../features/device-state.js';
import type { FeaturePort, Filters, Query, QueryAnswer, RecordDraft, Target } from '../features/feature.js';
import type { Behaviour } from '../features/server-config.js';
import type { Transport } from '../http/transport.js';
import type { InspectorWatch } from '../inspection/watch.js';
import type { Reporter } from '../logger.js';
import type { Outbox } from '../outbox/outbox.js';
import { checksum256, formOf } from '../protocol/encode.js';
import type { ConsentFeature, Entry, EntryDraft } from '../protocol/entry.js';
import { SDK_NAME, SDK_VERSION } from '../protocol/head.js';
import { jsonString } from '../protocol/json-text.js';
import type { RollUp } from '../protocol/roll-up.js';
import { machineOffset, Stamper } from '../protocol/timestamp.js';
import { contextScope, recordedBy } from './current.js';
import { recordText } from './debug-story.js';
import { TEMPORARY_ID } from './device-id.js';
import { HeldEntries } from './held-entries.js';
import { hostMetrics } from './host-metrics.js';
import { ScopeTarget } from './scope-target.js';
import { type Holder, type Transaction, transactionOf } from './transaction.js';

/** What stands behind the port. Functions where a part is made after it. */
export interface PortParts {
  readonly clock: Clock;
  readonly reporter: Reporter;
  readonly outbox: Outbox;
  readonly transport: Transport;
  readonly dialect: Dialect;
  readonly behaviour: () => Behaviour;
  readonly states: () => DeviceStates;
  readonly isAllowed: (target: Target, feature: ConsentFeature) => boolean;
  /** Of a client whose server may be an inspector. */
  readonly watch: InspectorWatch | undefined;
  /** Records the changes of a person's properties that wait. */
  readonly saveProfile: (target: Target, state: DeviceState) => void;
}

/** Milliseconds a question waits for a merge to leave; a server that is away fails both. */
const MERGE_WAIT_MS = 10_000;

type Refusal = Parameters<FeaturePort['refuse']>[0];
type Uncounted = Parameters<Outbox['refuse']>[0];

/** The house as features see it. A class: V8 keeps a literal with accessors in a hash table, and every call comes through here. */
export class HousePort implements FeaturePort {
  readonly clock: Clock;
  readonly reporter: Reporter;
  readonly metrics: Readonly<Record<string, string>>;
  /** What waits for the end of transactions. */
  readonly held: HeldEntries;
  readonly #stamper: Stamper;
  #inHook = false;

  constructor(
    private readonly options: ResolvedOptions,
    private readonly parts: PortParts,
  ) {
    this.#stamper = new Stamper(parts.clock);
    this.clock = parts.clock;
    this.reporter = parts.reporter;
    this.metrics = hostMetrics(options, parts.dialect.bareMachine);
    this.held = new HeldEntries(options, parts.reporter, (reason) => this.refuse(reason));
  }

  get limits(): Limits {
    return this.parts.behaviour().limits;
  }

  get filters(): Filters {
    return this.parts.behaviour().filters;
  }

  stamp(): number {
    return this.#stamper.next();
  }

  offsetOf(target: Target, timestamp: number): number {
    return target.tz ?? this.options.timezoneOffset ?? machineOffset(timestamp);
  }

  isAllowed(target: Target, feature: ConsentFeature): boolean {
    return !this.options.disabled && this.#refusal(target, feature) === undefined;
  }

  admits(target: Target, feature: ConsentFeature): boolean {
    if (this.options.disabled) return false;
    const reason = this.#refusal(target, feature);
    if (reason === undefined) return true;
    if (reason !== 'invalid' || !isNobody(target)) this.parts.outbox.refuse(reason);
    return false;
  }

  peekState(deviceId: string): DeviceState | undefined {
    return this.parts.states().peek(deviceId);
  }

  stateOf(deviceId: string): DeviceState {
    return this.parts.states().of(deviceId);
  }

  workOf(target: Target): WorkState {
    return target.work ?? this.stateOf(target.deviceId);
  }

  record(target: Target, draft: RecordDraft): void {
    const { outbox, dialect, states, saveProfile } = this.parts;
    const { kind, feature, timestamp, rollUp } = draft;
    const { deviceId, idType } = target;
    if (this.options.disabled) return;
    if (deviceId === '') {
      if (!isNobody(target)) outbox.refuse('invalid');
      return;
    }
    const state = states().touch(deviceId);
    const isClaimed = draft.unheld !== true && isClaim(draft);
    const transaction = isClaimed ? transactionOf(target as Holder, 'all') : undefined;
    // What the person is, before what they did: the server looks at it when it counts.
    if (state?.profile !== undefined && transaction === undefined) saveProfile(target, state);
    const adds = kind === 'request' && dialect.place !== undefined;
    const body = adds ? draft.body + membersOf(this.#placeOf(target)) : draft.body;
    const seen = this.#hooked(deviceId, adds ? { ...draft, body } : draft);
    if (seen === undefined) return;
    if (this.reporter.verbose) this.#tell(target, draft);
    const tz = this.offsetOf(target, timestamp);
    // What a hook has changed is no longer what its key says.
    const key = seen === body ? rollUp : undefined;
    const entry = { deviceId, idType, kind, feature, timestamp, tz, weight: 1, body: seen };
    if (transaction === undefined) {
      const id = outbox.add(entry, key);
      const { watch } = this.parts;
      if (watch?.listens === true) watch.note(id, recordedBy.recorder, contextScope());
    } else this.#hold(transaction, target, entry, key);
  }

  /** Keeps an entry until its transaction has ended, and looks then whether it may still leave. */
  #hold(transaction: Transaction, target: Target, entry: EntryDraft, rollUp: RollUp | undefined): void {
    const { outbox, states, saveProfile } = this.parts;
    const { deviceId, feature, body } = entry;
    const port = this;
    this.held.hold(transaction, {
      part: 'all',
      deviceId,
      feature,
      size: body.length,
      leave() {
        const { deviceId: to = deviceId } = this;
        const whom = to === target.deviceId ? target : new ScopeTarget({ deviceId: to, idType: 0 });
        const refusal = feature === 'core' ? undefined : port.#refusal(whom, feature);
        if (refusal !== undefined) return outbox.refuse(refusal);
        const state = states().touch(to);
        if (state?.profile !== undefined) saveProfile(whom, state);
        outbox.add({ ...entry, deviceId: to, idType: to === deviceId ? entry.idType : whom.idType }, rollUp);
      },
    });
  }

  defers(target: Target, feature: ConsentFeature, work: () => void): boolean {
    const transaction = transactionOf(target as Holder, 'all');
    if (transaction === undefined) return false;
    const leave = () => (this.admits(target, feature) ? work() : undefined);
    this.held.hold(transaction, { part: 'all', deviceId: target.deviceId, feature, size: 0, leave });
    return true;
  }

  /** Not in `record`, where a function would cost every record. */
  #tell(target: Target, draft: RecordDraft): void {
    this.reporter.debug(() => recordText(target, draft));
  }

  /** The text as the hooks leave it; undefined, and counted, when they drop it. */
  #hooked(deviceId: string, { kind, feature, timestamp, body }: RecordDraft): string | undefined {
    const { beforeSend } = this.options;
    // What a hook itself records the hooks do not see, or that would never end.
    if (beforeSend.length === 0 || feature === 'core' || this.#inHook) return body;
    const { outbox, reporter } = this.parts;
    this.#inHook = true;
    let seen: string | undefined;
    try {
      seen = runHooks(beforeSend, { deviceId, kind, feature, timestamp, body }, reporter);
    } finally {
      // Whatever happens: hooks that take out personal data must see the next entry.
      this.#inHook = false;
    }
    if (seen === undefined) outbox.refuse('filtered');
    return seen;
  }

  refuse(reason: Uncounted): void {
    if (!this.options.disabled) this.parts.outbox.refuse(reason);
  }

  upload(target: Target, path: string): void {
    if (this.options.disabled || target.deviceId === '') return;
    const { deviceId, idType } = target;
    const timestamp = this.stamp();
    const tz = this.offsetOf(target, timestamp);
    // Whoever reads it may have another working directory, in a later life of this process at the latest.
    const body = `"picture":${jsonString(resolve(path))},"user_details":{}`;
    const entry = { deviceId, idType, kind: 'picture', feature: 'users', timestamp, tz, weight: 1, body } as const;
    const transaction = transactionOf(target as Holder, 'all');
    if (transaction === undefined) this.parts.outbox.add(entry);
    else this.#hold(transaction, target, entry, undefined);
  }

  purge(deviceId: string, features: ReadonlySet<ConsentFeature>): readonly Entry[] {
    this.held.purge(deviceId, features);
    return this.parts.outbox.purge(deviceId, features);
  }

  async query(target: Target, query: Query): Promise<QueryAnswer> {
    const options = this.options;
    const { transport, behaviour } = this.parts;
    // An operator who stops the traffic still has to be able to let it go on.
    const stopped = options.testMode || (!behaviour().networking && query.fields['method'] !== 'sc');
    if (options.disabled || stopped) return { ok: false, status: 0, message: 'sending is switched off' };
    const { deviceId, idType } = target;
    if (deviceId === '' || deviceId === TEMPORARY_ID) {
      return { ok: false, status: 0, message: 'the device has no id yet' };
    }
    await this.#merged(target, query);
    const { appKey, appVersion, salt, requestTimeout } = options;
    // What every request that is made by itself says first (docs/protocol.md §2). Always as a form: everything in it is text
    // there, which is what `/o/sdk` reads on every generation of servers (docs/protocol.md §10).
    const form = formOf({
      app_key: appKey,
      device_id: deviceId,
      ...(idType === 9 ? {} : { t: idType }),
      sdk_name: SDK_NAME,
      sdk_version: SDK_VERSION,
      ...(appVersion === undefined ? {} : { av: appVersion }),
      timestamp: this.clock.now(),
      ...this.#placeOf(target),
      ...query.fields,
    });
    const body = salt === undefined ? form.body : `${form.body}&checksum256=${checksum256(form.body, salt)}`;
    // Sockets do not hold the process; a caller who waits for an answer wants it to live until then.
    const release = query.awaited === false ? () => {} : this.clock.after(requestTimeout + 1000, () => {}, true);
    try {
      return await transport.query({ ...form, path: query.path, query: '', body });
    } catch (error) {
      // A transport of the user's own that breaks its contract.
      return { ok: false, status: 0, message: `the transport failed: ${String(error)}` };
    } finally {
      release();
    }
  }

  /** A server that has not made one of two ids yet would answer for somebody else. */
  async #merged(target: Target, { fields, awaited }: Query): Promise<void> {
    const merged = fields['method'] === 'sc' ? undefined : this.parts.outbox.merged(target.deviceId);
    if (merged === undefined) return;
    let stop: (() => void) | undefined;
    const late = new Promise<void>((resolve) => {
      stop = this.clock.after(MERGE_WAIT_MS, resolve, awaited !== false);
    });
    await Promise.race([merged, late]);
    stop?.();
  }

  #refusal(target: Target, feature: ConsentFeature): Refusal | undefined {
    if (target.deviceId === '') return 'invalid';
    const { tracking, off } = this.parts.behaviour();
    if (!tracking || (off.size > 0 && off.has(feature))) return 'filtered';
    return target.idType === 9 || this.parts.isAllowed(target, feature) ? undefined : 'consent';
  }

  #placeOf(target: Target): Readonly<Record<string, string>> {
    if (target.idType === 9) return {};
    return this.parts.dialect.place?.(this.isAllowed(target, 'location')) ?? {};
  }
}

/**
 * Whether a draft claims something that a failure makes untrue. Views, sessions, crashes, traces, consent and changes of ids
 * happened all the same.
 */
function isClaim({ kind, feature }: RecordDraft): boolean {
  return kind === 'event' ? feature !== 'views' : feature === 'users' || feature === 'attribution';
}

function isNobody(target: Target): boolean {
  return (target as Partial<ScopeTarget>).identity?.nobody === true;
}

function membersOf(texts: Readonly<Record<string, string>>): string {
  return Object.entries(texts)
    .map(([name, text]) => `,"${name}":${jsonString(text)}`)
    .join('');
}
