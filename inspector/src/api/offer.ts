import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CollectorParts } from '../http/collector.js';
import type { RawRequest } from '../http/raw-request.js';
import { sendJson } from '../http/respond.js';
import { OfferError } from '../offers/read-offer.js';
import { takeOffer } from '../offers/take-offer.js';
import { isForeign } from './admin.js';

const MOST_BYTES = 16 * 1024 * 1024;

/** `POST /inspector/client`: what a client tells of itself, besides what it sends to any server. */
export function handleOffer(
  parts: CollectorParts,
  request: RawRequest,
  message: IncomingMessage,
  response: ServerResponse,
): void {
  if (isForeign(message)) return sendJson(response, 403, { error: 'requests from other web pages are not accepted' });
  if (request.method !== 'POST') return sendJson(response, 405, { error: 'expected POST' });
  if (request.body.length > MOST_BYTES) return sendJson(response, 413, { error: `more than ${MOST_BYTES} bytes` });
  try {
    takeOffer(parts, request.body.toString('utf8'), request.receivedAt);
    sendJson(response, 200, { result: 'Success' });
  } catch (error) {
    if (!(error instanceof OfferError || error instanceof SyntaxError)) throw error;
    sendJson(response, 400, { error: error.message });
  }
}
