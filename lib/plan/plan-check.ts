import { type PlanEntry, planGroup, type TrackingPlan } from './tracking-plan.js';

/** A record, as far as a plan speaks of it. */
export interface Planned {
  readonly kind: 'event' | 'view' | 'trace';
  readonly name: string;
  readonly segmentation: Readonly<Record<string, unknown>>;
}

/** In what a record does not fit a plan; empty when it fits. Keys are compared as they are sent. */
export function againstPlan(plan: TrackingPlan, { kind, name, segmentation }: Planned): readonly string[] {
  const entries = plan.entries.filter(
    (entry) => entry.key !== null && planGroup({ ...entry, key: sent(entry) }) === `${kind} ${name}`,
  );
  if (entries.length === 0) return ['is not in the plan'];
  // Several methods may record under one key, each in its own way.
  const problems = entries.map((entry) => problemsWith(entry, segmentation));
  return problems.find((one) => one.length === 0) ?? problems[0] ?? [];
}

/** Dots in keys of events become underscores before they leave. */
function sent({ kind, key }: PlanEntry): string | null {
  return kind === 'event' || kind === 'timed-event' ? (key?.replaceAll('.', '_') ?? null) : key;
}

function problemsWith({ kind, segments, moreSegments }: PlanEntry, given: Readonly<Record<string, unknown>>): string[] {
  if (kind === 'trace') return [];
  const found: string[] = [];
  for (const [name, { type, optional, values, from }] of Object.entries(segments)) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value === undefined) {
      // A value that a decorator takes from a call may be missing; what a catalogue asks for may not.
      if (optional !== true && (from === 'catalogue' || from === 'decorator')) found.push(`lacks segment "${name}"`);
    } else if (type !== 'unknown' && typeof value !== type)
      found.push(`segment "${name}" is a ${typeof value}, planned is a ${type}`);
    else if (values !== undefined && !values.includes(value as string))
      found.push(`segment "${name}" has a value that is not planned`);
  }
  if (moreSegments) return found;
  for (const name of Object.keys(given))
    if (!Object.hasOwn(segments, name)) found.push(`segment "${name}" is not in the plan`);
  return found;
}
