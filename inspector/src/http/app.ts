import type { IncomingMessage, ServerResponse } from 'node:http';
import { handleApi } from '../api/api.js';
import { handleOffer } from '../api/offer.js';
import { show } from '../protocol/json.js';
import { type CollectorParts, collect, refuse } from './collector.js';
import { isOwnHost } from './host-check.js';
import { BodyTooLargeError, type RawRequest, readBody, resultReply } from './raw-request.js';
import { sendJson, sendReply } from './respond.js';
import { belowBase, isProtocolPath } from './routes.js';
import { serveStatic } from './static-files.js';

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, POST, OPTIONS',
  'access-control-allow-headers': 'content-type',
};

/** One HTTP exchange, from the first byte of the head to the answer. */
export async function serve(parts: CollectorParts, message: IncomingMessage, response: ServerResponse): Promise<void> {
  const receivedAt = Date.now();
  // No browser may take what is collected, and what a sender wrote, for a script or a page.
  response.setHeader('x-content-type-options', 'nosniff');
  // By this a client recognises an inspector; no server has it.
  response.setHeader('x-countly-inspector', parts.runId);
  const [fullPath = '/', ...rest] = (message.url ?? '/').split('?');
  const path = belowBase(fullPath, parts.options.basePath);
  const isProtocol = path === undefined || isProtocolPath(path);
  // What a real server takes from any page, this one does; the page and its API are for whoever is at this machine.
  if (!isProtocol && !isOwnHost(message.headers.host, parts.options)) return refuseHost(message, response);
  if (path === '/' && fullPath === parts.options.basePath && parts.options.basePath !== '') {
    // The page's relative links need the slash at the end.
    response.writeHead(302, { location: `${parts.options.basePath}/` }).end();
    return;
  }
  // On any path, also one a server does not know; the API of the page is for the page alone.
  if (message.method === 'OPTIONS' && !path?.startsWith('/api/'))
    return sendReply(response, { status: 200, body: undefined, headers: CORS });
  const request = (body: Buffer): RawRequest => ({
    method: message.method ?? 'GET',
    path: path ?? fullPath,
    query: rest.join('?'),
    contentType: message.headers['content-type'],
    contentEncoding: message.headers['content-encoding'],
    userAgent: message.headers['user-agent'],
    remote: remoteOf(message),
    body,
    receivedAt,
  });
  let body: Buffer;
  try {
    body = await readBody(message, parts.options.maxBodyBytes);
  } catch (error) {
    if (!(error instanceof BodyTooLargeError)) return;
    return refuse(parts, request(Buffer.alloc(0)), response, resultReply(413, 'Request Entity Too Large'));
  }
  if (path === undefined) return refuse(parts, request(body), response, resultReply(400, 'Invalid path'));
  if (path === '/inspector/client') return handleOffer(parts, request(body), message, response);
  if (path.startsWith('/api/')) return handleApi(parts, request(body), message, response);
  if (!isProtocol && message.method === 'GET' && (await serveStatic(path, response))) return;
  await collect(parts, request(body), response);
}

function refuseHost(message: IncomingMessage, response: ServerResponse): void {
  const host = message.headers.host ?? '';
  sendJson(response, 403, {
    error:
      `host ${show(host)}: expected a name of this machine or the address the inspector listens on. ` +
      'Open it as http://127.0.0.1:<port>, or allow the name with --allow-host.',
  });
}

/** The end user's address as proxies report it, else the sender's. */
function remoteOf(message: IncomingMessage): string {
  const forwarded = message.headers['x-forwarded-for'] ?? message.headers['x-real-ip'];
  const first = String(forwarded ?? '')
    .split(',')[0]
    ?.trim();
  return first || (message.socket.remoteAddress ?? '');
}
