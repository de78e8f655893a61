import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { readCookie } from './cookies.js';

/** Who is served. */
export interface Visitor {
  /** Also the device id in Countly: a random mark of this browser, nothing about the person. */
  readonly id: string;
  /** The browser did not know its id yet. */
  readonly isNew: boolean;
  /** Asked not to be counted. */
  readonly optedOut: boolean;
}

export const VISITOR_COOKIE = 'visitor';
export const VISITOR_HEADER = 'x-visitor-id';
export const CONSENT_COOKIE = 'consent';
export const CONSENT_HEADER = 'x-consent';

const VISITOR_ID = /^[\w-]{1,64}$/;

/** Programs say who they are by header, browsers by cookie; anybody else is new. */
export function visitorOf(request: IncomingMessage): Visitor {
  const known = [request.headers[VISITOR_HEADER], readCookie(request, VISITOR_COOKIE)].find(isVisitorId);
  const consent = request.headers[CONSENT_HEADER] ?? readCookie(request, CONSENT_COOKIE);
  return { id: known ?? randomUUID(), isNew: known === undefined, optedOut: consent === 'none' };
}

function isVisitorId(value: unknown): value is string {
  return typeof value === 'string' && VISITOR_ID.test(value);
}
