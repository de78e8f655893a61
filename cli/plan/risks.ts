import {
  counted,
  featureOfKey,
  internalFault,
  LONGEST_KEY,
  type PlanEntry,
  type PlanRisk,
  strippedKey,
} from '../../lib/internal.js';
import type { ApplicationGraph } from '../load/application-graph.js';

type Entry = Omit<PlanEntry, 'risks'>;

/** Limits of a server as it comes (docs/protocol.md §4.2). */
const MOST_KEYS = 500;
const MOST_SEGMENTS = 100;
const LONGEST_NAME = 128;
/** Names that say that nearly every record has a value of its own. */
const IDENTIFIES =
  /(^|[_-])(id|uuid|guid|email|e_mail|phone|token|session|ip|url|uri|path|timestamp|time|date|query)$|(Id|Uuid|Guid|Email|Token|Url|Uri|Path|Timestamp|Date|At)$/;

/**
 * Entries with what may go wrong.
 *
 * @param conflicting those that catalogues define in two ways, with both of them in words
 */
export function withRisks(
  entries: readonly Entry[],
  graph: ApplicationGraph,
  conflicting: ReadonlyMap<Entry, string>,
): PlanEntry[] {
  const events = entries.filter(isEvent);
  const keys = new Set(events.map(({ key }) => key).filter((key) => key !== null));
  return entries.map((entry) => ({
    ...entry,
    risks: [
      ...ofKey(entry),
      ...ofSegments(entry, entries),
      ...ofNeighbours(entry, entries),
      ...ofClient(entry, graph),
      ...ofDefinitions(conflicting.get(entry)),
      ...(isEvent(entry) && keys.size > MOST_KEYS && entry.key === [...keys][MOST_KEYS]
        ? [
            risk(
              'too-many-keys',
              `${counted(keys.size, 'key')} of events; a server ignores new ones beyond ${MOST_KEYS}`,
            ),
          ]
        : []),
    ],
  }));
}

function isEvent({ kind }: Entry): boolean {
  return kind === 'event' || kind === 'timed-event';
}

function risk(code: PlanRisk['code'], message: string): PlanRisk {
  return { code, message };
}

function ofKey(entry: Entry): PlanRisk[] {
  const { key, kind } = entry;
  const isDynamic = entry.keyFrom === 'dynamic';
  if (key === null) return isDynamic ? [risk('dynamic-key', 'only a running program knows the key')] : [];
  const found = isDynamic ? [risk('dynamic-key', 'code that ran several times made the key: there may be others')] : [];
  const longest = isEvent(entry) ? LONGEST_KEY : LONGEST_NAME;
  if (key.length > longest)
    found.push(risk('key-too-long', `${counted(key.length, 'character')}; it is cut to ${longest}`));
  if (!isEvent(entry)) return found;
  if (key.includes('.'))
    found.push(risk('dots', 'the overview of a server cannot show dots in keys; "_" takes their place'));
  const kept = strippedKey(key);
  if (kept !== key)
    found.push(
      risk(
        'dropped-key',
        kept === '' ? 'nothing is left of the key, so it is dropped' : `a server would cut it to "${kept}"`,
      ),
    );
  const names = Object.fromEntries(
    Object.keys(entry.segments).map((name) => [name, name === 'i' ? 'x'.repeat(24) : name]),
  );
  const given =
    Object.keys(names).length > 0 || entry.moreSegments ? { name: 'x', i: 'x'.repeat(24), ...names } : undefined;
  const fault =
    featureOfKey(key, undefined) === undefined ? 'only the server may use this key' : internalFault(key, given);
  if (fault !== undefined && kind !== 'view') found.push(risk('dropped-key', `it is dropped: ${fault}`));
  return found;
}

function ofSegments(entry: Entry, entries: readonly Entry[]): PlanRisk[] {
  const names = Object.keys(entry.segments);
  const found: PlanRisk[] = [];
  if (names.length > MOST_SEGMENTS)
    found.push(
      risk(
        'too-many-segments',
        `${counted(names.length, 'segment')}; a server ignores new ones beyond ${MOST_SEGMENTS}`,
      ),
    );
  if (entry.kind === 'trace' || entry.kind === 'error') return found;
  for (const [name, { type, values }] of Object.entries(entry.segments)) {
    if (values !== undefined || type === 'boolean') continue;
    if (IDENTIFIES.test(name))
      found.push(risk('high-cardinality', `segment "${name}" may have more values than the 1000 a server keeps`));
  }
  for (const [name, { type }] of Object.entries(entry.segments)) {
    const other = entries.find((one) => isSame(one, entry) && isOther(type, one.segments[name]?.type));
    if (other !== undefined)
      found.push(
        risk('retyped', `segment "${name}" is a ${type} here and a ${other.segments[name]?.type} in ${placeOf(other)}`),
      );
  }
  return found;
}

function isOther(type: string, other: string | undefined): boolean {
  return other !== undefined && other !== 'unknown' && type !== 'unknown' && type !== other;
}

function isSame(one: Entry, other: Entry): boolean {
  return one !== other && one.key === other.key && (isEvent(one) ? isEvent(other) : one.kind === other.kind);
}

function ofNeighbours(entry: Entry, entries: readonly Entry[]): PlanRisk[] {
  if (entry.key === null || entry.decorator === null) return [];
  const others = entries.filter((other) => isSame(other, entry));
  if (others.length === 0) return [];
  const places = others.slice(0, 3).map(placeOf).join(', ');
  return [risk('duplicate', `also recorded by ${places}${others.length > 3 ? ' and others' : ''}`)];
}

function placeOf({ class: of, method, source }: Entry): string {
  return method === null ? `the catalogue in ${source?.file ?? 'an unknown file'}` : `${of ?? '?'}.${method}`;
}

function ofDefinitions(conflict: string | undefined): PlanRisk[] {
  return conflict === undefined ? [] : [risk('defined-twice', conflict)];
}

function ofClient(entry: Entry, { clients, hasModules }: ApplicationGraph): PlanRisk[] {
  if (!hasModules || entry.decorator === null) return [];
  const name = entry.client ?? 'default';
  if (clients.has(name)) return [];
  const what =
    name === 'default' ? 'CountlyModule.forRoot() without a name' : `CountlyModule.forRoot({ name: '${name}' })`;
  return [risk('no-client', `no client reaches it: no module that was loaded imports ${what}`)];
}
