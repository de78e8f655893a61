import { setCookie } from './cookies.js';
import type { Customers } from './customers.js';
import type { ShopRequest, ShopResponse } from './http.js';
import { VISITOR_COOKIE, visitorOf } from './visitor.js';

/** First of all middlewares: everything after it, Countly's included, knows who is served. */
export function recogniseVisitor(customers: Customers) {
  return (request: ShopRequest, response: ShopResponse, next: () => void): void => {
    request.visitor = visitorOf(request, customers);
    if (request.visitor.isNew) setCookie(response, VISITOR_COOKIE, request.visitor.id);
    next();
  };
}
