import { channel } from 'node:diagnostics_channel';
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
  if (!channels[name].hasSubscribers) return;
  publish(name, { entries: requests.reduce((sum, { entries }) => sum + entries.length, 0), ...message });
}

export function publish(name: keyof typeof channels, message: DeliveryMessage): void {
  if (channels[name].hasSubscribers) channels[name].publish(message);
}
