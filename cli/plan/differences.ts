import { type PlanEntry, planGroup, type TrackingPlan } from '../../lib/internal.js';

/** One way in which two plans differ. */
export interface Difference {
  readonly kind: 'removed' | 'renamed' | 'retyped' | 'added' | 'changed' | 'defined-twice';
  /** Data that was collected until now, or its meaning, ends with it, or nobody can tell which meaning holds. */
  readonly breaking: boolean;
  /** What it is about: `event checkout`. */
  readonly what: string;
  readonly message: string;
  readonly source: PlanEntry['source'];
}

/** All that stands under one key, wherever it is recorded. */
interface Group {
  readonly what: string;
  readonly entries: readonly PlanEntry[];
}

/** How a plan differs from the one before, what breaks first. */
export function differences(before: TrackingPlan, after: TrackingPlan): Difference[] {
  const [old, current] = [groups(before), groups(after)];
  const removed = [...old.values()].filter(({ what }) => !current.has(what));
  const added = new Set([...current.values()].filter(({ what }) => !old.has(what)));
  const found: Difference[] = [];
  for (const gone of removed) {
    const now = [...added].find((one) => isRenamed(gone, one));
    const source = now?.entries[0]?.source ?? null;
    if (now === undefined)
      found.push({
        kind: 'removed',
        breaking: true,
        what: gone.what,
        message: `is no longer recorded (was ${placesOf(gone)})`,
        source,
      });
    else {
      added.delete(now);
      found.push({
        kind: 'renamed',
        breaking: true,
        what: gone.what,
        message: `is now ${now.what} (${placesOf(now)})`,
        source,
      });
    }
  }
  for (const one of current.values()) {
    const previous = old.get(one.what);
    if (previous !== undefined) found.push(...changes(previous, one));
    else if (added.has(one)) {
      found.push({
        kind: 'added',
        breaking: false,
        what: one.what,
        message: `is new (${placesOf(one)})`,
        source: one.entries[0]?.source ?? null,
      });
    }
  }
  return found.sort((a, b) => Number(b.breaking) - Number(a.breaking));
}

/** What catalogues define in two ways: whatever was accepted, only one of them can be true. */
export function contradictions(plan: TrackingPlan): Difference[] {
  return [...groups(plan).values()].flatMap(({ what, entries }): Difference[] => {
    for (const { risks, source } of entries) {
      const conflict = risks.find(({ code }) => code === 'defined-twice');
      if (conflict !== undefined)
        return [{ kind: 'defined-twice', breaking: true, what, message: conflict.message, source }];
    }
    return [];
  });
}

function groups({ entries }: TrackingPlan): Map<string, Group> {
  const found = new Map<string, Group & { readonly entries: PlanEntry[] }>();
  for (const entry of entries) {
    const what = planGroup(entry);
    const group = found.get(what);
    if (group === undefined) found.set(what, { what, entries: [entry] });
    else group.entries.push(entry);
  }
  return found;
}

function placesOf({ entries }: Group): string {
  return entries
    .map(({ class: of, method, source }) =>
      method === null ? `catalogue, ${source?.file ?? '?'}` : `${of ?? '?'}.${method}`,
    )
    .join(', ');
}

/** The same kind of decorator on the same method. */
function isRenamed(gone: Group, now: Group): boolean {
  const kindOf = ({ what }: Group): string => what.slice(0, what.indexOf(' '));
  if (kindOf(gone) !== kindOf(now)) return false;
  return gone.entries.some(
    (old) => old.method !== null && now.entries.some((one) => one.class === old.class && one.method === old.method),
  );
}

function changes(before: Group, after: Group): Difference[] {
  const source = after.entries[0]?.source ?? null;
  const found: Difference[] = [];
  const add = (kind: Difference['kind'], breaking: boolean, message: string) =>
    found.push({ kind, breaking, what: after.what, message, source });
  const isTimed = ({ entries }: Group): boolean => entries.some(({ kind }) => kind === 'timed-event');
  if (isTimed(before) !== isTimed(after))
    add('retyped', true, isTimed(after) ? 'carries a duration now' : 'carries no duration any more');
  const [old, now] = [segmentsOf(before), segmentsOf(after)];
  for (const [name, was] of old) {
    const is = now.get(name);
    if (is === undefined) add('retyped', true, `lost segment "${name}"`);
    else if (is !== was && is !== 'unknown' && was !== 'unknown')
      add('retyped', true, `segment "${name}" was ${was} and is ${is}`);
  }
  for (const name of now.keys()) if (!old.has(name)) add('changed', false, `has a new segment "${name}"`);
  const consent = after.entries[0]?.consent;
  if (before.entries[0]?.consent !== undefined && consent !== before.entries[0].consent) {
    add('changed', false, `needs consent to ${consent} in place of ${before.entries[0].consent}`);
  }
  return found;
}

function segmentsOf({ entries }: Group): Map<string, string> {
  const found = new Map<string, string>();
  for (const { segments } of entries) {
    for (const [name, { type }] of Object.entries(segments))
      if ((found.get(name) ?? 'unknown') === 'unknown') found.set(name, type);
  }
  return found;
}
