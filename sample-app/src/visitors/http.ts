import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Visitor } from './visitor.js';

/** What the shop uses of a request. Node's own types: the code would run on Fastify as it runs on Express. */
export interface ShopRequest extends IncomingMessage {
  visitor: Visitor;
}

export type ShopResponse = ServerResponse;

/** Browsers name HTML in `accept`; programs that want JSON do not. */
export function wantsHtml(request: IncomingMessage): boolean {
  return request.headers.accept?.includes('text/html') ?? false;
}
