import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { readCookie } from './cookies.js';
import type { Customer, Customers } from './customers.js';

/** Who is served. */
export interface Visitor {
  /** Also the device id in Countly: the customer's, or a random mark of this browser that says nothing about the person. */
  readonly id: string;
  /** The browser did not know its id yet. */
  readonly isNew: boolean;
  /** Who logged in. */
  readonly customer: Customer | undefined;
  /** Asked not to be counted. */
  readonly optedOut: boolean;
}

export const VISITOR_COOKIE = 'visitor';
export const LOGIN_COOKIE = 'login';
export const VISITOR_HEADER = 'x-visitor-id';
export const CONSENT_COOKIE = 'consent';
export const CONSENT_HEADER = 'x-consent';

const VISITOR_ID = /^[\w-]{1,64}$/;
/** Everybody can send any id. A customer's is only believed with a login. */
const CUSTOMER_ID = /^customer-/;

/** Customers say who they are by their login, programs by header, other browsers by cookie; anybody else is new. */
export function visitorOf(request: IncomingMessage, customers: Customers): Visitor {
  const customer = customers.of(readCookie(request, LOGIN_COOKIE));
  const known = [customer?.id, ...marksOf(request)].find((id) => id !== undefined);
  const consent = request.headers[CONSENT_HEADER] ?? readCookie(request, CONSENT_COOKIE);
  return { id: known ?? randomUUID(), isNew: known === undefined, customer, optedOut: consent === 'none' };
}

function marksOf(request: IncomingMessage): string[] {
  return [request.headers[VISITOR_HEADER], readCookie(request, VISITOR_COOKIE)].filter(isVisitorId);
}

function isVisitorId(value: unknown): value is string {
  return typeof value === 'string' && VISITOR_ID.test(value) && !CUSTOMER_ID.test(value);
}
