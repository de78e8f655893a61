import { countableParts } from '../ingest/repetition.js';
import type { Check, OutcomeSubject } from './check.js';

export const REPETITION_CHECKS: ReadonlyArray<Check<OutcomeSubject>> = [
  {
    row: 64,
    find: ({ entry, isRepetition }) => {
      if (!isRepetition) return undefined;
      const { noted, unnoted } = countableParts(entry);
      const parts = [...noted, ...unnoted];
      if (parts.length === 0) return undefined;
      const why = entry.parameters['rr'] || noted.length > 0 ? 'another request came in between' : 'it has no "rr"';
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
];
