import type { Entry } from '../ingest/entry.js';
import { countableParts } from '../ingest/repetition.js';
import type { Check, OutcomeSubject } from './check.js';

function countedParts(entry: Entry): string[] {
  const { noted, unnoted } = countableParts(entry);
  return [...noted, ...unnoted];
}

export const REPETITION_CHECKS: ReadonlyArray<Check<OutcomeSubject>> = [
  {
    row: 64,
    find: ({ entry, repetition }) => {
      if (repetition !== 'same') return undefined;
      const parts = countedParts(entry);
      if (parts.length === 0) return undefined;
      const wasNoted = entry.parameters['rr'] || countableParts(entry).noted.length > 0;
      const why = wasNoted ? 'another request came in between' : 'it has no "rr"';
      return `the same request counted again, as ${why}: ${parts.join(', ')}`;
    },
  },
  {
    row: 69,
    find: ({ entry, isNoted }) => {
      if (isNoted) return undefined;
      const { unnoted } = countableParts(entry);
      return unnoted.length === 0 ? undefined : `without "rr": ${unnoted.join(', ')}`;
    },
  },
  {
    row: 76,
    find: ({ entry, repetition }) => {
      if (typeof repetition === 'string') return undefined;
      const parts = countedParts(entry);
      if (parts.length === 0) return undefined;
      const { rrBefore, rr } = repetition;
      return `the same request in JSON counted again, as its "rr" was ${rrBefore} and is ${rr}: ${parts.join(', ')}`;
    },
  },
];
