import type { Transport } from '../http/transport.js';
import { checksum256 } from '../protocol/checksum.js';
import type { Delivery } from '../protocol/delivery.js';
import { type Encoding, encodeBulk, encodeSingle } from '../protocol/encode.js';
import type { SealedRequest } from '../protocol/entry.js';

export interface SenderOptions {
  readonly appKey: string;
  readonly salt: string | undefined;
  readonly encoding: Encoding;
}

/** Puts sealed requests on the wire. Knows the encodings and the checksum; decides nothing. */
export class Sender {
  readonly #transport: Transport;
  readonly #options: SenderOptions;

  constructor(transport: Transport, options: SenderOptions) {
    this.#transport = transport;
    this.#options = options;
  }

  single(request: SealedRequest): Promise<Delivery> {
    const { appKey, salt, encoding } = this.#options;
    const encoded = encodeSingle(request, appKey, encoding);
    if (salt === undefined) return this.#transport.send({ path: '/i', query: '', ...encoded });
    // Over the exact bytes that leave, so computed here and never stored (docs/protocol.md §2.6).
    const checksum = checksum256(encoded.body, salt);
    return encoding === 'json'
      ? this.#transport.send({ path: '/i', query: `checksum256=${checksum}`, ...encoded })
      : this.#transport.send({ path: '/i', query: '', ...encoded, body: `${encoded.body}&checksum256=${checksum}` });
  }

  bulk(requests: readonly SealedRequest[]): Promise<Delivery> {
    const { appKey, encoding } = this.#options;
    return this.#transport.send({ path: '/i/bulk', query: '', ...encodeBulk(requests, appKey, encoding) });
  }
}
