import type { PlanEntry } from './tracking-plan.js';

/** In what segments do not fit what is planned under a key; empty when they fit one of its entries. */
export function againstPlan(
  entries: readonly PlanEntry[] | undefined,
  given: Readonly<Record<string, unknown>>,
): readonly string[] {
  if (entries === undefined || entries.length === 0) return ['not in the plan'];
  // Several methods may record under one key, each in its own way.
  const problems = entries.map((entry) => problemsWith(entry, given));
  return problems.find((found) => found.length === 0) ?? problems[0] ?? [];
}

function problemsWith({ kind, segments, moreSegments }: PlanEntry, given: Readonly<Record<string, unknown>>): string[] {
  if (kind === 'trace') return [];
  const found: string[] = [];
  for (const [name, { type, optional, values, from }] of segments) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value === undefined) {
      // What a decorator takes from a call may be missing; what a catalogue or the decorator itself says may not.
      if (optional !== true && (from === 'catalogue' || from === 'decorator')) found.push(`lacks segment "${name}"`);
    } else if (type !== 'unknown' && typeof value !== type) {
      found.push(`segment "${name}" is a ${typeof value}, planned is a ${type}`);
    } else if (values !== undefined && !values.includes(value))
      found.push(`segment "${name}" has a value that is not planned`);
  }
  const extra = moreSegments ? [] : Object.keys(given).filter((name) => !segments.has(name));
  return [...found, ...extra.map((name) => `segment "${name.slice(0, 60)}" is not in the plan`)];
}
