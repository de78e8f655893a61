import { readFileSync } from 'node:fs';
import { counted, isObject } from '../check.js';
import { againstPlan, readTrackingPlan, type TrackingPlan } from '../plan/tracking-plan.js';
import {
  type ExpectedEntry,
  type ExpectedError,
  type ExpectedEvent,
  type ExpectedTrace,
  fits,
  type MatcherResult,
  same,
  shownEntry,
  shownValue,
} from './expected.js';
import { matchGoldenFlow } from './golden-flow.js';
import { type RecordedEntry, recordedEntries } from './recorded-entries.js';

/** The matchers, for the types of a test framework: `interface Matchers extends CountlyMatchers {}`. All are to be awaited. */
export interface CountlyMatchers {
  /** An event was recorded under this key. */
  toHaveTracked(key: string, expected?: ExpectedEvent): Promise<void>;
  /** An event was recorded under this key with the time it took. */
  toHaveTimed(key: string, expected?: ExpectedEvent): Promise<void>;
  /** A view of this name began. */
  toHaveViewed(name: string, expected?: ExpectedEntry): Promise<void>;
  /** An error was reported whose name and message are this text, match it, or that is of this class. */
  toHaveReported(error?: string | RegExp | ErrorClass | Error, expected?: ExpectedError): Promise<void>;
  /** A trace of this name was reported. */
  toHaveTraced(name: string, expected?: ExpectedTrace): Promise<void>;
  /** No event, view, error or trace was recorded. */
  toHaveTrackedNothing(): Promise<void>;
  /** Every event and view is in the tracking plan, with its segments; a plan or the path of its file. */
  toMatchPlan(plan: TrackingPlan | string): Promise<void>;
  /** What was recorded is what the file says: not one more, less or changed. `--update` writes the file. */
  toMatchGoldenFlow(file: string): Promise<void>;
}

/** A class of errors. */
export type ErrorClass = abstract new (...args: never[]) => Error;

/** The matchers as `expect.extend` takes them. */
export type CountlyMatcherFunctions = {
  readonly [Name in keyof CountlyMatchers]: (
    received: unknown,
    ...args: Parameters<CountlyMatchers[Name]>
  ) => Promise<MatcherResult>;
};

interface Search {
  readonly what: string;
  readonly is: (entry: RecordedEntry) => boolean;
  readonly expected: ExpectedEntry | ExpectedTrace;
}

const MOST_SHOWN = 20;

/**
 * Matchers for `expect.extend` of Vitest and Jest; {@link assertCountly} has them for `node:test`. They send what waits
 * before they look, so they are awaited.
 *
 * @example
 * ```ts
 * import { countlyMatchers } from 'countly-weave/testing';
 * import { expect } from 'vitest';
 *
 * expect.extend({ ...countlyMatchers });
 * ```
 */
export const countlyMatchers: CountlyMatcherFunctions = {
  toHaveTracked: (received, key, expected = {}) =>
    search(received, { what: `event "${key}"`, is: ({ kind, name }) => kind === 'event' && name === key, expected }),
  toHaveTimed: (received, key, expected = {}) =>
    search(received, {
      what: `timed event "${key}"`,
      is: ({ kind, name, fields }) => kind === 'event' && name === key && fields['dur'] !== undefined,
      expected,
    }),
  toHaveViewed: (received, name, expected = {}) =>
    search(received, { what: `view "${name}"`, is: (entry) => entry.kind === 'view' && entry.name === name, expected }),
  toHaveReported: (received, error, expected = {}) =>
    search(received, {
      what:
        error === undefined
          ? 'error'
          : `error ${typeof error === 'function' ? error.name : shownValue(error instanceof Error ? error.message : error)}`,
      is: (entry) => entry.kind === 'error' && isError(entry.name, error),
      expected,
    }),
  toHaveTraced: (received, name, expected = {}) =>
    search(received, {
      what: `trace "${name}"`,
      is: (entry) => entry.kind === 'trace' && entry.name === name,
      expected,
    }),

  async toHaveTrackedNothing(received) {
    const came = (await recordedEntries(received)).filter(({ kind }) => kind !== 'request' && kind !== 'view-end');
    const pass = came.length === 0;
    return {
      pass,
      message: () =>
        pass ? 'expected something to be recorded, but nothing was' : `expected nothing, but came:\n${list(came)}`,
    };
  },

  async toMatchPlan(received, plan) {
    const known =
      typeof plan === 'string'
        ? readTrackingPlan(JSON.parse(readFileSync(plan, 'utf8')), plan)
        : readTrackingPlan(plan);
    const problems = (await recordedEntries(received)).flatMap((entry) => {
      const { kind, name, segmentation } = entry;
      if ((kind !== 'event' && kind !== 'view' && kind !== 'trace') || name.startsWith('[CLY]_')) return [];
      return againstPlan(known, { kind, name, segmentation }).map((problem) => `  ${kind} "${name}" ${problem}`);
    });
    const pass = problems.length === 0;
    return {
      pass,
      message: () =>
        pass
          ? 'expected something that is not in the plan, but all of it is'
          : `expected what the plan says, but:\n${[...new Set(problems)].join('\n')}`,
    };
  },

  async toMatchGoldenFlow(this: unknown, received, file) {
    return matchGoldenFlow(await recordedEntries(received), file, this);
  },
};

async function search(received: unknown, { what, is, expected }: Search): Promise<MatcherResult> {
  if (!isObject(expected)) throw new TypeError(`expected an object such as { segmentation }, got ${typeof expected}.`);
  const came = await recordedEntries(received);
  const found = came.filter((entry) => is(entry) && fits(entry, expected)).length;
  const { times, ...fields } = expected;
  const pass = times === undefined ? found > 0 : found === times;
  const wanted = `${what}${Object.keys(fields).length > 0 ? ` with ${shownValue(fields)}` : ''}${typeof times === 'number' ? ` ${count(times)}` : ''}`;
  const message = (): string => {
    if (pass) return `expected no ${wanted}, but came:\n${list(came.filter(is))}`;
    const close = came.filter(is);
    const shown = close.length > 0 ? close : came;
    const head = `expected ${wanted}, got it ${count(found)}`;
    return shown.length === 0 ? `${head}; nothing was recorded at all` : `${head}; what came instead:\n${list(shown)}`;
  };
  return { pass, message };
}

function isError(name: string, wanted: string | RegExp | ErrorClass | Error | undefined): boolean {
  if (wanted === undefined) return true;
  if (wanted instanceof RegExp) return wanted.test(name);
  if (typeof wanted === 'string') return name.includes(wanted);
  if (wanted instanceof Error) return name.includes(wanted.message);
  if (typeof wanted === 'function') return name === wanted.name || name.startsWith(`${wanted.name}:`);
  return same(wanted, name);
}

function count(times: number): string {
  return times === 0 ? 'never' : times === 1 ? 'once' : counted(times, 'time');
}

function list(entries: readonly RecordedEntry[]): string {
  const lines = entries.slice(0, MOST_SHOWN).map((entry) => `  ${shownEntry(entry)}`);
  return [...lines, ...(entries.length > MOST_SHOWN ? [`  and ${entries.length - MOST_SHOWN} more`] : [])].join('\n');
}
