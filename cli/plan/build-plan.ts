import { featureOfKey, type PlanEntry, type TrackingPlan } from '../../lib/internal.js';
import { applicationGraph } from '../load/application-graph.js';
import type { Catalogued, Decorated, LoadedApplication } from '../load/load-application.js';
import { applicationFrame, classBefore, positionOf } from '../load/source-position.js';
import { conflictingDefinitions, definitionName } from './conflicts.js';
import { decoratedSegments, definedSegments, type PlannedSegments } from './planned-segments.js';
import { withRisks } from './risks.js';

const MOMENTS = {
  event: 'success',
  'timed-event': 'success',
  view: 'call',
  trace: 'settle',
  error: 'error',
  breadcrumb: 'call',
} as const;
const FEATURES = { view: 'views', trace: 'apm', error: 'crashes', breadcrumb: 'crashes' } as const;

type Kind = PlanEntry['kind'];
type Entry = Omit<PlanEntry, 'risks'>;
type Options = Readonly<Record<string, unknown>>;

/** The plan of what was loaded; files are told from `root`. */
export function buildPlan({ decorated, catalogues, exported }: LoadedApplication, root: string): TrackingPlan {
  const graph = applicationGraph(exported);
  const entries: Entry[] = [];
  const conflicts = conflictingDefinitions(catalogues, root);
  const conflicting = new Map<Entry, string>();
  const computed = computedKeys(decorated);
  for (const one of decorated) {
    const holder = graph.holders.get(one.wrapper) ?? ownerClass(one.site.owner);
    const source = positionOf(one.frames, one.site.methodName, root);
    const className = nameOf(holder) ?? (source === undefined ? undefined : classBefore(source, root));
    for (const weaving of one.weavings) {
      const { kind } = weaving;
      if (!(kind in MOMENTS)) continue;
      const prefix = graph.prefixes.get(holder) ?? '';
      const given = entryOf({ one, weaving, className, source, prefix, catalogues });
      const entry: Entry = computed.has(one) ? { ...given, keyFrom: 'dynamic' } : given;
      entries.push(entry);
      const conflict = conflicts.get(definitionName(entry.kind, weaving.key ?? ''));
      if (conflict !== undefined) conflicting.set(entry, conflict);
    }
  }
  for (const entry of notDecorated(catalogues, entries, root)) {
    entries.push(entry);
    const conflict = conflicts.get(definitionName(entry.kind, entry.key ?? ''));
    if (conflict !== undefined) conflicting.set(entry, conflict);
  }
  return { version: 1, entries: withRisks(entries.sort(byKey), graph, conflicting) };
}

/** Decorators in one place of one method that have different keys: code that runs several times makes them. */
function computedKeys(decorated: readonly Decorated[]): Set<Decorated> {
  const places = new Map<string, Decorated[]>();
  for (const one of decorated) {
    const frame = applicationFrame(one.frames);
    if (frame === undefined || one.weavings.every(({ key }) => key === undefined)) continue;
    const decorators = one.weavings.map(({ decorator }) => decorator).join();
    const place = [frame.file, frame.line, frame.column, one.site.methodName, decorators].join('\n');
    places.set(place, [...(places.get(place) ?? []), one]);
  }
  const keysOf = (ones: readonly Decorated[]) =>
    new Set(ones.map(({ weavings }) => weavings.map(({ key }) => key).join('\n')));
  // Two decorators of one kind on one method have one wrapper.
  const wrappersOf = (ones: readonly Decorated[]) => new Set(ones.map(({ wrapper }) => wrapper));
  return new Set([...places.values()].filter((ones) => keysOf(ones).size > 1 && wrappersOf(ones).size > 1).flat());
}

interface Found {
  readonly one: Decorated;
  readonly weaving: Decorated['weavings'][number];
  readonly className: string | undefined;
  readonly source: PlanEntry['source'] | undefined;
  readonly prefix: string;
  readonly catalogues: readonly Catalogued[];
}

function entryOf({ one, weaving, className, source, prefix, catalogues }: Found): Entry {
  const { site } = one;
  const options = weaving.options as Options;
  const kind = weaving.kind as Kind;
  const isKeyed = kind !== 'error' && kind !== 'breadcrumb';
  const fallback = className === undefined ? undefined : `${className}_${site.methodName}`;
  const bare = isKeyed ? (weaving.key ?? fallback) : undefined;
  const isEvent = kind === 'event' || kind === 'timed-event';
  const key = bare === undefined ? null : isEvent ? prefix + bare : bare;
  const defined = weaving.key === undefined ? undefined : definitionOf(catalogues, kind, weaving.key);
  const { segments, more } = segmentsOf(kind, options, site, defined);
  return {
    kind,
    key,
    keyFrom: weaving.key !== undefined ? 'given' : fallback === undefined && isKeyed ? 'dynamic' : 'default',
    decorator: weaving.decorator,
    class: className ?? null,
    method: site.methodName,
    source: source ?? null,
    segments: sorted(segments),
    moreSegments: more,
    sum: options['sum'] !== undefined,
    consent: consentOf(kind, key),
    moment: (options['on'] as PlanEntry['moment'] | undefined) ?? MOMENTS[kind],
    sample: typeof options['sample'] === 'number' ? options['sample'] : 1,
    conditional: options['when'] !== undefined,
    client: typeof options['client'] === 'string' ? options['client'] : null,
    description: defined?.description ?? null,
    owner: defined?.owner ?? null,
  };
}

function segmentsOf(
  kind: Kind,
  options: Options,
  { owner, key }: Decorated['site'],
  defined: Definition,
): PlannedSegments {
  if (defined !== undefined) return definedSegments(defined);
  if (kind === 'trace') return { segments: {}, more: options['metrics'] !== undefined };
  if (kind === 'breadcrumb') return { segments: {}, more: false };
  return decoratedSegments(options['segmentation'], owner, key);
}

type Definition = ReturnType<typeof definitionOf>;

function definitionOf(catalogues: readonly Catalogued[], kind: Kind, key: string) {
  const wanted = kind === 'timed-event' ? 'event' : kind;
  return catalogues.find((catalogue) => catalogue.kind === wanted && catalogue.entries.has(key))?.entries.get(key);
}

/** What a catalogue has and no decorator records: calls do, or nobody does. */
function notDecorated(catalogues: readonly Catalogued[], entries: readonly Entry[], root: string): Entry[] {
  const present = new Set(entries.map(({ kind, key }) => definitionName(kind, key ?? '')));
  return catalogues.flatMap(({ kind, entries: defined, frames }) =>
    [...defined].flatMap(([key, definition]): Entry[] => {
      if (present.has(definitionName(kind, key))) return [];
      const { segments, more } = definedSegments(definition);
      return [
        {
          ...{ kind, key, keyFrom: 'given', decorator: null, class: null, method: null },
          source: positionOf(frames, undefined, root) ?? null,
          segments: sorted(segments),
          moreSegments: more,
          sum: false,
          consent: consentOf(kind, key),
          ...{ moment: null, sample: 1, conditional: false, client: null },
          description: definition.description ?? null,
          owner: definition.owner ?? null,
        },
      ];
    }),
  );
}

function consentOf(kind: Kind, key: string | null): PlanEntry['consent'] {
  if (kind !== 'event' && kind !== 'timed-event') return FEATURES[kind];
  return featureOfKey(key ?? '', undefined) ?? 'events';
}

function ownerClass(owner: object | undefined): unknown {
  return typeof owner === 'function' ? owner : owner?.constructor;
}

function nameOf(type: unknown): string | undefined {
  return typeof type === 'function' && type !== Object && type.name !== '' ? type.name : undefined;
}

function sorted<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** The same application gives the same text, in whatever order its files are loaded. */
function byKey(one: Entry, other: Entry): number {
  const text = ({ kind, key, class: of, method, decorator }: Entry) => [kind, key, of, method, decorator].join('\n');
  return text(one) < text(other) ? -1 : 1;
}
