/** What the server wants of events, segments and user properties (docs/protocol.md §10.5). */
export interface Filters {
  /** Whether a custom event of this key is recorded. */
  event(key: string): boolean;
  /** Which segments an event keeps; undefined when all. */
  segments(eventKey: string): ((name: string) => boolean) | undefined;
  userProperty(name: string): boolean;
}

/** Lists as they come from the server. A whitelist makes the blacklist of its kind meaningless. */
export interface FilterLists {
  readonly eb?: readonly string[];
  readonly ew?: readonly string[];
  readonly upb?: readonly string[];
  readonly upw?: readonly string[];
  readonly sb?: readonly string[];
  readonly sw?: readonly string[];
  readonly esb?: Readonly<Record<string, readonly string[]>>;
  readonly esw?: Readonly<Record<string, readonly string[]>>;
}

type Test = (name: string) => boolean;

/** Lets everything through. */
export const NO_FILTERS: Filters = { event: () => true, segments: () => undefined, userProperty: () => true };

/** Filters of these lists. */
export function createFilters(lists: FilterLists): Filters {
  const all = testOf(lists.sw, lists.sb);
  const perEvent = new Map<string, Test | undefined>();
  for (const key of new Set([...Object.keys(lists.esw ?? {}), ...Object.keys(lists.esb ?? {})])) {
    perEvent.set(key, both(all, testOf(lists.esw?.[key], lists.esw === undefined ? lists.esb?.[key] : undefined)));
  }
  return {
    event: testOf(lists.ew, lists.eb) ?? NO_FILTERS.event,
    segments: (eventKey) => (perEvent.size > 0 && perEvent.has(eventKey) ? perEvent.get(eventKey) : all),
    userProperty: testOf(lists.upw, lists.upb) ?? NO_FILTERS.userProperty,
  };
}

function testOf(white: readonly string[] | undefined, black: readonly string[] | undefined): Test | undefined {
  if (white !== undefined && white.length > 0) {
    const wanted = new Set(white);
    return (name) => wanted.has(name);
  }
  if (black === undefined || black.length === 0) return undefined;
  const unwanted = new Set(black);
  return (name) => !unwanted.has(name);
}

function both(one: Test | undefined, other: Test | undefined): Test | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return (name) => one(name) && other(name);
}
