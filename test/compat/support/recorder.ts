import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One `/i` request as a server understands it, whatever way it came: GET, form, JSON or as part of a bulk. */
export interface LogicalRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Salt the recorder checks requests with that carry a checksum. */
export const SALT = 's3cr3t';

const REMOTE_CONFIG: Readonly<Record<string, unknown>> = { greeting: 'hello', limit: 7, nested: { on: true } };

/** A Countly server on loopback that accepts everything, keeps it, and answers remote config. */
export class Recorder {
  readonly requests: LogicalRequest[] = [];
  readonly #server: Server;
  readonly #last = new Map<unknown, string>();

  constructor() {
    this.#server = createServer((request, response) => {
      void this.#take(request).then((answer) => {
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
      });
    });
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #take(request: IncomingMessage): Promise<unknown> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    const target = request.url ?? '/';
    const [path = '/', query = ''] = target.split(/\?(.*)/s);
    const params = { ...bodyParams(request, body), ...Object.fromEntries(new URLSearchParams(query)) };
    const headers = request.headers as Record<string, string | undefined>;
    const checksum = params['checksum256'];
    if (checksum !== undefined) params['checksum256'] = isChecksumOf(String(checksum), query, body) ? 'valid' : 'wrong';
    if (path.endsWith('/o/sdk')) {
      this.requests.push({ path, headers, params });
      return remoteConfig(params);
    }
    for (const entry of path.endsWith('/i/bulk') ? bulkEntries(params) : [params]) {
      // A server knows the last request of a person again, so that a repetition counts once (docs/protocol.md §2.8).
      const text = JSON.stringify(entry);
      if (this.#last.get(entry['device_id']) === text) continue;
      this.#last.set(entry['device_id'], text);
      this.requests.push({ path, headers, params: entry });
    }
    return { result: 'Success' };
  }
}

function bodyParams(request: IncomingMessage, body: string): Record<string, unknown> {
  if (body === '') return {};
  if (request.headers['content-type']?.startsWith('application/json'))
    return JSON.parse(body) as Record<string, unknown>;
  return Object.fromEntries(new URLSearchParams(body));
}

function bulkEntries(params: Record<string, unknown>): Record<string, unknown>[] {
  const { requests } = params;
  return (typeof requests === 'string' ? JSON.parse(requests) : requests) as Record<string, unknown>[];
}

/** A server tries the query and the body, each without the checksum itself (docs/protocol.md §2.6). */
function isChecksumOf(checksum: string, query: string, body: string): boolean {
  return [query, body]
    .map((text) => text.replace(/&?checksum256=[^&]*/, ''))
    .some(
      (text) =>
        createHash('sha256')
          .update(text + SALT)
          .digest('hex') === checksum.toLowerCase(),
    );
}

function remoteConfig(params: Record<string, unknown>): unknown {
  const list = (value: unknown) => (typeof value === 'string' ? (JSON.parse(value) as string[]) : undefined);
  const keys = list(params['keys']);
  const omitted = list(params['omit_keys']);
  return Object.fromEntries(
    Object.entries(REMOTE_CONFIG).filter(([key]) => (keys?.includes(key) ?? true) && !omitted?.includes(key)),
  );
}
