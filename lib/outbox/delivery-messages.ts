import type { Reporter } from '../logger.js';
import type { HoldReason } from '../protocol/delivery.js';

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
