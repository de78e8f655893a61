import { channel } from 'node:diagnostics_channel';

/** What is published on the `node:diagnostics_channel` channels of this library. */
export interface DeliveryMessage {
  /** Entries concerned. */
  readonly entries: number;
  /** Requests concerned. */
  readonly requests?: number;
  readonly path?: string;
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

export function publish(name: keyof typeof channels, message: DeliveryMessage): void {
  if (channels[name].hasSubscribers) channels[name].publish(message);
}
