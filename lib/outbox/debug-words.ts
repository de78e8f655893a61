import { counted } from '../check.js';
import type { WireRequest } from '../http/transport.js';
import type { Delivery } from '../protocol/answer.js';
import type { SealedRequest } from '../protocol/entry.js';

// What `debug: true` tells of requests; see scope/debug-story.ts.

const LONGEST_REASON = 200;

export function requestText(requests: readonly SealedRequest[], { path, body }: WireRequest): string {
  const entries = requests.reduce((sum, request) => sum + request.entries.length, 0);
  return `Sending ${counted(entries, 'entry')} to ${path}, ${counted(Buffer.byteLength(body), 'byte')}.`;
}

export function answerText({ path }: WireRequest, delivery: Delivery, tookMs: number): string {
  const words = 'message' in delivery ? delivery.message : 'reason' in delivery ? delivery.reason : '';
  const why = words === '' ? '' : `, ${words.slice(0, LONGEST_REASON)}`;
  return `Answer to ${path} after ${Math.round(tookMs)} ms: ${delivery.kind}${why}.`;
}

export function dropText(entries: number, reason: string): string {
  return `Dropped ${counted(entries, 'entry')}: ${reason}.`;
}
