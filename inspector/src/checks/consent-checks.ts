import { isObject, show } from '../protocol/json.js';
import type { Check, EntrySubject } from './check.js';

export const CONSENT_CHECKS: ReadonlyArray<Check<EntrySubject>> = [
  {
    row: 51,
    find: ({ entry: { consent } }) => {
      if (consent.state === 'absent') return undefined;
      if (consent.state === 'broken') return `"consent" is not valid JSON: ${show(consent.text)}`;
      if (!isObject(consent.value)) return `"consent" is ${show(consent.value)}, expected an object`;
      return Object.entries(consent.value)
        .filter(([, value]) => typeof value !== 'boolean')
        .map(([feature, value]) => `consent.${feature} is ${show(value)}`);
    },
  },
];
