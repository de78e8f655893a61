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
