import type { QueryResult, Transport, WireRequest } from '../http/transport.js';
import type { Delivery } from '../protocol/delivery.js';

/** Lets requests through only while it is open: what a bulk server's `start` and `stop` do. */
export class GatedTransport implements Transport {
  readonly #inner: Transport;
  #open = false;
  #closed = false;
  #waiting: (() => void)[] = [];

  constructor(inner: Transport) {
    this.#inner = inner;
  }

  open(): void {
    this.#open = true;
    for (const proceed of this.#waiting.splice(0)) proceed();
  }

  shut(): void {
    this.#open = false;
  }

  async send(request: WireRequest): Promise<Delivery> {
    while (!this.#open && !this.#closed) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return this.#open ? this.#inner.send(request) : { kind: 'retry', reason: 'stopped' };
  }

  query(request: WireRequest): Promise<QueryResult> {
    return this.#inner.query(request);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const proceed of this.#waiting.splice(0)) proceed();
    await this.#inner.close();
  }
}
