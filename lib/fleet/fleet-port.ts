import type { ResolvedOptions } from '../config/resolve.js';
import type { Author, RecordDraft, Target } from '../features/feature.js';
import type { Visitor } from '../features/visitor.js';
import type { Dependence, VisitorChange } from '../features/visitor-state.js';
import type { ConsentFeature, EntryDraft } from '../protocol/entry.js';
import type { RollUp } from '../protocol/roll-up.js';
import { isClaim } from '../scope/claims.js';
import { HousePort, type PortParts } from '../scope/feature-port.js';
import type { ScopeTarget } from '../scope/scope-target.js';
import { type Holder, transactionOf } from '../scope/transaction.js';
import type { FleetVisitors } from './fleet-visitors.js';
import type { Step } from './visitor-steps.js';

/** What the house needs to know of a fleet. */
export interface FleetParts {
  readonly visitors: FleetVisitors;
  /** Whether other processes may serve a device as well: the process's own is nobody else's. */
  isShared(deviceId: string): boolean;
  /** A visitor was seen here, and what runs for them is to be looked after. */
  seen(visitor: Visitor, target: Target): void;
}

/** The house as features see it, where visitors are served by several processes. */
export class FleetPort extends HousePort {
  constructor(
    options: ResolvedOptions,
    parts: PortParts,
    private readonly fleet: FleetParts,
  ) {
    super(options, parts);
  }

  override isShared(deviceId: string): boolean {
    return this.fleet.isShared(deviceId);
  }

  override informed(target: Target): Promise<void> | undefined {
    if (!this.isShared(target.deviceId)) return undefined;
    this.parts.states().of(target.deviceId);
    return this.fleet.visitors.informed(target as ScopeTarget);
  }

  override visit(target: Target, change: VisitorChange, on: Dependence = {}): void {
    if (!this.isShared(target.deviceId)) return super.visit(target, change);
    this.parts.states().of(target.deviceId);
    this.#change(target, change, true, on);
  }

  override revisit(target: Target, change: VisitorChange, on: Dependence = {}): void {
    if (this.isShared(target.deviceId)) this.#change(target, change, false, on);
    else super.revisit(target, change);
  }

  override visitorOf(deviceId: string): Visitor | undefined {
    return this.fleet.visitors.peek(deviceId) ?? (this.isShared(deviceId) ? undefined : super.visitorOf(deviceId));
  }

  override record(target: Target, draft: RecordDraft): void {
    if (this.options.disabled || !this.isShared(target.deviceId)) return super.record(target, draft);
    // Whoever saw a visitor looks after what runs for them. What was said before is said while a device is forgotten, too.
    if (draft.unheld === true) this.parts.states().touch(target.deviceId);
    else if (draft.quiet !== true) this.parts.states().of(target.deviceId);
    const { running } = this.fleet.visitors;
    if (running !== undefined) return this.#collect(running, target, draft);
    this.#change(target, (_visitor, whom) => this.record(whom, draft), false);
  }

  override refuse(reason: Parameters<HousePort['refuse']>[0]): void {
    const { running } = this.fleet.visitors;
    if (running === undefined) super.refuse(reason);
    else if (!this.options.disabled) running.refused.push(reason);
  }

  override purge(deviceId: string, features: ReadonlySet<ConsentFeature>): readonly EntryDraft[] {
    return [...this.fleet.visitors.purge(deviceId, features), ...super.purge(deviceId, features)];
  }

  /** Another process may know what the visitor agreed to: that is looked at with what is committed. */
  protected override obstacle(target: Target, feature: ConsentFeature) {
    const reason = super.obstacle(target, feature);
    const isOpen = reason === 'consent' && this.fleet.visitors.running === undefined && this.isShared(target.deviceId);
    return isOpen ? undefined : reason;
  }

  protected override queue(
    target: Target,
    entry: EntryDraft,
    rollUp: RollUp | undefined,
    author: Author | undefined,
  ): void {
    if (!this.isShared(target.deviceId)) return super.queue(target, entry, rollUp, author);
    const change: VisitorChange = (visitor, whom) => {
      const { running } = this.fleet.visitors;
      if (running !== undefined && this.#agrees(running, whom, entry)) this.#take(running, visitor, entry, rollUp);
    };
    this.#change(target, change, false);
  }

  #change(target: Target, change: VisitorChange, isActivity: boolean, { needs, other }: Dependence = {}): void {
    const { visitors } = this.fleet;
    const transaction = visitors.running !== undefined ? undefined : transactionOf(target as Holder, 'all');
    const second = other !== undefined && this.isShared(other) ? other : undefined;
    const agreed: VisitorChange = (visitor, whom) => {
      const { running } = visitors;
      if (running === undefined || (needs !== undefined && !this.#agrees(running, whom, { feature: needs }))) return;
      if (isActivity) visitor.lastSeen = Math.max(visitor.lastSeen, running.at);
      change(visitor, whom);
      this.fleet.seen(visitor, whom);
    };
    visitors.change(target as ScopeTarget, agreed, transaction, second);
  }

  #take(step: Step, visitor: Visitor, entry: EntryDraft, rollUp: RollUp | undefined): void {
    visitor.lastSeen = Math.max(visitor.lastSeen, step.at);
    step.recorded.push({ entry, rollUp });
  }

  /** Makes what is recorded part of the change that runs. */
  #collect(step: Step, target: Target, draft: RecordDraft): void {
    const { deviceId } = target;
    if (draft.owed !== true && !this.#agrees(step, target, draft)) return;
    const transaction = draft.unheld !== true && isClaim(draft) ? step.transaction : undefined;
    // What is held is held by the first run, and looked at again when it is let go.
    if (transaction !== undefined && !step.isFirst) return;
    const state = step.isFirst && transaction === undefined ? this.peekState(deviceId) : undefined;
    // What the person is, before what they did.
    if (state?.profile !== undefined) this.fleet.visitors.before(() => this.parts.saveProfile(target, state));
    const known = `${deviceId} ${draft.body}`;
    const author = draft.author ?? (step.isFirst ? this.author() : undefined);
    // What a hook records itself is no part of this.
    if (!step.entries.has(known)) {
      this.fleet.visitors.before(() => step.entries.set(known, this.entryOf(target, draft, author)));
    }
    const entry = step.entries.get(known);
    if (entry === undefined) return void step.refused.push('filtered');
    const visitor = this.visitorOf(deviceId);
    const rollUp = entry.body === draft.body ? draft.rollUp : undefined;
    if (transaction !== undefined) this.hold(transaction, target, entry, rollUp, author);
    else if (visitor === undefined || draft.quiet === true) step.recorded.push({ entry, rollUp });
    else this.#take(step, visitor, entry, rollUp);
  }

  /** Whether the visitor agrees to what is recorded, as far as that is known when it is committed; counted if not. */
  #agrees(step: Step, target: Target, { feature }: Pick<EntryDraft, 'feature'>): boolean {
    if (feature === 'core' || target.idType === 9 || this.parts.isAllowed(target, feature)) return true;
    step.refused.push('consent');
    return false;
  }
}
