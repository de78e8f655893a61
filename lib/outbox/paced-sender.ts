import type { Clock } from '../clock.js';
import type { Transport } from '../http/transport.js';
import type { Delivery } from '../protocol/delivery.js';
import type { SealedRequest } from '../protocol/entry.js';
import { Sender, type SenderOptions } from './sender.js';

/** Told about each accepted request: how long the answer took, and how old the youngest entry in it was. */
export type Delivered = (tookMs: number, ageMs: number) => void;

/** A sender that tells how long a server takes to accept, for the back-off rule of docs/protocol.md §10.5. */
export class PacedSender extends Sender {
  readonly #clock: Clock;
  readonly #delivered: Delivered;

  constructor(transport: Transport, options: SenderOptions, clock: Clock, delivered: Delivered) {
    super(transport, options);
    this.#clock = clock;
    this.#delivered = delivered;
  }

  override single(request: SealedRequest): Promise<Delivery> {
    return this.#timed([request], () => super.single(request));
  }

  override bulk(requests: readonly SealedRequest[]): Promise<Delivery> {
    return this.#timed(requests, () => super.bulk(requests));
  }

  async #timed(requests: readonly SealedRequest[], send: () => Promise<Delivery>): Promise<Delivery> {
    const startedAt = this.#clock.monotonic();
    const delivery = await send();
    if (delivery.kind === 'delivered') {
      const youngest = Math.max(...requests.map((request) => request.entries.at(-1)?.timestamp ?? 0));
      this.#delivered(this.#clock.monotonic() - startedAt, this.#clock.now() - youngest);
    }
    return delivery;
  }
}
