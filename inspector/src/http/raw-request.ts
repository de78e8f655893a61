import type { IncomingMessage } from 'node:http';

/** One HTTP request after its last byte arrived. */
export interface RawRequest {
  method: string;
  /** Path without the base path and without the query. */
  path: string;
  /** Query exactly as sent, without `?`. */
  query: string;
  contentType: string | undefined;
  contentEncoding: string | undefined;
  userAgent: string | undefined;
  remote: string;
  body: Buffer;
  receivedAt: number;
}

/** Answer of every endpoint that speaks the Countly protocol. */
export interface Reply {
  status: number;
  body: unknown;
  headers?: Readonly<Record<string, string>>;
}

export function resultReply(status: number, result: string): Reply {
  return { status, body: { result } };
}

export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError';
}

/** Collects the body; rejects when the peer goes away or sends more than `maxBytes`. */
export function readBody(message: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    message.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) {
        message.removeAllListeners('data').resume();
        reject(new BodyTooLargeError(`request body is larger than ${maxBytes} bytes`));
        return;
      }
      chunks.push(chunk);
    });
    message.once('end', () => resolve(Buffer.concat(chunks)));
    message.once('error', reject);
    message.once('close', () => reject(new Error('the client closed the connection before its request was complete')));
  });
}
