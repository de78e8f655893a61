import type { LiveType } from '../api/contract/live.js';

export interface LiveMessage {
  type: LiveType;
  data: unknown;
}

/** Collects what one HTTP request changed; published only after the transaction is committed. */
export interface LiveBatch {
  add(type: LiveType, data: () => unknown): void;
}

/** More messages of one kind and one request are counted, not sent: a bulk can carry tens of thousands of events. */
export const MESSAGES_PER_KIND = 40;

export class LiveCollector implements LiveBatch {
  readonly #messages: LiveMessage[] = [];
  readonly #counts = new Map<LiveType, number>();

  /** @param isTold - whether anybody listens */
  constructor(private readonly isTold: boolean) {}

  add(type: LiveType, data: () => unknown): void {
    if (!this.isTold) return;
    const count = (this.#counts.get(type) ?? 0) + 1;
    this.#counts.set(type, count);
    if (count <= MESSAGES_PER_KIND) this.#messages.push({ type, data: data() });
  }

  get messages(): readonly LiveMessage[] {
    return this.#messages;
  }

  /** How many of each kind there were, sent or only counted. */
  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }
}
