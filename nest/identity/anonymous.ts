import { randomUUID } from 'node:crypto';
import type { ConfigProblem } from '../../lib/index.js';
import { type CookieAttributes, readCookie } from './cookies.js';

/** Settings of `anonymous: 'cookie'`. The cookie is `HttpOnly`, and `Secure` when the request came by HTTPS. */
export interface AnonymousOptions {
  /** Name of the cookie. @default 'countly_device' */
  readonly cookie?: string | undefined;
  /** Seconds the browser keeps it. @default 31536000 (a year) */
  readonly maxAge?: number | undefined;
  /** @default '/' */
  readonly path?: string | undefined;
  /** @default the host of the request only */
  readonly domain?: string | undefined;
  /** @default 'Lax' */
  readonly sameSite?: 'Lax' | 'Strict' | 'None' | undefined;
  /**
   * When a `fromUser` resolver names the visitor, tell Countly once that the two are the same person, and take the cookie
   * back. Off, a login begins a new person, as on a shared computer.
   * @default true
   */
  readonly merge?: boolean | undefined;
  /** `Secure` attribute. @default as the request came */
  readonly secure?: boolean | undefined;
}

/** The cookie with its defaults. */
export interface AnonymousCookie extends CookieAttributes {
  readonly secure: boolean | undefined;
  readonly merge: boolean;
}

const OWN_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** @internal what no browser would keep, though each setting for itself is right. */
export function cookieProblems({ anonymous }: { readonly anonymous?: unknown }): ConfigProblem[] {
  const { cookie, path, domain, sameSite, secure } = Object(anonymous) as AnonymousOptions;
  const isHostOnly = String(cookie).startsWith('__Host-');
  const needsSecure = sameSite === 'None' || isHostOnly || String(cookie).startsWith('__Secure-');
  const problems: ConfigProblem[] = [];
  const wants = (option: string, expected: string, value: unknown) =>
    problems.push({ option: `anonymous.${option}`, expected, actual: JSON.stringify(value) ?? 'nothing' });
  if (needsSecure && secure !== true)
    wants('secure', 'true: browsers ask for it beside this `sameSite` or name', secure);
  if (isHostOnly && (path ?? '/') !== '/') wants('path', '"/" for a cookie named __Host-', path);
  if (isHostOnly && domain !== undefined) wants('domain', 'none for a cookie named __Host-', domain);
  return problems;
}

/** @internal fills in the defaults. */
export function anonymousCookie(options: AnonymousOptions): AnonymousCookie {
  return {
    name: options.cookie ?? 'countly_device',
    maxAge: options.maxAge ?? 31_536_000,
    path: options.path ?? '/',
    domain: options.domain,
    sameSite: options.sameSite ?? 'Lax',
    secure: options.secure,
    merge: options.merge ?? true,
  };
}

/** @internal the visitor's id of an earlier visit. Only ids of our own making are taken back. */
export function visitorId(cookieHeader: string | undefined, cookie: AnonymousCookie): string | undefined {
  const id = readCookie(cookieHeader, cookie.name);
  return id !== undefined && OWN_ID.test(id) ? id : undefined;
}

/** @internal an id for a visitor who has none; concurrent requests can never get the same. */
export function newVisitorId(): string {
  return randomUUID();
}
