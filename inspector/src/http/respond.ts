import type { ServerResponse } from 'node:http';
import type { Reply } from './raw-request.js';

/** Sends a protocol answer: JSON, readable from any web page as on a real server. */
export function sendReply(response: ServerResponse, reply: Reply): void {
  if (response.destroyed || response.headersSent) return;
  const text = reply.body === undefined ? '' : JSON.stringify(reply.body);
  response.writeHead(reply.status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(text)),
    'access-control-allow-origin': '*',
    // Tells the answer of a server from the page of a proxy.
    'x-countly': 'api',
    ...reply.headers,
  });
  response.end(text);
}

/** Sends an answer of the inspector's own API; only the page itself may read it. */
export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}
