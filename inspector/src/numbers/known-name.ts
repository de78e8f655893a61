/** Names may be made of data. What comes beyond these is counted under one name. */
const MOST_NAMES = 20_000;
export const OTHER_NAMES = '(others)';

/** The name under which this one is counted. */
export function knownName(known: ReadonlyMap<string, unknown>, name: string): string {
  return known.has(name) || known.size < MOST_NAMES ? name : OTHER_NAMES;
}
