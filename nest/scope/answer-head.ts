import { read } from '../identity/request-values.js';

/** What an answer's head can be changed through. */
export interface HeadWriter {
  readonly headersSent?: boolean;
  writeHead?(...args: unknown[]): unknown;
  getHeader?(name: string): unknown;
  appendHeader?(name: string, value: string): unknown;
  setHeader?(name: string, value: string | readonly string[]): unknown;
}

type Fields = Record<string, unknown> | readonly unknown[];

/**
 * Adds a cookie to an answer at the last moment, when all of its other headers stand: on an answer that a shared cache may
 * keep it would become everybody's. Express and Fastify both come through `writeHead`, and Fastify hands its headers over
 * there.
 */
export function setCookieLate(response: HeadWriter, cookie: () => string): void {
  const { writeHead } = response;
  if (typeof writeHead !== 'function' || response.headersSent === true) return;
  let added = false;
  response.writeHead = function (this: HeadWriter, ...args: unknown[]) {
    if (!added) {
      added = true;
      // Whatever it is that fails here, the answer goes out.
      args = read(() => withCookie(response, args, cookie())) ?? args;
    }
    return writeHead.apply(this, args);
  };
}

function withCookie(response: HeadWriter, args: unknown[], cookie: string): unknown[] {
  const last = args.length - 1;
  const given = args[last];
  const fields = typeof given === 'object' && given !== null ? (given as Fields) : undefined;
  const header = (name: string) => fieldOf(fields, name) ?? response.getHeader?.(name);
  if (isShared(header)) return args;
  const cookies = fieldOf(fields, 'set-cookie');
  if (fields === undefined || cookies === undefined) {
    append(response, cookie);
    return args;
  }
  return [...args.slice(0, last), replaced(fields, [cookies, cookie].flat())];
}

/** Node before 18.3, and doubles of its response, have no `appendHeader`. */
function append(response: HeadWriter, cookie: string): void {
  if (typeof response.appendHeader === 'function') response.appendHeader('Set-Cookie', cookie);
  else response.setHeader?.('Set-Cookie', [response.getHeader?.('Set-Cookie') ?? [], cookie].flat() as string[]);
}

/** Headers come as an object, as pairs, or as names and values in turn. */
function pairsOf(fields: Fields): readonly (readonly [string, unknown])[] {
  if (!Array.isArray(fields)) return Object.entries(fields);
  if (Array.isArray(fields[0])) return fields as [string, unknown][];
  return fields.flatMap((name: unknown, i) => (i % 2 === 0 ? [[String(name), fields[i + 1] as unknown] as const] : []));
}

function fieldOf(fields: Fields | undefined, name: string): unknown {
  if (fields === undefined) return undefined;
  const values = pairsOf(fields).flatMap(([key, value]) => (key.toLowerCase() === name ? value : []));
  return values.length > 1 ? values : values[0];
}

function replaced(fields: Fields, cookies: readonly unknown[]): Record<string, unknown> | unknown[] {
  const others = pairsOf(fields).filter(([name]) => name.toLowerCase() !== 'set-cookie');
  // A list may hold a name twice, and Node takes each value of it for itself.
  if (Array.isArray(fields)) return [...others, ...cookies.map((one) => ['Set-Cookie', one] as const)].flat();
  return { ...Object.fromEntries(others), 'Set-Cookie': cookies };
}

/**
 * Whether a cache between here and the browser may keep the answer (RFC 9111 §3, RFC 9213). A lifetime alone is enough for
 * that; `private` and `no-store` forbid it.
 */
function isShared(header: (name: string) => unknown): boolean {
  for (const name of ['cdn-cache-control', 'surrogate-control']) {
    const control = textOf(header(name));
    if (control !== '' && !/\bno-store\b|\bprivate\b/.test(control)) return true;
  }
  const control = textOf(header('cache-control'));
  if (/\bno-store\b|\bprivate\b(?!\s*=)/.test(control)) return false;
  if (/\bpublic\b|\bimmutable\b|\bs-maxage\s*=/.test(control)) return true;
  if (/\bmax-age\s*=/.test(control)) return /\bmax-age\s*=\s*"?0*[1-9]/.test(control);
  return Date.parse(textOf(header('expires'))) > Date.now();
}

function textOf(value: unknown): string {
  return value === undefined || value === null ? '' : String(value).toLowerCase();
}
