import { channel } from 'node:diagnostics_channel';
import type { Reporter } from '../logger.js';
import type { HoldReason } from '../protocol/answer.js';
import type { SealedRequest } from '../protocol/entry.js';

const ONCE_A_MINUTE = 60_000;

/** What a person is told about delivery: where, why and what to do, and the same thing at most once a minute. */
export class DeliveryMessages {
  readonly #reporter: Reporter;
  readonly #server: string;

  constructor(reporter: Reporter, url: string) {
    this.#reporter = reporter;
    this.#server = serverName(url);
  }

  ignored(info: string): void {
    this.#reporter.warn(`info:${info}`, `The server accepted a request and ignored it: ${info}`, ONCE_A_MINUTE);
  }

  failed(reason: string): void {
    const text = `Delivery to ${this.#server} failed and will be tried again: ${reason}.`;
    this.#reporter.warn('retry', text, ONCE_A_MINUTE);
  }

  onHold(reason: HoldReason, message: string): void {
    const text = `Delivery to ${this.#server} is on hold (${message}); everything is kept. Check url, appKey and salt.`;
    this.#reporter.error(`hold:${reason}`, text, ONCE_A_MINUTE);
  }

  givenUp(entries: number, reason: string): void {
    this.#reporter.error(`discard:${reason}`, `A request was given up (${entries} entries): ${reason}.`, ONCE_A_MINUTE);
  }
}

/** The address without user and password, which a URL may carry. */
function serverName(url: string): string {
  if (!URL.canParse(url)) return 'the server';
  const { origin, pathname } = new URL(url);
  return pathname === '/' ? origin : `${origin}${pathname}`;
}

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
