import { createHmac, randomUUID } from 'node:crypto';
import type { ConfigProblem } from '../../lib/index.js';
import { signatureOf, signedWith } from '../signature.js';
import type { CookieAttributes } from './cookies.js';

/** Settings of `anonymous: 'cookie'`. The cookie is `HttpOnly`, and `Secure` when the request came by HTTPS. */
export interface AnonymousOptions {
  /** Name of the cookie. @default 'countly_device' */
  readonly cookie?: string | undefined;
  /** Seconds the browser keeps it. @default 31536000 (a year) */
  readonly maxAge?: number | undefined;
  /** Below which path browsers send it. @default '/' */
  readonly path?: string | undefined;
  /** Whose hosts get it. @default the host of the request only */
  readonly domain?: string | undefined;
  /** Whether other sites' requests carry it. @default 'Lax' */
  readonly sameSite?: 'Lax' | 'Strict' | 'None' | undefined;
  /**
   * When a `fromUser` resolver names the visitor, tell Countly once that the two are the same person, and take the cookie
   * back. Off, a login begins a new person, as on a shared computer.
   * @default true
   */
  readonly merge?: boolean | undefined;
  /** `Secure` attribute. @default as the request came */
  readonly secure?: boolean | undefined;
  /**
   * Signs the cookie, so that nobody can name another visitor's or a user's id in it; at least 32 characters, the same in
   * every process. Of a list the first signs and all are accepted, so that a secret can be replaced.
   * @default made of app key and salt. Without a salt that is no secret where browsers use the same app key: give one then
   */
  readonly secret?: string | readonly string[] | undefined;
}

/** The cookie with its defaults. */
export interface AnonymousCookie extends CookieAttributes {
  readonly secure: boolean | undefined;
  readonly merge: boolean;
  readonly secrets: readonly [string, ...string[]];
  /** False when the secret is made of what browsers may know. */
  readonly isSecret: boolean;
}

/** A visitor of an earlier answer. */
export interface KnownVisitor {
  readonly id: string;
  /** Signed with the secret that signs now; with another one the cookie is to be set anew. */
  readonly isCurrent: boolean;
}

/** What a signature is for is part of what is signed: that of a carrier never fits here. */
const PURPOSE = 'countly-weave.visitor.';
const OWN_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** @internal what no browser would keep, though each setting for itself is right. */
export function cookieProblems({ anonymous }: { readonly anonymous?: unknown }): ConfigProblem[] {
  const { cookie, path, domain, sameSite, secure } = Object(anonymous) as AnonymousOptions;
  const name = typeof cookie === 'string' ? cookie : '';
  const isHostOnly = name.startsWith('__Host-');
  const needsSecure = sameSite === 'None' || isHostOnly || name.startsWith('__Secure-');
  const problems: ConfigProblem[] = [];
  const wants = (option: string, expected: string, value: unknown) =>
    problems.push({ option: `anonymous.${option}`, expected, actual: told(value) });
  if (needsSecure && secure !== true)
    wants('secure', 'true: browsers ask for it beside this `sameSite` or name', secure);
  if (isHostOnly && (path ?? '/') !== '/') wants('path', '"/" for a cookie named __Host-', path);
  if (isHostOnly && domain !== undefined) wants('domain', 'none for a cookie named __Host-', domain);
  return problems;
}

/** Of what is neither a text nor a flag only the type: it may be anything, by mistake also a secret. */
function told(value: unknown): string {
  if (value === undefined) return 'nothing';
  return typeof value === 'string' || typeof value === 'boolean'
    ? JSON.stringify(value)
    : `a value of type ${typeof value}`;
}

/** @internal fills in the defaults. Without a secret, one is made of the application's key and salt. */
export function anonymousCookie(options: AnonymousOptions, appKey = '', salt = ''): AnonymousCookie {
  return {
    name: options.cookie ?? 'countly_device',
    maxAge: options.maxAge ?? 31_536_000,
    path: options.path ?? '/',
    domain: options.domain,
    sameSite: options.sameSite ?? 'Lax',
    secure: options.secure,
    merge: options.merge ?? true,
    secrets: [options.secret ?? secretOf(appKey, salt)].flat() as unknown as AnonymousCookie['secrets'],
    isSecret: options.secret !== undefined || salt !== '',
  };
}

function secretOf(appKey: string, salt: string): string {
  return createHmac('sha256', PURPOSE + salt)
    .update(appKey.trim())
    .digest('base64url');
}

/** @internal what stands in the cookie of a visitor. */
export function cookieValue(id: string, { secrets }: AnonymousCookie): string {
  return `${id}.${signatureOf(PURPOSE + id, secrets[0])}`;
}

/** @internal the visitor of a cookie. Only ids of our own making are taken back: everybody can send any text. */
export function visitorOf(value: string | undefined, { secrets }: AnonymousCookie): KnownVisitor | undefined {
  const dot = value?.indexOf('.') ?? -1;
  if (value === undefined || dot === -1) return undefined;
  const id = value.slice(0, dot);
  if (!OWN_ID.test(id)) return undefined;
  const secret = signedWith(PURPOSE + id, value.slice(dot + 1), secrets);
  return secret === -1 ? undefined : { id, isCurrent: secret === 0 };
}

/** @internal an id for a visitor who has none; concurrent requests can never get the same. */
export function newVisitorId(): string {
  return randomUUID();
}
