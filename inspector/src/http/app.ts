import type { IncomingMessage, ServerResponse } from 'node:http';
import { handleApi } from '../api/api.js';
import { type CollectorParts, collect } from './collector.js';
import { BodyTooLargeError, type RawRequest, readBody, resultReply } from './raw-request.js';
import { sendReply } from './respond.js';
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
  const [fullPath = '/', ...rest] = (message.url ?? '/').split('?');
  const path = belowBase(fullPath, parts.options.basePath);
  if (path === undefined) return sendReply(response, resultReply(400, 'Invalid path'));
  if (path === '/' && fullPath === parts.options.basePath && parts.options.basePath !== '') {
    // The page's relative links need the slash at the end.
    response.writeHead(302, { location: `${parts.options.basePath}/` }).end();
    return;
  }
  if (message.method === 'OPTIONS') return sendReply(response, { status: 200, body: undefined, headers: CORS });
  let body: Buffer;
  try {
    body = await readBody(message, parts.options.maxBodyBytes);
  } catch (error) {
    if (error instanceof BodyTooLargeError) sendReply(response, resultReply(413, 'Request Entity Too Large'));
    return;
  }
  const request: RawRequest = {
    method: message.method ?? 'GET',
    path,
    query: rest.join('?'),
    contentType: message.headers['content-type'],
    contentEncoding: message.headers['content-encoding'],
    userAgent: message.headers['user-agent'],
    remote: remoteOf(message),
    body,
    receivedAt,
  };
  if (path.startsWith('/api/')) return handleApi(parts, request, message, response);
  if (!isProtocolPath(path) && request.method === 'GET' && (await serveStatic(path, response))) return;
  await collect(parts, request, response);
}

/** The end user's address as proxies report it, else the sender's. */
function remoteOf(message: IncomingMessage): string {
  const forwarded = message.headers['x-forwarded-for'] ?? message.headers['x-real-ip'];
  const first = String(forwarded ?? '')
    .split(',')[0]
    ?.trim();
  return first || (message.socket.remoteAddress ?? '');
}
