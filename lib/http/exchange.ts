import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher, Pool as PoolType } from 'undici';
import { Client } from './undici.js';

/** What one attempt over one connection came to. */
export type Outcome =
  | { readonly kind: 'answer'; readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: string }
  | {
      readonly kind: 'failure';
      readonly error: unknown;
      /** A reused connection turned out to be closed before any byte of an answer: the server's idle timeout. */
      readonly stale: boolean;
    };

/** One request as it goes on the wire. */
export interface Outgoing {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

const EXCHANGE = Symbol('exchange');
type TrackedOptions = Dispatcher.DispatchOptions & { [EXCHANGE]?: Exchange };

/** One connection of the pool, which knows whether its socket has carried an answer before. */
export class Lane extends Client {
  reused = false;

  constructor(...parameters: ConstructorParameters<typeof Client>) {
    super(...parameters);
    this.on('connect', () => {
      this.reused = false;
    });
  }

  override dispatch(options: TrackedOptions, handler: Dispatcher.DispatchHandler): boolean {
    options[EXCHANGE]?.onLane(this);
    return super.dispatch(options, handler);
  }
}

/** One attempt. `result` always resolves: with an answer, a failure, or through `fail` from outside. */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly result: Promise<Outcome>;
  #resolve: (outcome: Outcome) => void = () => {};
  #settled = false;
  #controller: Dispatcher.DispatchController | undefined;
  #lane: Lane | undefined;
  #reused = false;
  #begun = false;
  #status = 0;
  #headers: IncomingHttpHeaders = {};
  #chunks: Buffer[] = [];
  #size = 0;
  readonly #maxBytes: number;

  /** @param maxBytes the answer is cut, and its connection closed, after so many bytes */
  constructor(pool: PoolType, outgoing: Outgoing, maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.result = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    const options: TrackedOptions = { method: 'POST', ...outgoing, [EXCHANGE]: this };
    try {
      pool.dispatch(options, this);
    } catch (error) {
      this.#settle({ kind: 'failure', error, stale: false });
    }
  }

  /** Ends the attempt now. What is still queued for a connection will not be sent; a running one loses its socket. */
  fail(error: Error): void {
    if (this.#settled) return;
    this.#settle({ kind: 'failure', error, stale: false });
    this.#controller?.abort(error);
  }

  onLane(lane: Lane): void {
    this.#lane = lane;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    this.#reused = this.#lane?.reused ?? false;
    if (this.#settled) controller.abort(new Error('ended before it was sent'));
  }

  onResponseStarted(): void {
    this.#begun = true;
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#size += chunk.length;
    this.#chunks.push(chunk);
    if (this.#size <= this.#maxBytes) return;
    this.#answer();
    controller.abort(new Error('answer too long'));
  }

  onResponseEnd(): void {
    if (this.#lane) this.#lane.reused = true;
    this.#answer();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#settle({ kind: 'failure', error, stale: this.#reused && !this.#begun && isReset(error) });
  }

  #answer(): void {
    const body = Buffer.concat(this.#chunks).subarray(0, this.#maxBytes).toString('utf8');
    this.#settle({ kind: 'answer', status: this.#status, headers: this.#headers, body });
  }

  #settle(outcome: Outcome): void {
    this.#settled = true;
    this.#chunks = [];
    this.#resolve(outcome);
  }
}

function isReset(error: Error & { code?: string }): boolean {
  return error.code === 'UND_ERR_SOCKET' || error.code === 'ECONNRESET' || error.code === 'EPIPE';
}
