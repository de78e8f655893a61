import { described, isList, isObject, member } from '../check.js';
import { type ConfigProblem, CountlyConfigError } from '../errors.js';
import type { ConsentFeature } from '../protocol/entry.js';

/** One segment of an entry, or a further number of a trace. */
export interface PlannedSegment {
  /** Type of its values. */
  readonly type: 'string' | 'number' | 'boolean' | 'unknown';
  /** Whether it may be missing. */
  readonly optional?: boolean | undefined;
  /** The only values it may have. */
  readonly values?: readonly (string | number | boolean)[] | undefined;
  /** Where that is known from. */
  readonly from: 'catalogue' | 'decorator' | 'parameter' | 'class';
}

/** Something about an entry that may go wrong. */
export interface PlanRisk {
  /** What it is, for code. */
  readonly code:
    | 'key-too-long'
    | 'dots'
    | 'dropped-key'
    | 'duplicate'
    | 'defined-twice'
    | 'high-cardinality'
    | 'too-many-segments'
    | 'too-many-keys'
    | 'no-client'
    | 'dynamic-key'
    | 'retyped';
  /** What it is, for people. */
  readonly message: string;
}

/** One decorator on one method, or an entry of a catalogue that no decorator stands for. */
export interface PlanEntry {
  /** What is recorded. */
  readonly kind: 'event' | 'timed-event' | 'view' | 'trace' | 'error' | 'breadcrumb';
  /** What it is recorded under; null when only a running program knows, and for errors and breadcrumbs. */
  readonly key: string | null;
  /** Where the key comes from. */
  readonly keyFrom: 'given' | 'default' | 'dynamic';
  /** Null for what is recorded by a call, or not at all. */
  readonly decorator: string | null;
  /** Null for what is recorded by a call. */
  readonly class: string | null;
  /** Null for what is recorded by a call. */
  readonly method: string | null;
  /** Where it stands; null when that is not known. */
  readonly source: { readonly file: string; readonly line: number } | null;
  /** What it is broken down by, by name. */
  readonly segments: Readonly<Record<string, PlannedSegment>>;
  /** Further segments are computed when the method runs. */
  readonly moreSegments: boolean;
  /** Whether it adds a number up. */
  readonly sum: boolean;
  /** What the person must have agreed to. */
  readonly consent: ConsentFeature;
  /** When it is recorded. */
  readonly moment: 'call' | 'success' | 'error' | 'settle' | null;
  /** Share of the calls that are recorded. */
  readonly sample: number;
  /** Recorded only under a condition. */
  readonly conditional: boolean;
  /** Name of the client, when the decorator names one. */
  readonly client: string | null;
  /** As the catalogue says. */
  readonly description: string | null;
  /** Whom to ask, as the catalogue says. */
  readonly owner: string | null;
  /** What may go wrong with it. */
  readonly risks: readonly PlanRisk[];
}

/** What an application records, as `npx countly-weave plan` writes it. */
export interface TrackingPlan {
  /** Of the format. */
  readonly version: 1;
  /** One for each decorator, and for each definition that no decorator records. */
  readonly entries: readonly PlanEntry[];
}

/** What tells entries apart: a timed event is an event, and errors are told by their method. */
export function planGroup({ kind, key, class: className, method }: PlanEntry): string {
  const group = kind === 'timed-event' ? 'event' : kind;
  return `${group} ${key ?? `${className ?? ''}.${method ?? ''}`}`;
}

/** A plan out of a parsed file, as far as anybody reads it; a CountlyConfigError says what is wrong with it. */
export function readTrackingPlan(given: unknown, name = 'plan'): TrackingPlan {
  const problems: ConfigProblem[] = [];
  const entries = member(given, 'entries');
  if (member(given, 'version') !== 1 || !isList(entries)) {
    const actual = isObject(given) ? `version ${described(member(given, 'version'), 'plain')}` : described(given);
    problems.push({ option: name, expected: 'a tracking plan { "version": 1, "entries": […] }', actual });
  } else {
    entries.forEach((entry, index) => {
      const where = `${name}.entries[${index}]`;
      const key = member(entry, 'key');
      if (typeof member(entry, 'kind') !== 'string') {
        problems.push({ option: `${where}.kind`, expected: 'a text', actual: described(member(entry, 'kind')) });
      }
      if (key !== null && typeof key !== 'string') {
        problems.push({ option: `${where}.key`, expected: 'a text or null', actual: described(key) });
      }
      const segments = member(entry, 'segments');
      if (
        !isObject(segments) ||
        !Object.values(segments).every((segment) => typeof member(segment, 'type') === 'string')
      ) {
        problems.push({
          option: `${where}.segments`,
          expected: 'an object of segments by name',
          actual: described(segments),
        });
      }
    });
  }
  if (problems.length > 0) throw new CountlyConfigError(problems);
  return given as TrackingPlan;
}

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
