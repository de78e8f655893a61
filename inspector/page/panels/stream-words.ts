import { duration, plural } from '../lib/format.js';
import type { LiveRecord, RecordKind } from '../lib/live.js';

export interface Words {
  readonly title: string;
  readonly notes: readonly string[];
  readonly chips: unknown;
}

type Data = Readonly<Record<string, unknown>>;
type Note = string | false | null | undefined;
interface Told {
  readonly title: string;
  readonly notes?: readonly Note[];
  readonly chips?: unknown;
}

const SESSION: Readonly<Record<string, string>> = {
  begin: 'Session began',
  resumed: 'Session resumed',
  extend: 'Session goes on',
  end: 'Session ended',
};

const TELL: Readonly<Record<RecordKind, (data: Data) => Told>> = {
  event: ({ key, count, sum, dur, segmentation }) => ({
    title: String(key),
    notes: [
      typeof count === 'number' && count !== 1 && `× ${count}`,
      typeof sum === 'number' && `sum ${sum}`,
      typeof dur === 'number' && duration(dur * 1000),
    ],
    chips: parsed(segmentation),
  }),
  view: ({ name, duration: seconds, ended, segmentation, landing }) => ({
    title: String(name),
    notes:
      segmentation === undefined && ended
        ? [`left after ${duration(Number(seconds ?? 0) * 1000)}`]
        : [landing ? 'landing' : 'visit', typeof seconds === 'number' && duration(seconds * 1000)],
  }),
  session: ({ state, seconds, endedBy, duration: total, ended_at: endedAt, resumed, metrics }) => ({
    title: typeof state === 'string' ? (SESSION[state] ?? state) : endedAt ? 'Session ended' : 'Session began',
    notes: [
      typeof seconds === 'number' && `+ ${duration(seconds * 1000)}`,
      typeof total === 'number' && total > 0 && duration(total * 1000),
      typeof endedBy === 'string' && endedBy,
      Boolean(resumed) && 'resumed',
    ],
    chips: state === 'begin' ? parsed(metrics) : undefined,
  }),
  crash: ({ name, nonfatal, app_version: version }) => ({
    title: String(name),
    notes: [nonfatal ? 'handled' : 'fatal', typeof version === 'string' && `app ${version}`],
  }),
  trace: ({ name, duration: ms, response_code: code }) => ({
    title: String(name),
    notes: [typeof ms === 'number' && duration(ms), typeof code === 'number' && String(code)],
  }),
  problem: ({ title, message, occurrences }) => ({
    title: String(title),
    notes: [String(message ?? ''), typeof occurrences === 'number' && occurrences > 1 && `× ${occurrences}`],
  }),
  consent: ({ given, refused }) => ({
    title: lengthOf(given) === 0 ? 'nothing agreed to' : `agreed to ${(given as unknown[]).join(', ')}`,
    notes: [lengthOf(refused) > 0 && `not to ${plural(lengthOf(refused), 'other')}`],
  }),
  profile: ({ details }) => ({ title: 'User details', chips: details }),
};

/** A row of the stream in words. */
export function wordsOf({ kind, data }: LiveRecord): Words {
  const { title, notes = [], chips } = TELL[kind](data);
  return { title, notes: notes.filter((note): note is string => typeof note === 'string' && note !== ''), chips };
}

/** The stream carries JSON as text, the lists as values. */
function parsed(any: unknown): unknown {
  if (typeof any !== 'string') return any;
  try {
    return JSON.parse(any);
  } catch {
    return undefined;
  }
}

function lengthOf(any: unknown): number {
  return Array.isArray(any) ? any.length : 0;
}
