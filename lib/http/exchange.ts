import type { ClientRequest, ClientRequestArgs, IncomingMessage } from 'node:http';
import { member } from '../check.js';
import type { ResponseParts } from '../protocol/answer.js';
import { untraced } from './untraced.js';

/** What one request came to. */
export type Exchanged =
  | ({ readonly kind: 'answer' } & ResponseParts)
  | { readonly kind: 'failure'; readonly error: unknown };

/** One request as it goes on the wire. */
export interface Outgoing extends ClientRequestArgs {
  readonly body: string | Uint8Array;
}

/** A failure this folder found itself; its message is safe to show. */
export class LocalFailure extends Error {
  override readonly name = 'LocalFailure';
}

/** One request and its answer. `result` always resolves: with an answer, a failure, or through `fail` from outside. */
export class Exchange {
  readonly result: Promise<Exchanged>;
  #resolve: (exchanged: Exchanged | Promise<Exchanged>) => void = () => {};
  #settled = false;
  #request: ClientRequest | undefined;

  /** @param maxBytes the answer is cut, and its connection closed, after so many bytes */
  constructor(private readonly maxBytes: number) {
    this.result = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** Sends it, once more when the server had already closed the connection. Resolves when the connection is free. */
  async run(outgoing: Outgoing): Promise<void> {
    const stale = await this.#attempt(outgoing, true);
    if (stale) await this.#attempt(outgoing, false);
  }

  /** Ends it now. What was not sent yet will not be sent; what is under way loses its connection. */
  fail(error: unknown): void {
    this.#settle({ kind: 'failure', error });
    this.#request?.destroy();
  }

  /** True when a reused connection turned out to be closed before any byte of an answer: the server's idle timeout. */
  #attempt({ body, ...options }: Outgoing, repeatable: boolean): Promise<boolean> {
    return new Promise((done) => {
      if (this.#settled) return done(false);
      // Not `http.request`: tracers put a span around that one, and their headers on our deliveries.
      const { ClientRequest } = process.getBuiltinModule('node:http');
      const request = untraced(() => new ClientRequest(options));
      this.#request = request;
      let before = 0;
      let stale = false;
      request.once('socket', (socket) => {
        before = socket.bytesRead;
      });
      request.on('error', (error: NodeJS.ErrnoException) => {
        const unanswered = request.reusedSocket && request.socket?.bytesRead === before;
        stale = repeatable && !this.#settled && unanswered && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
        if (!stale) this.#settle({ kind: 'failure', error });
      });
      request.once('response', (response) => this.#read(response, request));
      request.once('close', () => {
        if (!stale && !this.#settled) this.#settle({ kind: 'failure', error: new LocalFailure('connection was cut') });
        done(stale);
      });
      request.end(body);
    });
  }

  #read(response: IncomingMessage, request: ClientRequest): void {
    const chunks: Buffer[] = [];
    let size = 0;
    const end = (): void => this.#settle(answer(response, Buffer.concat(chunks), this.maxBytes));
    response.on('data', (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size <= this.maxBytes) return;
      end();
      request.destroy();
    });
    response.once('end', () => {
      end();
      // Answered before it was all sent: nobody reads the rest.
      if (!request.writableFinished) request.destroy();
    });
    response.on('error', (error) => this.fail(error));
  }

  /** The first one counts. */
  #settle(exchanged: Exchanged | Promise<Exchanged>): void {
    this.#settled = true;
    this.#resolve(exchanged);
  }
}

function answer({ statusCode, headers }: IncomingMessage, bytes: Buffer, max: number): Exchanged | Promise<Exchanged> {
  const answered = (body: Buffer): Exchanged => {
    return { kind: 'answer', status: statusCode ?? 0, headers, body: body.subarray(0, max).toString('utf8') };
  };
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding === 'identity' || bytes.length === 0) return answered(bytes);
  // A proxy may compress though nobody asked it to.
  const { brotliDecompress, inflateRaw, unzip } = process.getBuiltinModule('node:zlib');
  // Some send `deflate` without the header that belongs to it, whose first four bits are an 8.
  const raw = encoding === 'deflate' && ((bytes[0] ?? 0) & 0x0f) !== 8;
  const unpack: typeof unzip = encoding === 'br' ? brotliDecompress : raw ? inflateRaw : unzip;
  return new Promise((resolve) => {
    unpack(bytes, { maxOutputLength: max }, (error, unpacked) => {
      if (error === null) resolve(answered(unpacked));
      else resolve({ kind: 'failure', error: new LocalFailure('the answer could not be decompressed') });
    });
  });
}

const TEXT: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'host name not found',
  EAI_AGAIN: 'host name could not be looked up',
  ECONNRESET: 'connection was cut',
  EPIPE: 'connection was cut',
  ETIMEDOUT: 'no connection in time',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  CERT_HAS_EXPIRED: 'certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate is self-signed: pass its authority as `ca`',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate is self-signed: pass its authority as `ca`',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate is not trusted: pass its authority as `ca`',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate is not trusted: pass its authority as `ca`',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate is for another host',
};

const UNREACHABLE = new Set<unknown>(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/** Whether there was nobody to take the request, which the next moment will not change. */
export function isUnreachable(error: unknown): boolean {
  return UNREACHABLE.has(member(error, 'code'));
}

/** A failed attempt in words that may be logged: never a foreign message, which may quote a URL or a header. */
export function failureText(error: unknown): string {
  if (error instanceof LocalFailure) return error.message;
  const code = member(error, 'code');
  if (typeof code !== 'string') return 'network error';
  return `${Object.hasOwn(TEXT, code) ? TEXT[code] : 'network error'} (${code})`;
}
