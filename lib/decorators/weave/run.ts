import { shownError } from '../../logger.js';
import { missingClient, scopeFor, scopeStore } from '../../scope/current.js';
import type { ScopeApi } from '../../scope/scope-api.js';
import { warnOnce } from '../call.js';
import {
  carryFrame,
  closeFrame,
  currentFrame,
  enterFrame,
  type FailureFrame,
  frameGoesOn,
  noteCrossing,
  reportSequence,
} from '../error-trail.js';
import { type Method, makePlan, type Plan, type Step, type WovenCall } from './advice.js';
import { isObserved, observed, observing } from './call-channel.js';
import type { Followed } from './followed.js';
import { isStackFull, recordLate, recordWhatWaits } from './full-stack.js';
import { follow, kindOf } from './results.js';
import type { Woven } from './woven.js';

/**
 * After so many calls that ended with the method, the next one is expected to. Only what goes on after a pause needs its
 * frame carried along, and AsyncLocalStorage takes more time for that from Node 24 on than all else a call needs.
 */
const SURE = 1_000;

const NO_ARGS: readonly unknown[] = Object.freeze([]);

/** For a call that nobody records. */
const NOTHING = makePlan([]);

/** What a wrapper calls in place of the original while there may be somebody to record for. */
export function recordingOf(woven: Woven): Method {
  if (isObserved()) {
    woven.observed ??= observed(woven, makeRecording(woven, makePlan([observing, ...woven.advices])));
    return woven.observed;
  }
  woven.recording ??= makeRecording(woven, makePlan(woven.advices));
  return woven.recording;
}

// Arguments travel as rest parameters that each function uses once, to pass them on: only so does V8 hand them over
// without making an array. One is made where hooks look at arguments, and nowhere else.
function makeRecording(woven: Woven, plan: Plan): Method {
  if (plan.readsArgs) {
    return function (this: unknown, ...args: unknown[]): unknown {
      const scope = scopeFor(this);
      if (scope === undefined && !plan.named) {
        tellMissing(woven, this, undefined);
        return Reflect.apply(woven.original, this, args);
      }
      const run = new Run(woven, plan, scope, this, args);
      const opened = plan.scoping.length === 0 ? undefined : run.open();
      return opened === undefined ? run.perform(...args) : scopeStore.run(opened, () => run.perform(...args));
    };
  }
  return function (this: unknown, ...args: unknown[]): unknown {
    const scope = scopeFor(this);
    const isNobody = scope === undefined && !plan.named;
    if (isNobody) tellMissing(woven, this, undefined);
    return new Run(woven, isNobody ? NOTHING : plan, scope, this, NO_ARGS).perform(...args);
  };
}

/** Says once a name that there is no client of it. While there is none at all, nobody wants to know. */
function tellMissing({ site }: Woven, instance: unknown, name: string | undefined): void {
  const missing = missingClient(name);
  if (missing === undefined) return;
  warnOnce(missing.client, `no client ${name}`, `A decorator on ${site.layer(instance)}: ${missing.problem}`);
}

/** One recorded call, from its first hook to its end. Made for every call, so its fields are plain ones. */
export class Run implements WovenCall, FailureFrame, Followed {
  /** The scope that an advice opened around the method; its later parts run in it too. */
  opened: ScopeApi | undefined = undefined;
  /** The scope of each advice, when some name their client. */
  scopes: readonly (ScopeApi | undefined)[] | undefined = undefined;
  /** What `enter` of each advice gave. */
  states: unknown[] | undefined = undefined;
  /** As a frame; 0 when no advice is framed. */
  id = 0;
  outer = 0;
  startedAt = 0;
  ended = false;
  failed = false;
  value: unknown = undefined;
  durationMs = 0;

  constructor(
    readonly woven: Woven,
    readonly plan: Plan,
    public scope: ScopeApi | undefined,
    readonly instance: unknown,
    readonly args: readonly unknown[],
  ) {}

  get frame(): FailureFrame | undefined {
    return this.id === 0 ? undefined : this;
  }

  get result(): unknown {
    return this.failed ? undefined : this.value;
  }

  get error(): unknown {
    return this.failed ? this.value : undefined;
  }

  get className(): string {
    return this.woven.site.className(this.instance);
  }

  get methodName(): string {
    return this.woven.site.methodName;
  }

  /** Asks the advices for a scope around the call; one that an advice opens is the scope of the others. */
  open(): ScopeApi | undefined {
    for (const advice of this.plan.scoping) {
      try {
        this.opened = advice.opens?.(this.opened ?? this.scope, this) ?? this.opened;
      } catch (error) {
        this.tell(this.scope, 'Preparing a call', error);
      }
    }
    this.scope = this.opened ?? this.scope;
    return this.opened;
  }

  /** Calls the method. What comes of it is followed to its end. */
  perform(...args: unknown[]): unknown {
    const { plan } = this;
    if (plan.named) this.findScopes();
    this.runHooks(plan.entering, false);
    if (plan.framed) {
      this.outer = currentFrame();
      this.id = reportSequence();
    }
    this.begin();
    const { id } = this;
    const carried = id !== 0 && this.woven.endedAtOnce < SURE;
    const before = id === 0 ? 0 : enterFrame(id);
    const carriedBefore = carried ? carryFrame(id) : 0;
    let result: unknown;
    try {
      result = Reflect.apply(this.woven.original, this.instance, args);
    } catch (error) {
      this.settleThrown(error);
      throw error;
    } finally {
      if (id !== 0) enterFrame(before);
      if (carried) carryFrame(carriedBefore);
    }
    const kind = kindOf(result);
    if (kind === 'settled') {
      if (carried) this.woven.endedAtOnce++;
      this.settle(false, result);
      return result;
    }
    if (id !== 0) {
      if (!carried) frameGoesOn(this);
      this.woven.endedAtOnce = Number.NEGATIVE_INFINITY;
    }
    return follow(result as object, kind, this);
  }

  begin(): void {
    if (this.plan.timed) this.startedAt = performance.now();
  }

  again(scope: ScopeApi | undefined): Run {
    const run = new Run(this.woven, this.plan, scope, this.instance, this.args);
    run.opened = this.opened;
    run.states = this.states;
    if (this.plan.named) run.findScopes();
    if (this.id !== 0) run.id = reportSequence();
    run.outer = this.outer;
    run.begin();
    return run;
  }

  resume<T>(work: () => T): T {
    const { opened } = this;
    if (opened === undefined || scopeStore.current() === opened) return this.inFrame(work);
    return scopeStore.run(opened, () => this.inFrame(work));
  }

  private inFrame<T>(work: () => T): T {
    if (this.id === 0) return work();
    const before = enterFrame(this.id);
    const carriedBefore = carryFrame(this.id);
    try {
      return work();
    } finally {
      enterFrame(before);
      carryFrame(carriedBefore);
    }
  }

  /** Whatever it comes to, the caller gets what was thrown. */
  private settleThrown(error: unknown): void {
    try {
      if (!isStackFull(error)) this.settle(true, error);
      else if (!this.ended) recordLate(() => this.settle(true, error));
    } catch {
      // There was no room for as much as that.
    }
  }

  settle(failed: boolean, value: unknown): void {
    if (this.ended) return;
    recordWhatWaits();
    this.ended = true;
    this.failed = failed;
    this.value = value;
    const plan = this.plan;
    const steps = failed ? plan.failing : plan.succeeding;
    if (plan.timed && steps.length > 0) this.durationMs = performance.now() - this.startedAt;
    if (failed) noteCrossing(value, this.woven.site.layer(this.instance));
    this.runHooks(steps, true);
    if (this.id !== 0) closeFrame(this, failed, value);
  }

  private findScopes(): void {
    this.scopes = this.plan.advices.map(({ client }) => {
      const scope = client === undefined ? this.scope : scopeFor(this.instance, client);
      if (scope === undefined) tellMissing(this.woven, this.instance, client);
      return scope;
    });
  }

  private runHooks(steps: readonly Step[], isEnd: boolean): void {
    for (const { advice, index } of steps) {
      const scope = this.scopes === undefined ? this.scope : this.scopes[index];
      if (scope === undefined) continue;
      try {
        const state = isEnd ? advice.settled?.(scope, this, this.states?.[index]) : advice.enter?.(scope, this);
        if (isEnd || state === undefined) continue;
        this.states ??= [];
        this.states[index] = state;
      } catch (error) {
        try {
          this.tell(scope, `Recording a ${advice.kind}`, error);
        } catch {
          // The stack is full.
        }
      }
    }
  }

  private tell(scope: ScopeApi | undefined, what: string, error: unknown): void {
    const subject = `${what} of ${this.woven.site.layer(this.instance)}`;
    warnOnce(scope, subject, `${subject} failed: ${shownError(error)}`);
  }
}
