/**
 * Reads one cookie from a `Cookie` header: the first of that name that is not empty, else the first. Written for the hot
 * path: most requests ask for one name, so nothing is parsed into a map and the header is scanned once.
 */
export function readCookie(header: string | undefined, name: string): string | undefined {
  let empty: string | undefined;
  const filled = findCookie(header, name, (value) => {
    if (value !== '') return value;
    empty = value;
    return undefined;
  });
  return filled ?? empty;
}

/** More of one name come from nobody who means well. */
const MOST_OF_A_NAME = 16;

/**
 * What `accept` makes of the first cookie of this name that it takes. There may be several: another path or a domain above
 * has its own of each name, browsers send all of them, and nothing tells which one was set here.
 */
export function findCookie<T>(
  header: string | undefined,
  name: string,
  accept: (value: string) => T | undefined,
): T | undefined {
  if (header === undefined) return undefined;
  let from = 0;
  let left = MOST_OF_A_NAME;
  let equals = header.indexOf('=');
  while (from < header.length && equals !== -1 && left > 0) {
    let end = header.indexOf(';', from);
    if (end === -1) end = header.length;
    // Not looked for anew before it was passed: a header of semicolons alone would be read to its end for each of them.
    if (equals < from) equals = header.indexOf('=', from);
    if (equals !== -1 && equals < end && header.slice(from, equals).trim() === name) {
      const accepted = accept(decoded(header.slice(equals + 1, end).trim()));
      if (accepted !== undefined) return accepted;
      left--;
    }
    from = end + 1;
  }
  return undefined;
}

function decoded(raw: string): string {
  const text = raw.length > 1 && raw.startsWith('"') && raw.endsWith('"') ? raw.slice(1, -1) : raw;
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** What a cookie of ours is set with. */
export interface CookieAttributes {
  readonly name: string;
  /** Seconds. */
  readonly maxAge: number;
  readonly path: string;
  readonly domain: string | undefined;
  readonly sameSite: 'Lax' | 'Strict' | 'None';
}

/** A `Set-Cookie` value that scripts of the page cannot read. */
export function writeCookie(attributes: CookieAttributes, value: string, secure: boolean): string {
  const { name, maxAge, path, domain, sameSite } = attributes;
  const scope = domain === undefined ? '' : `; Domain=${domain}`;
  return `${name}=${value}; Max-Age=${maxAge}; Path=${path}${scope}; HttpOnly; SameSite=${sameSite}${secure ? '; Secure' : ''}`;
}
