import { thrownName } from '../check.js';
import type { Visitor } from '../features/visitor.js';
import type { VisitorChange } from '../features/visitor-state.js';
import { withDeadline } from '../outbox/flush.js';
import type { StoredVisitor, VisitorOutcome } from '../outbox/visitor-store.js';
import type { ConsentFeature, EntryDraft } from '../protocol/entry.js';
import type { ScopeTarget } from '../scope/scope-target.js';
import type { Transaction } from '../scope/transaction.js';
import { KnownVisitors } from './known-visitors.js';
import { readOutcome } from './visitor-outcome.js';
import { connected, emptyStep, grouped, Step, type StepGroup } from './visitor-steps.js';
import type { VisitorsPort } from './visitors-port.js';

/** Between what is recorded and its commit, in milliseconds. */
const TICK_MS = 20;
/** Calls that may wait for a store to answer. */
const MOST_STEPS = 10_000;

/**
 * Visitors whom several processes serve. A change runs at once on what is known here, so calls are synchronous. With the next tick
 * the new states and what was recorded are committed. Where another process was quicker, the changes run again on what that one
 * left; so only what comes of the run that is committed is accepted, and counted.
 */
export class FleetVisitors {
  readonly #known: KnownVisitors;
  /** Not committed, in the order of the calls. */
  #steps: Step[] = [];
  #running: Step | undefined;
  #commit: Promise<void> | undefined;
  /** What is on its way to the store. */
  #sending: readonly StepGroup[] = [];
  /** Queues here what is on its way, should it arrive or not. */
  #giveUp = (): void => {};
  #cancelTimer: (() => void) | undefined;
  /** Nothing is committed any more. */
  #isLocal = false;

  constructor(private readonly port: VisitorsPort) {
    this.#known = new KnownVisitors(port.clock, port.reporter, port.ttlMs);
  }

  /** Whether nothing waits to be committed. */
  get isSettled(): boolean {
    return this.#steps.length === 0 && this.#commit === undefined;
  }

  /** What was recorded and is not committed. */
  get waiting(): number {
    const steps = [...this.#sending.flatMap((group) => group.steps), ...this.#steps];
    return steps.reduce((sum, { recorded }) => sum + recorded.reduce((all, { entry }) => all + entry.weight, 0), 0);
  }

  peek(deviceId: string): Visitor | undefined {
    return this.#known.peek(deviceId);
  }

  /**
   * Runs a change, and again as long as others change the same.
   * @param transaction what holds its entries until it has ended
   * @param other a second device that it changes
   */
  change(target: ScopeTarget, change: VisitorChange, transaction?: Transaction, other?: string): void {
    const { deviceId } = target;
    if (this.#running !== undefined) {
      this.#running.devices.add(deviceId);
      return change(this.#known.of(deviceId), target);
    }
    const step = new Step(target.asNow(), change, this.port.clock.monotonic(), transaction);
    if (other !== undefined) step.devices.add(other);
    try {
      this.#run(step);
    } catch (error) {
      // Whoever called counts it.
      step.hasThrown = true;
      throw error;
    } finally {
      // Also what threw half way: as much of it as came true.
      step.isFirst = false;
      this.#steps.push(step);
      if (this.#isLocal) this.spill();
      else this.#arm();
      if (this.#steps.length >= MOST_STEPS) this.#hurry();
    }
  }

  /** The change that runs: what it looks at is all that is known. */
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
    if (this.port.remembers(deviceId)) return;
    const isNeeded = ({ devices }: Step | StepGroup) => devices.has(deviceId);
    if (!this.#steps.some(isNeeded) && !this.#sending.some(isNeeded)) this.#known.delete(deviceId);
  }

  /** Resolves when it is known what other processes know of a visitor. */
  async informed(target: ScopeTarget): Promise<void> {
    this.change(target, () => {});
    await this.settled();
  }

  /** As {@link settled}, for so many milliseconds at most. Resolves with those that are left. */
  async settledWithin(timeout: number): Promise<number> {
    const { clock } = this.port;
    const until = clock.monotonic() + timeout;
    await withDeadline(clock, timeout, ({ reached }) => Promise.race([reached, this.settled()]));
    return Math.max(0, until - clock.monotonic());
  }

  /** Resolves when everything so far is committed, or queued here. */
  async settled(): Promise<void> {
    while (!this.isSettled) {
      this.#commitNow();
      await this.#commit;
    }
  }

  /** What waits is queued here, at once, for the last moment of a process. What is on its way to the store has most likely left. */
  spill(): void {
    const steps = this.#steps;
    this.#steps = [];
    for (const group of grouped(steps)) {
      for (const device of group.devices) this.#known.parted(device, this.#known.changeOf(device).state);
      this.#accept(group, true);
    }
  }

  /** The same, and nobody waits any more for what is on its way. */
  abandon(): void {
    this.#giveUp();
    this.spill();
  }

  /** As {@link spill}, for all that comes. */
  stop(): void {
    this.#isLocal = true;
    this.#cancelTimer?.();
    this.spill();
  }

  #run(step: Step): void {
    step.recorded = [];
    step.refused = [];
    this.#running = step;
    try {
      for (const device of step.devices) this.#known.of(device);
      const visitor = this.#known.of(step.whom.deviceId);
      // Whoever saw them last may be gone as well.
      if (step.at - visitor.lastSeen > this.port.goneMs) this.port.gone(visitor, step.whom, step.at);
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
      if (!step.hasThrown) step.refused.push('invalid');
    }
  }

  /** More waits than a tick can bring: a store that does not answer must not fill the memory. */
  #hurry(): void {
    this.#giveUp();
    this.#commitNow();
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
    const { store } = this.port;
    const sent = groups.map((group) => {
      group.sent = [...group.devices].map((device) => this.#known.changeOf(device));
      return {
        changes: group.sent,
        entries: group.steps.flatMap(({ recorded }) => recorded.map(({ entry }) => entry)),
      };
    });
    // What a store of somebody else's throws at once is as good as a rejection.
    const outcomes = new Promise<unknown>((resolve) => resolve(store.commit(sent)));
    this.#sending = groups;
    this.#commit = new Promise((done) => {
      const ended = (answers: unknown) => {
        // Given up meanwhile.
        if (this.#sending !== groups) return;
        this.#sending = [];
        this.#commit = undefined;
        this.#conclude(groups, answers);
        done();
      };
      this.#giveUp = () => {
        store.abandon?.();
        ended(store.abandon && groups.map((): VisitorOutcome => ({ kind: 'apart' })));
      };
      outcomes.then(ended, (error) => {
        const problem = `The visitors of the fleet are out of reach (${thrownName(error)}).`;
        this.port.reporter.warn('visitor.store', problem, 60_000);
        ended(undefined);
      });
    });
  }

  #conclude(groups: readonly StepGroup[], outcomes: unknown): void {
    const again: Step[] = [];
    const changed = new Set<string>();
    let isReached = false;
    const { clock } = this.port;
    for (const [i, group] of groups.entries()) {
      const outcome = readOutcome(outcomes, i, group.sent);
      isReached ||= outcome?.kind === 'stored' || outcome?.kind === 'conflict';
      for (const [n, { deviceId, state }] of group.sent.entries()) {
        if (outcome?.kind === 'conflict') this.#known.overtaken(deviceId, outcome.current[n] as StoredVisitor);
        else if (outcome?.kind === 'stored') this.#known.stored(deviceId, state, outcome.versions[n] as number);
        else this.#known.parted(deviceId, state);
        if (outcome?.kind === 'conflict') changed.add(deviceId);
      }
      if (outcome?.kind === 'conflict') again.push(...group.steps);
      else this.#accept(group, outcome === undefined);
    }
    this.#steps = [...again, ...this.#steps];
    if (again.length > 0) this.#rerun(changed);
    // What went its own way meets the others as soon as that is possible.
    if (isReached) for (const deviceId of this.#known.apart) this.#steps.push(emptyStep(deviceId, clock.monotonic()));
    for (const { devices } of groups) for (const deviceId of devices) this.forget(deviceId);
    if (this.#isLocal) this.spill();
    if (this.#steps.length > 0) this.#arm(again.length > 0 ? 0 : TICK_MS);
  }

  /** All changes that depend on these devices run again, on what is known now. */
  #rerun(changed: Set<string>): void {
    connected(changed, this.#steps);
    for (const deviceId of changed) this.#known.reset(deviceId);
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
