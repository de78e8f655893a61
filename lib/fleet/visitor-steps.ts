import type { VisitorChange } from '../features/visitor-state.js';
import type { DropReason } from '../outbox/ledger.js';
import type { VisitorChangeSet } from '../outbox/visitor-store.js';
import type { EntryDraft } from '../protocol/entry.js';
import type { RollUp } from '../protocol/roll-up.js';
import { ScopeTarget } from '../scope/scope-target.js';
import type { Transaction } from '../scope/transaction.js';

/** An entry, and what it may merge with where it waits in this process. */
export interface Recorded {
  readonly entry: EntryDraft;
  readonly rollUp: RollUp | undefined;
}

/** One call that is not committed: what it changes, and what came of that when it ran last. A class: each record makes one. */
export class Step {
  /** The devices it changes. */
  readonly devices: Set<string>;
  /** Entries by what was recorded: hooks of the application see each once. */
  readonly entries = new Map<string, EntryDraft | undefined>();
  /** It runs for the first time, in the caller's call. */
  isFirst = true;
  /** It threw then, and was counted. */
  hasThrown = false;
  recorded: Recorded[] = [];
  /** Calls that did not become an entry. */
  refused: DropReason[] = [];

  /**
   * @param at when it was made: monotonic clock, milliseconds
   * @param transaction what holds its entries until it has ended; they are no part of the step
   */
  constructor(
    readonly whom: ScopeTarget,
    readonly change: VisitorChange,
    readonly at: number,
    readonly transaction: Transaction | undefined,
  ) {
    this.devices = new Set([whom.deviceId]);
  }
}

/** Steps that have to be committed in one piece. */
export interface StepGroup {
  readonly devices: Set<string>;
  readonly steps: Step[];
  /** The states as they were sent. */
  sent: readonly VisitorChangeSet[];
}

/** A change of nothing, for the commit that comes of it. */
export function emptyStep(deviceId: string, at: number): Step {
  const step = new Step(new ScopeTarget({ deviceId, idType: 0 }), () => {}, at, undefined);
  step.isFirst = false;
  return step;
}

/** Steps that share a device belong together. */
export function grouped(steps: readonly Step[]): StepGroup[] {
  const groups = new Map<string, StepGroup>();
  for (const step of steps) {
    let group: StepGroup | undefined;
    for (const device of step.devices) {
      const known = groups.get(device);
      if (known !== undefined && group !== undefined && known !== group) joinTo(group, known, groups, steps);
      group ??= known;
    }
    group ??= { devices: new Set(), steps: [], sent: [] };
    group.steps.push(step);
    for (const device of step.devices) {
      group.devices.add(device);
      groups.set(device, group);
    }
  }
  return [...new Set(groups.values())];
}

/** Two rows of calls become one, in the order of the calls. */
function joinTo(group: StepGroup, other: StepGroup, groups: Map<string, StepGroup>, order: readonly Step[]): void {
  for (const device of other.devices) {
    group.devices.add(device);
    groups.set(device, group);
  }
  const place = new Map(order.map((step, i) => [step, i]));
  group.steps.push(...other.steps);
  group.steps.sort((one, another) => (place.get(one) ?? 0) - (place.get(another) ?? 0));
}

/** Devices that depend on these through steps that share them. */
export function connected(devices: Set<string>, steps: readonly Step[]): void {
  for (let before = -1; before !== devices.size; ) {
    before = devices.size;
    for (const step of steps) {
      const touches = [...step.devices].some((device) => devices.has(device));
      if (touches) for (const device of step.devices) devices.add(device);
    }
  }
}
