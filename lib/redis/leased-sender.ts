import type { RequestSender } from '../outbox/port.js';
import type { Delivery } from '../protocol/answer.js';
import type { SealedRequest } from '../protocol/entry.js';

export interface LeasedSenderPort {
  /** Sends to the Countly server. */
  readonly direct: RequestSender;
  /** Whether this process may send for a device, at this moment. */
  holds(deviceId: string): boolean;
  /** Makes sure that the bytes of these are known to whoever sends after us. */
  sealed(requests: readonly SealedRequest[]): Promise<boolean>;
}

const NOT_OURS: Delivery = { kind: 'retry', reason: 'another process may send for these devices now' };
const NOT_SEALED: Delivery = { kind: 'retry', reason: 'Redis cannot be asked' };

/** Sends nothing that another process may be sending, or would send in other requests after us. */
export class LeasedSender implements RequestSender {
  constructor(private readonly port: LeasedSenderPort) {}

  single(request: SealedRequest): Promise<Delivery> {
    return this.#send([request], () => this.port.direct.single(request));
  }

  bulk(requests: readonly SealedRequest[]): Promise<Delivery> {
    return this.#send(requests, () => this.port.direct.bulk(requests));
  }

  async #send(requests: readonly SealedRequest[], send: () => Promise<Delivery>): Promise<Delivery> {
    if (!(await this.port.sealed(requests))) return NOT_SEALED;
    // Last of all: the process may have slept until now.
    return requests.every(({ deviceId }) => this.port.holds(deviceId)) ? send() : NOT_OURS;
  }
}
