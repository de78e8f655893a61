/** Addresses are read against it as a browser would read them against the shop. */
const SHOP = 'http://shop.invalid';

/**
 * A path of this shop, or its home page for anything else: a redirect to wherever somebody asks for would help phishing.
 * Browsers take `/\host` and `/<tab>/host` for addresses of another host, so the text is read as they read it.
 */
export function ownPath(given: unknown): string {
  if (typeof given !== 'string' || !given.startsWith('/') || !URL.canParse(given, SHOP)) return '/';
  const { origin, pathname, search, hash } = new URL(given, SHOP);
  // What is left of `/.//host` is a path that is an address when it is read again.
  return origin === SHOP && !pathname.startsWith('//') ? pathname + search + hash : '/';
}
