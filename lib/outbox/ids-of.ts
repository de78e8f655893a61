import type { Entry } from '../protocol/entry.js';

/**
 * The entries' ids. Not with `map`, which gives arrays of another kind once it is compiled, so that all that reads them
 * would be compiled anew; and not with `push`, which makes room for 17.
 */
export function idsOf(entries: readonly Entry[]): number[] {
  const ids = new Array<number>(entries.length);
  for (let i = 0; i < ids.length; i++) ids[i] = (entries[i] as Entry).id;
  return ids;
}
