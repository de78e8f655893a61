import { resolve } from 'node:path';
import type { Clock } from '../clock.js';
import type { Dialect } from '../config/dialect.js';
import type { Limits } from '../config/limits.js';
import type { ResolvedOptions } from '../config/resolve.js';
import { runHooks } from '../features/before-send.js';
import type { DeviceState, DeviceStates, LocalState } from '../features/device-state.js';
import type { Author, FeaturePort, Filters, Query, RecordDraft, Target } from '../features/feature.js';
import type { Behaviour } from '../features/server-config.js';
import { Visitor } from '../features/visitor.js';
import type { VisitorChange } from '../features/visitor-state.js';
import type { Transport } from '../http/transport.js';
import type { InspectorWatch } from '../inspection/watch.js';
import type { Reporter } from '../logger.js';
import type { Outbox } from '../outbox/outbox.js';
import type { QueryResult } from '../protocol/answer.js';
import type { ConsentFeature, EntryDraft } from '../protocol/entry.js';
import { jsonString } from '../protocol/json-text.js';
import type { RollUp } from '../protocol/roll-up.js';
import { machineOffset, Stamper } from '../protocol/timestamp.js';
import { isClaim } from './claims.js';
import { contextScope, recordedBy } from './current.js';
import { recordText } from './debug-story.js';
import { HeldEntries } from './held-entries.js';
import { hostMetrics } from './host-metrics.js';
import { Questions } from './questions.js';
import { isNobody, ScopeTarget } from './scope-target.js';
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
  readonly #questions: Questions;
  #inHook = false;

  constructor(
    protected readonly options: ResolvedOptions,
    protected readonly parts: PortParts,
  ) {
    this.#stamper = new Stamper(parts.clock);
    this.#questions = new Questions(options, parts);
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
    return !this.options.disabled && this.refusal(target, feature) === undefined;
  }

  admits(target: Target, feature: ConsentFeature): boolean {
    if (this.options.disabled) return false;
    const reason = this.obstacle(target, feature);
    if (reason === undefined) return true;
    if (reason !== 'invalid' || !isNobody(target)) this.refuse(reason);
    return false;
  }

  peekState(deviceId: string): DeviceState | undefined {
    return this.parts.states().peek(deviceId);
  }

  stateOf(deviceId: string): DeviceState {
    return this.parts.states().of(deviceId);
  }

  workOf(target: Target): LocalState {
    return target.work ?? this.stateOf(target.deviceId);
  }

  visit(target: Target, change: VisitorChange): void {
    change(this.parts.states().of(target.deviceId).visitor, target);
  }

  revisit(target: Target, change: VisitorChange): void {
    const visitor = this.parts.states().peek(target.deviceId)?.visitor;
    change(visitor ?? new Visitor(this.clock.monotonic()), target);
  }

  isShared(_deviceId: string): boolean {
    return false;
  }

  informed(_target: Target): Promise<void> | undefined {
    return undefined;
  }

  visitorOf(deviceId: string): Visitor | undefined {
    return this.parts.states().peek(deviceId)?.visitor;
  }

  record(target: Target, draft: RecordDraft): void {
    const { outbox, states, saveProfile } = this.parts;
    const { deviceId } = target;
    if (this.options.disabled) return;
    if (deviceId === '') return isNobody(target) ? undefined : outbox.refuse('invalid');
    // What we say of a device is no activity of its own.
    const state = draft.quiet === true ? states().peek(deviceId) : states().touch(deviceId);
    const isClaimed = draft.unheld !== true && isClaim(draft);
    const transaction = isClaimed ? transactionOf(target as Holder, 'all') : undefined;
    // What the person is, before what they did: the server looks at it when it counts.
    if (state?.profile !== undefined && transaction === undefined) saveProfile(target, state);
    const author = draft.author ?? this.author();
    const entry = this.entryOf(target, draft, author);
    if (entry === undefined) return outbox.refuse('filtered');
    // What a hook has changed is no longer what its key says.
    const key = entry.body === draft.body ? draft.rollUp : undefined;
    if (transaction === undefined) {
      const id = outbox.add(entry, key);
      if (author !== undefined) this.note(id, entry, author);
    } else this.hold(transaction, target, entry, key, author);
  }

  author(): Author | undefined {
    if (this.parts.watch?.listens !== true) return undefined;
    return { recorder: recordedBy.recorder, scope: contextScope() };
  }

  /** What is queued of a draft; undefined when a hook drops it. */
  protected entryOf(target: Target, draft: RecordDraft, author: Author | undefined): EntryDraft | undefined {
    const { dialect } = this.parts;
    const { kind, feature, timestamp } = draft;
    const { deviceId, idType } = target;
    const adds = kind === 'request' && dialect.place !== undefined;
    const text = adds ? draft.body + membersOf(this.#placeOf(target)) : draft.body;
    const body = this.#hooked(deviceId, adds ? { ...draft, body: text } : draft);
    if (body === undefined) return undefined;
    if (this.reporter.verbose) this.#tell(target, draft);
    const tz = this.offsetOf(target, timestamp);
    const maker = author && this.parts.watch?.makerOf(author);
    return { deviceId, idType, kind, feature, timestamp, tz, weight: 1, body, maker };
  }

  /** Keeps an entry until its transaction has ended, and looks then whether it may still leave. */
  protected hold(
    transaction: Transaction,
    target: Target,
    entry: EntryDraft,
    rollUp: RollUp | undefined,
    author: Author | undefined,
  ): void {
    const { states, saveProfile } = this.parts;
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
        const refusal = feature === 'core' ? undefined : port.obstacle(whom, feature);
        if (refusal !== undefined) return port.refuse(refusal);
        const state = states().touch(to);
        if (state?.profile !== undefined) saveProfile(whom, state);
        port.queue(
          whom,
          { ...entry, deviceId: to, idType: to === deviceId ? entry.idType : whom.idType },
          rollUp,
          author,
        );
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

  /** The text as the hooks leave it; undefined when they drop it. */
  #hooked(deviceId: string, { kind, feature, timestamp, body }: RecordDraft): string | undefined {
    const { beforeSend } = this.options;
    // What a hook itself records the hooks do not see, or that would never end.
    if (beforeSend.length === 0 || feature === 'core' || this.#inHook) return body;
    this.#inHook = true;
    let seen: string | undefined;
    try {
      seen = runHooks(beforeSend, { deviceId, kind, feature, timestamp, body }, this.reporter);
    } finally {
      // Whatever happens: hooks that take out personal data must see the next entry.
      this.#inHook = false;
    }
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
    const author = this.author();
    const maker = author && this.parts.watch?.makerOf(author);
    const of = { deviceId, idType, timestamp, tz, weight: 1, body, maker };
    const entry: EntryDraft = { kind: 'picture', feature: 'users', ...of };
    const transaction = transactionOf(target as Holder, 'all');
    if (transaction === undefined) this.queue(target, entry, undefined, author);
    else this.hold(transaction, target, entry, undefined, author);
  }

  purge(deviceId: string, features: ReadonlySet<ConsentFeature>): readonly EntryDraft[] {
    this.held.purge(deviceId, features);
    return this.parts.outbox.purge(deviceId, features);
  }

  query(target: Target, query: Query): Promise<QueryResult> {
    return this.#questions.ask(target, query, () => this.#placeOf(target));
  }

  /** Passes on what is recorded, by whom. */
  protected queue(_target: Target, entry: EntryDraft, rollUp: RollUp | undefined, author: Author | undefined): void {
    const id = this.parts.outbox.add(entry, rollUp);
    if (author !== undefined) this.note(id, entry, author);
  }

  /** For the time before an inspector has answered; in a fleet an entry leaves under another number. */
  protected note(id: number | undefined, { maker }: EntryDraft, { recorder, scope }: Author): void {
    if (maker === undefined && this.options.fleet === undefined) this.parts.watch?.note(id, recorder, scope);
  }

  /** Why a call may not record. */
  protected obstacle(target: Target, feature: ConsentFeature): Refusal | undefined {
    return this.refusal(target, feature);
  }

  protected refusal(target: Target, feature: ConsentFeature): Refusal | undefined {
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

function membersOf(texts: Readonly<Record<string, string>>): string {
  return Object.entries(texts)
    .map(([name, text]) => `,"${name}":${jsonString(text)}`)
    .join('');
}
