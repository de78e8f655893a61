import { channel } from 'node:diagnostics_channel';
import { counted } from '../check.js';
import type { WireRequest } from '../http/transport.js';
import type { Delivery } from '../protocol/answer.js';
import type { SealedRequest } from '../protocol/entry.js';

/** What is published on the `node:diagnostics_channel` channels of this library. */
export interface DeliveryMessage {
  /** Entries concerned. */
  readonly entries: number;
  /** Requests concerned. */
  readonly requests?: number;
  /** Where the request went. */
  readonly path?: string;
  /** Why it failed, or why entries were dropped. */
  readonly reason?: string;
}

/** Channels `countly-weave:accepted`, `…:sent`, `…:delivered`, `…:retried` and `…:dropped`. Free while nobody listens. */
export const channels = {
  accepted: channel('countly-weave:accepted'),
  sent: channel('countly-weave:sent'),
  delivered: channel('countly-weave:delivered'),
  retried: channel('countly-weave:retried'),
  dropped: channel('countly-weave:dropped'),
} as const;

/** The same, for all entries of some requests. */
export function publishRequests(
  name: keyof typeof channels,
  requests: readonly SealedRequest[],
  message: Omit<DeliveryMessage, 'entries'>,
): void {
  if (channels[name].hasSubscribers) publish(name, { entries: entriesIn(requests), ...message });
}

export function publish(name: keyof typeof channels, message: DeliveryMessage): void {
  if (channels[name].hasSubscribers) channels[name].publish(message);
}

function entriesIn(requests: readonly SealedRequest[]): number {
  return requests.reduce((sum, { entries }) => sum + entries.length, 0);
}

// What `debug: true` tells of requests; see scope/debug-story.ts.

const LONGEST_REASON = 200;

export function requestText(requests: readonly SealedRequest[], { path, body }: WireRequest): string {
  return `Sending ${counted(entriesIn(requests), 'entry')} to ${path}, ${counted(Buffer.byteLength(body), 'byte')}.`;
}

export function answerText({ path }: WireRequest, delivery: Delivery, tookMs: number): string {
  const words = 'message' in delivery ? delivery.message : 'reason' in delivery ? delivery.reason : '';
  const why = words === '' ? '' : `, ${words.slice(0, LONGEST_REASON)}`;
  return `Answer to ${path} after ${Math.round(tookMs)} ms: ${delivery.kind}${why}.`;
}

export function dropText(entries: number, reason: string): string {
  return `Dropped ${counted(entries, 'entry')}: ${reason}.`;
}
