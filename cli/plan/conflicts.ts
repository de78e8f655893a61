import type { PlanEntry } from '../../lib/internal.js';
import type { Catalogued } from '../load/load-application.js';
import { positionOf } from '../load/source-position.js';
import { definedSegments, type PlannedSegments, shapeText } from './planned-segments.js';

type Source = PlanEntry['source'];

/** One way in which a key is defined. */
interface Definition extends PlannedSegments {
  readonly source: Source;
}

/** What stands for an entry of a catalogue, whichever catalogue it is in. */
export function definitionName(kind: PlanEntry['kind'], key: string): string {
  return `${kind === 'timed-event' ? 'event' : kind} ${key}`;
}

/** What catalogues define in ways that cannot both be true, with both of them in words, by {@link definitionName}. */
export function conflictingDefinitions(catalogues: readonly Catalogued[], root: string): ReadonlyMap<string, string> {
  const definitions = new Map<string, Definition[]>();
  for (const { kind, entries, frames } of catalogues) {
    const source = positionOf(frames, undefined, root) ?? null;
    for (const [key, defined] of entries) {
      const name = definitionName(kind, key);
      definitions.set(name, [...(definitions.get(name) ?? []), { ...definedSegments(defined), source }]);
    }
  }
  const found = new Map<string, string>();
  for (const [name, all] of definitions) {
    const [one, other] =
      all.flatMap((one) => all.filter((other) => differ(one, other)).map((other) => [one, other]))[0] ?? [];
    if (one !== undefined && other !== undefined) {
      found.set(name, `catalogues define it in two ways, ${textOf(one)} and ${textOf(other)}`);
    }
  }
  return found;
}

function differ(one: Definition, other: Definition): boolean {
  return Object.keys({ ...one.segments, ...other.segments }).some((name) => {
    const [here, there] = [one.segments[name], other.segments[name]];
    // What is computed when it is recorded may have any name.
    if (here === undefined) return !one.more;
    if (there === undefined) return !other.more;
    if (here.type === 'unknown' || there.type === 'unknown') return false;
    const said = ({ type, optional = false, values }: typeof here) => JSON.stringify([type, optional, values]);
    return said(here) !== said(there);
  });
}

function textOf({ segments, more, source }: Definition): string {
  const place = source === null ? 'an unknown file' : `${source.file}:${source.line}`;
  return `{ ${shapeText(segments, more)} } in ${place}`;
}
