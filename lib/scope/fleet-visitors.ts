import { thrownName } from '../check.js';
import type { Clock } from '../clock.js';
import type { Target } from '../features/feature.js';
import { Visitor } from '../features/visitor.js';
import type { VisitorChange } from '../features/visitor-state.js';
import type { Reporter } from '../logger.js';
import type { DropReason } from '../outbox/ledger.js';
import type { StoredVisitor, VisitorOutcome, VisitorStore } from '../outbox/visitor-store.js';
import type { ConsentFeature, EntryDraft } from '../protocol/entry.js';
import type { RollUp } from '../protocol/roll-up.js';
import { ScopeTarget } from './scope-target.js';
import type { Transaction } from './transaction.js';
import { connected, grouped, type KnownVisitor, type Step, type StepGroup } from './visitor-steps.js';
import { readVisitor, reconciled, visitorText } from './visitor-text.js';

/** What the visitors of a fleet need of the house. */
export interface FleetPort {
  readonly clock: Clock;
  readonly reporter: Reporter;
  readonly store: VisitorStore;
  /** Milliseconds that a visitor's state may be forgotten after. */
  readonly ttlMs: number;
  /** Milliseconds without activity after which a visitor is gone in any process that remembers them. */
  readonly goneMs: number;
  /** Ends what ran for a visitor who was gone, as part of a change. */
  gone(visitor: Visitor, target: Target, now: number): void;
  /** What is to be queued here, because the fleet does not take it. */
  queue(entry: EntryDraft, rollUp: RollUp | undefined): void;
  /** Counts a call that did not become an entry. */
  refuse(reason: DropReason): void;
  /** Whether this process still looks after a device. */
  remembers(deviceId: string): boolean;
}

/** How a call changes a visitor. */
interface Circumstances {
  readonly isActivity: boolean;
  /** What holds its entries until it has ended. */
  readonly transaction?: Transaction | undefined;
  /** A second device that it changes. */
  readonly other?: string | undefined;
}

/** Between what is recorded and its commit, in milliseconds. */
const TICK_MS = 20;

/**
 * Visitors whom several processes serve. A change runs at once on what is known here, so calls are synchronous. With the next tick
 * the new states and what was recorded are committed. Where another process was quicker, the changes run again on what that one
 * left; so only what comes of the run that is committed is accepted, and counted.
 */
export class FleetVisitors {
  readonly #known = new Map<string, KnownVisitor>();
  /** Not committed, in the order of the calls. */
  #steps: Step[] = [];
  #running: Step | undefined;
  #commit: Promise<void> | undefined;
  #cancelTimer: (() => void) | undefined;
  /** Devices whose state went its own way while the store was away. */
  readonly #apart = new Set<string>();
  /** Nothing is committed any more. */
  #isLocal = false;

  constructor(private readonly port: FleetPort) {}

  /** Whether a change runs: what it looks at is all that is known. */
  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** Whether nothing waits to be committed. */
  get isSettled(): boolean {
    return this.#steps.length === 0 && this.#commit === undefined;
  }

  peek(deviceId: string): Visitor | undefined {
    return this.#known.get(deviceId)?.visitor;
  }

  /** Runs a change, and again as long as others change the same. */
  change(target: ScopeTarget, change: VisitorChange, { isActivity, transaction, other }: Circumstances): void {
    const { deviceId } = target;
    if (this.#running !== undefined) {
      this.#running.devices.add(deviceId);
      return change(this.#of(deviceId).visitor, target);
    }
    const step: Step = {
      ...{ whom: target.asNow(), change, devices: new Set(other === undefined ? [deviceId] : [deviceId, other]) },
      ...{ at: this.port.clock.monotonic(), isActivity, transaction, entries: new Map() },
      ...{ isFirst: true, recorded: [], refused: [] },
    };
    try {
      this.#run(step);
    } finally {
      // Also what threw half way: as much of it as came true.
      step.isFirst = false;
      this.#steps.push(step);
      if (this.#isLocal) this.spill();
      else this.#arm();
    }
  }

  /** The change that runs. */
  get running(): Step | undefined {
    return this.#running;
  }

  /** Does something that is no part of the change that runs, but comes before it. */
  before(work: () => void): void {
    const running = this.#running;
    this.#running = undefined;
    try {
      work();
    } finally {
      this.#running = running;
    }
  }

  /** Takes out what calls before the running one have recorded, if it is not committed. */
  purge(deviceId: string, features: ReadonlySet<ConsentFeature>): readonly EntryDraft[] {
    const removed: EntryDraft[] = [];
    for (const step of this.#steps) {
      if (step === this.#running) break;
      step.recorded = step.recorded.filter(({ entry }) => {
        if (entry.deviceId !== deviceId || !features.has(entry.feature as ConsentFeature)) return true;
        removed.push(entry);
        step.refused.push('consent');
        return false;
      });
    }
    return removed;
  }

  /** Drops what is known of a device that this process no longer looks after, unless something of it is not committed. */
  forget(deviceId: string): void {
    if (this.#commit !== undefined || this.port.remembers(deviceId)) return;
    if (this.#steps.some(({ devices }) => devices.has(deviceId))) return;
    this.#known.delete(deviceId);
    this.#apart.delete(deviceId);
  }

  /** Resolves when it is known what other processes know of a visitor. */
  async informed(target: ScopeTarget): Promise<void> {
    this.change(target, () => {}, { isActivity: false });
    await this.settled();
  }

  /** Resolves when everything so far is committed, or queued here. */
  async settled(): Promise<void> {
    while (!this.isSettled) {
      this.#commitNow();
      await this.#commit;
    }
  }

  /** What waits is queued here, at once: for the last moment of a process. What is on its way to the store stays there. */
  spill(): void {
    const steps = this.#steps;
    this.#steps = [];
    for (const group of grouped(steps)) this.#accept(group, true);
  }

  /** As {@link spill}, for all that comes. */
  stop(): void {
    this.#isLocal = true;
    this.#cancelTimer?.();
    this.spill();
  }

  #of(deviceId: string): KnownVisitor {
    let known = this.#known.get(deviceId);
    if (known === undefined) {
      const visitor = new Visitor(Number.NEGATIVE_INFINITY);
      known = { visitor, version: 0, stored: '', isApart: false };
      this.#known.set(deviceId, known);
    }
    return known;
  }

  #run(step: Step): void {
    step.recorded = [];
    step.refused = [];
    this.#running = step;
    try {
      for (const device of step.devices) this.#of(device);
      const { visitor } = this.#of(step.whom.deviceId);
      if (step.isActivity) {
        // Whoever remembered them may be gone as well.
        if (step.at - visitor.lastSeen > this.port.goneMs) this.port.gone(visitor, step.whom, step.at);
        visitor.lastSeen = Math.max(visitor.lastSeen, step.at);
      }
      step.change(visitor, step.whom);
    } finally {
      this.#running = undefined;
    }
  }

  #runAgain(step: Step): void {
    try {
      this.#run(step);
    } catch (error) {
      this.port.reporter.warn('visitor.again', `A call cannot be done again (${thrownName(error)}).`);
      step.refused.push('invalid');
    }
  }

  #arm(ms = TICK_MS): void {
    if (this.#commit !== undefined || this.#cancelTimer !== undefined) return;
    this.#cancelTimer = this.port.clock.after(ms, () => this.#commitNow());
  }

  #commitNow(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (this.#commit !== undefined || this.#steps.length === 0) return;
    const groups = grouped(this.#steps);
    this.#steps = [];
    const { clock, ttlMs, store } = this.port;
    const sent = groups.map((group) => {
      const devices = [...group.devices].map((deviceId) => ({ deviceId, known: this.#of(deviceId) }));
      group.sent = devices.map(({ known }) => (known.visitor.isBlank ? '' : visitorText(known.visitor, clock)));
      const changes = devices.map(({ deviceId, known }, i) => {
        return { deviceId, version: known.version, state: group.sent[i] as string, ttlMs };
      });
      return { changes, entries: group.steps.flatMap(({ recorded }) => recorded.map(({ entry }) => entry)) };
    });
    const away = (error: unknown) => {
      this.port.reporter.warn(
        'visitor.store',
        `The visitors of the fleet are out of reach (${thrownName(error)}).`,
        60_000,
      );
      return undefined;
    };
    // What a store of somebody else's throws at once is as good as a rejection.
    const outcomes = new Promise<readonly VisitorOutcome[]>((resolve) => resolve(store.commit(sent))).catch(away);
    this.#commit = outcomes.then((answers) => {
      this.#commit = undefined;
      this.#conclude(groups, answers);
    });
  }

  #conclude(groups: readonly StepGroup[], outcomes: readonly VisitorOutcome[] | undefined): void {
    const again: Step[] = [];
    const changed = new Set<string>();
    let isReached = false;
    groups.forEach((group, i) => {
      const outcome = readOutcome(outcomes?.[i], group.devices.size);
      const devices = [...group.devices];
      if (outcome?.kind === 'conflict') {
        isReached = true;
        for (const [n, deviceId] of devices.entries()) {
          this.#take(deviceId, outcome.current[n] as StoredVisitor);
          changed.add(deviceId);
        }
        again.push(...group.steps);
        return;
      }
      const isStored = outcome?.kind === 'stored';
      isReached ||= isStored;
      devices.forEach((deviceId, n) => {
        const known = this.#of(deviceId);
        known.stored = group.sent[n] as string;
        if (isStored) known.version = outcome.versions[n] as number;
        this.#setApart(deviceId, known, !isStored);
      });
      this.#accept(group, outcome === undefined);
      for (const deviceId of devices) this.forget(deviceId);
    });
    this.#steps = [...again, ...this.#steps];
    if (again.length > 0) this.#rerun(changed);
    // What went its own way meets the others as soon as that is possible.
    if (isReached) for (const deviceId of this.#apart) this.#meet(deviceId);
    if (this.#isLocal) this.spill();
    if (this.#steps.length > 0) this.#arm(again.length > 0 ? 0 : TICK_MS);
  }

  /** Another process has changed what is known. */
  #take(deviceId: string, { version, state }: StoredVisitor): void {
    const { clock, reporter } = this.port;
    const known = this.#of(deviceId);
    let theirs = readVisitor(state, clock);
    if (theirs === undefined) {
      reporter.warn('visitor.damaged', 'What is stored of a visitor makes no sense; it begins anew.', 60_000);
      theirs = new Visitor(Number.NEGATIVE_INFINITY);
    }
    const ours = known.isApart ? readVisitor(known.stored, clock) : undefined;
    known.stored = ours === undefined ? state : visitorText(reconciled(theirs, ours), clock);
    known.version = version;
    this.#setApart(deviceId, known, false);
  }

  #setApart(deviceId: string, known: KnownVisitor, isApart: boolean): void {
    known.isApart = isApart;
    if (isApart) this.#apart.add(deviceId);
    else this.#apart.delete(deviceId);
  }

  #meet(deviceId: string): void {
    this.#apart.delete(deviceId);
    const waits = this.#steps.some(({ devices }) => devices.has(deviceId));
    if (waits || !this.#known.has(deviceId)) return;
    this.#steps.push(emptyStep(deviceId, this.port.clock.monotonic()));
    this.#arm();
  }

  /** All changes that depend on these devices run again, on what is known now. */
  #rerun(changed: Set<string>): void {
    connected(changed, this.#steps);
    for (const deviceId of changed) {
      const known = this.#of(deviceId);
      known.visitor = readVisitor(known.stored, this.port.clock) ?? new Visitor(Number.NEGATIVE_INFINITY);
    }
    for (const step of this.#steps) {
      if ([...step.devices].some((device) => changed.has(device))) this.#runAgain(step);
    }
  }

  /** What came of the calls counts. @param here their entries are queued in this process */
  #accept(group: StepGroup, here: boolean): void {
    for (const { recorded, refused } of group.steps) {
      if (here) for (const { entry, rollUp } of recorded) this.port.queue(entry, rollUp);
      for (const reason of refused) this.port.refuse(reason);
    }
  }
}

/** A change of nothing: for the commit that comes of it. */
function emptyStep(deviceId: string, at: number): Step {
  return {
    ...{ whom: new ScopeTarget({ deviceId, idType: 0 }), change: () => {}, devices: new Set([deviceId]), at },
    ...{ isActivity: false, transaction: undefined, entries: new Map(), isFirst: false, recorded: [], refused: [] },
  };
}

/** An outcome as it has to be; undefined for anything else, which is as good as none. */
function readOutcome(outcome: VisitorOutcome | undefined, devices: number): VisitorOutcome | undefined {
  if (outcome?.kind === 'stored') return outcome.versions.length === devices ? outcome : undefined;
  if (outcome?.kind === 'conflict') return outcome.current.length === devices ? outcome : undefined;
  return outcome?.kind === 'apart' ? outcome : undefined;
}
