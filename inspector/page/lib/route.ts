import { batch, computed, signal } from '@preact/signals';

/** Where one is: a panel, what it is about, and filters; all of it stands in the address. */
export interface Place {
  readonly panel: string;
  /** What follows the panel in the address: a device, an event key. */
  readonly item: string | undefined;
  readonly query: Readonly<Record<string, string>>;
}

/** Names of an address that was given out before a panel was called otherwise. */
const OTHER_NAMES: Readonly<Record<string, string>> = { devices: 'people', '': 'overview', profiles: 'people' };

export const place = signal<Place>(parsePlace(location.hash));
/** What the drawer shows: `request/12`. */
export const opened = computed(() => place.value.query['open']);

export function parsePlace(hash: string): Place {
  const [path = '', search = ''] = splitOnce(hash.replace(/^#\/?/, ''), '?');
  const [name = '', item] = splitOnce(path, '/');
  const panel = decoded(name);
  const query = Object.fromEntries(new URLSearchParams(search));
  // A request is looked at beside the list it stands in.
  if (panel === 'requests' && item)
    return { panel, item: undefined, query: { ...query, open: `request/${decoded(item)}` } };
  return { panel: OTHER_NAMES[panel] ?? panel, item: item ? decoded(item) : undefined, query };
}

/** The address of a place; what is empty is left out. */
export function hrefTo(panel: string, item?: string, query: Readonly<Record<string, string | undefined>> = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value) search.set(name, value);
  const text = search.toString();
  return `#${panel}${item === undefined ? '' : `/${encodeURIComponent(item)}`}${text === '' ? '' : `?${text}`}`;
}

/** The same place with other filters; `undefined` removes one. */
export function hrefWith(changes: Readonly<Record<string, string | undefined>>): string {
  const { panel, item, query } = place.value;
  return hrefTo(panel, item, { ...query, ...changes });
}

/** Changes filters without a step in the history: nobody wants to go back letter by letter. */
export function setQuery(changes: Readonly<Record<string, string | undefined>>): void {
  history.replaceState(null, '', hrefWith(changes));
  arrive();
}

/** Goes there, so that "back" leads here. */
export function go(href: string): void {
  if (href === location.hash) return;
  history.pushState(null, '', href);
  arrive();
}

export function openDrawer(kind: string, id: string | number): void {
  go(hrefWith({ open: `${kind}/${id}` }));
}

export function closeDrawer(): void {
  if (opened.value !== undefined) go(hrefWith({ open: undefined }));
}

function arrive(): void {
  batch(() => {
    place.value = parsePlace(location.hash);
  });
}

export function watchAddress(): void {
  addEventListener('hashchange', arrive);
  addEventListener('popstate', arrive);
}

/** An address may be typed by hand and a query be anything: what cannot be decoded is taken as it stands. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
