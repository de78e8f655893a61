import { thrownName } from '../check.js';

/** What a `requestOptions` function gets to see and may change. */
export interface OutgoingOptions {
  /** For reading; connections are opened to the configured server only. */
  readonly method: 'POST';
  /** For reading. */
  readonly host: string;
  /** For reading. */
  readonly port: number;
  /** Request target with base path and query, starting with a slash. May be changed. */
  path: string;
  /** Request headers, names in lower case. May be changed, added to, or replaced. */
  headers: Record<string, string>;
}

/**
 * Extra settings for each request: an object with headers to add, or a function that changes the outgoing options (in
 * place, or by returning new ones) as `http_options` of the official SDK does.
 */
export type RequestOptions =
  | { readonly headers?: Readonly<Record<string, string>> }
  // biome-ignore lint/suspicious/noConfusingVoidType: a hook that changes its argument in place returns nothing
  | ((outgoing: OutgoingOptions) => Partial<OutgoingOptions> | undefined | void);

/** These describe the bytes on the wire or the connection, which only the transport knows. */
const OWN = new Set(['content-length', 'transfer-encoding', 'connection', 'keep-alive', 'upgrade', 'expect']);

/** Applies the user's request options; with a broken hook the request goes out as it was. */
export function applyRequestOptions(
  base: OutgoingOptions,
  options: RequestOptions | undefined,
  warn: (message: string) => void,
): { path: string; headers: Record<string, string> } {
  if (options === undefined) return base;
  try {
    if (typeof options !== 'function') return { path: base.path, headers: merged(base.headers, options.headers ?? {}) };
    const draft: OutgoingOptions = { ...base, headers: { ...base.headers } };
    const returned = options(draft) ?? undefined;
    const path = returned?.path ?? draft.path;
    if (typeof path !== 'string' || !/^\/[\x21-\x7e]*$/.test(path)) throw new TypeError('path is no request target');
    return { path, headers: merged({}, returned?.headers ?? draft.headers) };
  } catch (error) {
    warn(`\`requestOptions\` failed (${thrownName(error)}); requests go out without it.`);
    return base;
  }
}

function merged(base: Record<string, string>, extra: Readonly<Record<string, unknown>>): Record<string, string> {
  const { validateHeaderName, validateHeaderValue } = process.getBuiltinModule('node:http');
  const headers = { ...base };
  for (const [name, value] of Object.entries(extra)) {
    const key = name.toLowerCase();
    if (value === undefined || value === null || OWN.has(key)) continue;
    validateHeaderName(key);
    validateHeaderValue(key, String(value));
    headers[key] = String(value);
  }
  return headers;
}
