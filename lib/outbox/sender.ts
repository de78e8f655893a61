import type { Clock } from '../clock.js';
import type { Transport, WireRequest } from '../http/transport.js';
import type { Reporter } from '../logger.js';
import type { Delivery } from '../protocol/answer.js';
import {
  checksum256,
  type Encoding,
  encodeBulk,
  encodeSingle,
  multipartBody,
  multipartPayload,
  requestJson,
} from '../protocol/encode.js';
import type { SealedRequest } from '../protocol/entry.js';
import { answerText, requestText } from './delivery-messages.js';
import { readPicture } from './picture-file.js';

export interface SenderOptions {
  readonly appKey: string;
  readonly salt: string | undefined;
  readonly encoding: Encoding;
}

export interface SenderPort {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly reporter: Reporter;
  /** Told about each accepted request: of whom it was, how long the answer took, how old the youngest entry in it was. */
  delivered(deviceId: string, tookMs: number, ageMs: number): void;
  failed(reason: string): void;
  /** Told what was delivered in which body. */
  readonly sent?: ((requests: readonly SealedRequest[], body: string | Uint8Array) => void) | undefined;
}

/** Puts sealed requests on the wire. Knows the encodings and the checksum; decides nothing. */
export class Sender {
  /** Pictures go one at a time: each may be megabytes. */
  #picture: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly options: SenderOptions,
    private readonly port: SenderPort,
  ) {}

  single(request: SealedRequest): Promise<Delivery> {
    if (request.entries[0]?.kind !== 'picture') return this.#send([request], this.#wire(request));
    const sent = this.#picture.then(() => this.#sendPicture(request));
    this.#picture = sent.catch(() => {});
    return sent;
  }

  bulk(requests: readonly SealedRequest[]): Promise<Delivery> {
    const { appKey, encoding } = this.options;
    return this.#send(requests, { path: '/i/bulk', query: '', ...encodeBulk(requests, appKey, encoding) });
  }

  #wire(request: SealedRequest): WireRequest {
    const { appKey, salt, encoding } = this.options;
    const encoded = encodeSingle(request, appKey, encoding);
    if (salt === undefined) return { path: '/i', query: '', ...encoded };
    // Over the exact bytes that leave, so computed here and never stored (docs/protocol.md §2.6).
    const checksum = checksum256(encoded.body, salt);
    return encoding === 'json'
      ? { path: '/i', query: `checksum256=${checksum}`, ...encoded }
      : { path: '/i', query: '', ...encoded, body: `${encoded.body}&checksum256=${checksum}` };
  }

  async #sendPicture(request: SealedRequest): Promise<Delivery> {
    const { appKey, salt } = this.options;
    const { picture, ...members } = JSON.parse(requestJson(request, appKey)) as Record<string, unknown>;
    const file = await readPicture(String(picture));
    if (typeof file === 'string') return { kind: 'rejected', reason: file };
    const fields = Object.fromEntries(
      Object.entries(members).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
    );
    const signed =
      salt === undefined ? fields : { ...fields, checksum256: checksum256(multipartPayload(fields), salt) };
    // The same for each repetition, as all bytes are.
    const boundary = `countly-weave-${request.entries[0]?.id}`;
    return this.#send([request], { path: '/i', query: '', ...multipartBody(signed, file, boundary) });
  }

  async #send(requests: readonly SealedRequest[], wire: WireRequest): Promise<Delivery> {
    const { transport, clock, reporter, delivered, failed } = this.port;
    const startedAt = clock.monotonic();
    reporter.debug(() => requestText(requests, wire));
    const delivery = await transport.send(wire);
    reporter.debug(() => answerText(wire, delivery, clock.monotonic() - startedAt));
    if (delivery.kind === 'delivered') {
      const youngest = Math.max(...requests.map((request) => request.entries.at(-1)?.timestamp ?? 0));
      this.port.sent?.(requests, wire.body);
      delivered(requests[0]?.deviceId ?? '', clock.monotonic() - startedAt, clock.now() - youngest);
    } else failed('message' in delivery ? delivery.message : delivery.reason);
    return delivery;
  }
}
