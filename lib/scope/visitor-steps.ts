import type { Visitor } from '../features/visitor.js';
import type { VisitorChange } from '../features/visitor-state.js';
import type { DropReason } from '../outbox/ledger.js';
import type { EntryDraft } from '../protocol/entry.js';
import type { RollUp } from '../protocol/roll-up.js';
import type { ScopeTarget } from './scope-target.js';
import type { Transaction } from './transaction.js';

/** An entry, and what it may merge with where it waits in this process. */
export interface Recorded {
  readonly entry: EntryDraft;
  readonly rollUp: RollUp | undefined;
}

/** One call that is not committed: what it changes, and what came of that when it ran last. */
export interface Step {
  readonly whom: ScopeTarget;
  readonly change: VisitorChange;
  /** The devices it changes. */
  readonly devices: Set<string>;
  /** When it was made: monotonic clock, milliseconds. */
  readonly at: number;
  /** Whether it is an activity of the visitor. */
  readonly isActivity: boolean;
  /** What holds its entries until it has ended; they are no part of the step. */
  readonly transaction: Transaction | undefined;
  /** Entries by what was recorded: hooks of the application see each once. */
  readonly entries: Map<string, EntryDraft | undefined>;
  /** It runs for the first time, in the caller's call. */
  isFirst: boolean;
  recorded: Recorded[];
  /** Calls that did not become an entry. */
  refused: DropReason[];
}

/** What is known of a visitor who is shared. */
export interface KnownVisitor {
  /** With the effects of all steps that are not committed. */
  visitor: Visitor;
  /** The version of {@link stored}; 0 while nothing is known. */
  version: number;
  /** Without them. */
  stored: string;
  /** Something of it never came to the store, whose state may have gone another way. */
  isApart: boolean;
}

/** Steps that have to be committed in one piece. */
export interface StepGroup {
  readonly devices: Set<string>;
  readonly steps: Step[];
  /** The states as they were sent, in the order of the devices. */
  sent: string[];
}

/** Steps that share a device belong together. */
export function grouped(steps: readonly Step[]): StepGroup[] {
  const groups = new Map<string, StepGroup>();
  for (const step of steps) {
    const parts = new Set([...step.devices].flatMap((device) => groups.get(device) ?? []));
    const [group = { devices: new Set<string>(), steps: [], sent: [] }, ...others] = parts;
    for (const other of others) group.steps.push(...other.steps);
    // Two rows become one, in the order of the calls.
    if (others.length > 0) group.steps.sort((one, other) => steps.indexOf(one) - steps.indexOf(other));
    group.steps.push(step);
    for (const device of [...others.flatMap(({ devices }) => [...devices]), ...step.devices]) group.devices.add(device);
    for (const device of group.devices) groups.set(device, group);
  }
  return [...new Set(groups.values())];
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
