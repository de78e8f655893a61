import { isObject } from '../protocol/json.js';
import type { SqlDatabase } from '../sql/sql.js';
import { againstPlan } from './plan-check.js';
import type { PlanEntry } from './tracking-plan.js';

/** What came under one key, and how it fits the plan. */
export interface PlanVerdict {
  readonly kind: PlanEntry['kind'];
  readonly key: string;
  readonly good: number;
  readonly bad: number;
  /** What is wrong, the most frequent first. */
  readonly problems: readonly { readonly problem: string; readonly count: number }[];
}

/** Everything that came so far, compared with the plan. */
export interface PlanReport {
  readonly good: number;
  readonly bad: number;
  /** Keys with something wrong first. */
  readonly keys: readonly PlanVerdict[];
  /** Planned, and never seen. */
  readonly unseen: readonly Pick<PlanEntry, 'kind' | 'key' | 'description' | 'owner'>[];
}

interface Tally {
  readonly kind: PlanEntry['kind'];
  readonly key: string;
  good: number;
  bad: number;
  readonly problems: Map<string, number>;
}

/** Keys and problems may be made of data. */
const MOST_KEYS = 5000;
const MOST_PROBLEMS = 50;
const OTHERS = 'other problems';
/** At a time, so that a full file does not stop the server for long. */
const ROWS = 5000;
/** Made by every view, and no segments of the application. */
const OF_VIEWS = new Set([
  'name',
  'visit',
  'start',
  'segment',
  '_idv',
  'dur',
  'bounce',
  'exit',
  'uvc',
  'view',
  'domain',
  'type',
]);

/** Compares what is stored with a plan. Every row is looked at once, when somebody asks for the first time after it came. */
export class PlanWatch {
  readonly #database: SqlDatabase;
  readonly #entries: readonly PlanEntry[];
  readonly #planned = new Map<string, PlanEntry[]>();
  #tallies = new Map<string, Tally>();
  #seen = { events: 0, traces: 0 };

  constructor(database: SqlDatabase, entries: readonly PlanEntry[]) {
    this.#database = database;
    this.#entries = entries;
    for (const entry of entries) {
      const name = nameOf(entry.kind, entry.key);
      this.#planned.set(name, [...(this.#planned.get(name) ?? []), entry]);
    }
  }

  /** Everything that is stored by now. */
  report(): PlanReport {
    this.#catchUp();
    const keys = [...this.#tallies.values()].map(verdictOf).sort((one, other) => other.bad - one.bad);
    const sum = (of: 'good' | 'bad'): number => keys.reduce((total, verdict) => total + verdict[of], 0);
    const unseen = new Map(
      this.#entries
        .filter(({ kind, key }) => !this.#tallies.has(nameOf(kind, key)))
        .map((entry) => [nameOf(entry.kind, entry.key), entry]),
    );
    return {
      good: sum('good'),
      bad: sum('bad'),
      keys,
      unseen: [...unseen.values()].map(({ kind, key, description, owner }) => ({ kind, key, description, owner })),
    };
  }

  /** Everything is looked at anew; after the database was emptied. */
  forget(): void {
    this.#tallies = new Map();
    this.#seen = { events: 0, traces: 0 };
  }

  #catchUp(): void {
    const events = this.#database.prepare<{ id: number; key: string; segmentation: string | null }>(
      'SELECT id, key, segmentation FROM events WHERE id > ? ORDER BY id LIMIT ?',
    );
    for (let rows = events.all(this.#seen.events, ROWS); rows.length > 0; rows = events.all(this.#seen.events, ROWS)) {
      for (const { id, key, segmentation } of rows) {
        this.#seen.events = id;
        this.#event(key, segmentsOf(segmentation));
      }
    }
    const traces = this.#database.prepare<{ id: number; name: string }>(
      'SELECT id, name FROM traces WHERE id > ? ORDER BY id LIMIT ?',
    );
    for (let rows = traces.all(this.#seen.traces, ROWS); rows.length > 0; rows = traces.all(this.#seen.traces, ROWS)) {
      for (const { id, name } of rows) {
        this.#seen.traces = id;
        this.#count('trace', name, {});
      }
    }
  }

  #event(key: string, segments: Readonly<Record<string, unknown>>): void {
    if (key === '[CLY]_view') {
      // Its end says nothing new.
      if (Number(segments['visit']) !== 1) return;
      const own = Object.entries(segments).filter(([name]) => !OF_VIEWS.has(name));
      return this.#count('view', String(segments['name']), Object.fromEntries(own));
    }
    if (!key.startsWith('[CLY]_') || this.#planned.has(nameOf('event', key))) this.#count('event', key, segments);
  }

  #count(kind: PlanEntry['kind'], key: string, segments: Readonly<Record<string, unknown>>): void {
    const name = nameOf(kind, key);
    const problems = againstPlan(this.#planned.get(name), segments);
    let tally = this.#tallies.get(name);
    if (tally === undefined) {
      const known = this.#tallies.size < MOST_KEYS ? key : '(other keys)';
      const slot = known === key ? name : nameOf(kind, known);
      tally = this.#tallies.get(slot) ?? { kind, key: known, good: 0, bad: 0, problems: new Map() };
      this.#tallies.set(slot, tally);
    }
    tally[problems.length === 0 ? 'good' : 'bad'] += 1;
    for (const problem of problems) {
      const told = tally.problems.has(problem) || tally.problems.size < MOST_PROBLEMS ? problem : OTHERS;
      tally.problems.set(told, (tally.problems.get(told) ?? 0) + 1);
    }
  }
}

function nameOf(kind: string, key: string): string {
  return `${kind} ${key}`;
}

function verdictOf({ kind, key, good, bad, problems }: Tally): PlanVerdict {
  const told = [...problems]
    .map(([problem, count]) => ({ problem, count }))
    .sort((one, other) => other.count - one.count);
  return { kind, key, good, bad, problems: told };
}

function segmentsOf(text: string | null): Readonly<Record<string, unknown>> {
  if (text === null) return {};
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}
