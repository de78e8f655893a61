import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** What the server does with a request. `store` decides whether the data is counted before the answer goes wrong. */
export type Behaviour =
  | {
      readonly do: 'answer';
      readonly status: number;
      readonly body: string;
      readonly store?: boolean;
      readonly headers?: Record<string, string>;
    }
  | { readonly do: 'hang'; readonly store?: boolean }
  | { readonly do: 'cut'; readonly store?: boolean }
  | { readonly do: 'slow'; readonly ms: number };

export interface LogicalRequest {
  readonly device_id: string;
  readonly timestamp: number;
  readonly events?: readonly { readonly key: string; readonly count: number }[];
  readonly [member: string]: unknown;
}

export type Script = (request: {
  path: string;
  entries: readonly LogicalRequest[];
  call: number;
}) => Behaviour | undefined;

/**
 * A Countly server as far as delivery is concerned: it counts events by device and key, and recognises a repetition the
 * way a real one does – only against the same person's last request, by its bytes and its timestamp (docs/protocol.md §2.8).
 */
export class CountlyServer {
  readonly counts = new Map<string, number>();
  readonly calls: string[] = [];
  duplicates = 0;
  script: Script = () => undefined;
  readonly #lastRequest = new Map<string, string>();
  readonly #sockets = new Set<Socket>();
  #server: Server;
  port = 0;

  constructor() {
    this.#server = this.#create();
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Starts, after a stop on the same port. */
  async start(): Promise<void> {
    this.#server = this.#create();
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.port, '127.0.0.1', resolve);
    });
    this.port = (this.#server.address() as AddressInfo).port;
  }

  /** Stops as a killed process does: open connections are reset. */
  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.resetAndDestroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  total(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }

  #create(): Server {
    const server = createServer((request, response) => void this.#handle(request, response));
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    return server;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return;
    }
    const raw = Buffer.concat(chunks).toString('utf8');
    const path = request.url ?? '';
    // Questions come as forms, and so does the news how a client fares; this server knows no answer but an empty one.
    if (request.headers['content-type'] !== 'application/json') {
      response.writeHead(200).end('{}');
      return;
    }
    const body = JSON.parse(raw) as { requests?: LogicalRequest[] } & LogicalRequest;
    const entries = path === '/i/bulk' ? (body.requests ?? []) : [body];
    this.calls.push(path);
    const behaviour = this.script({ path, entries, call: this.calls.length }) ?? {
      do: 'answer',
      status: 200,
      body: '{"result":"Success"}',
      store: true,
    };
    if (behaviour.do === 'slow' || behaviour.store === true) {
      for (const entry of entries) this.#store(entry, path === '/i/bulk' ? JSON.stringify(entry) : raw);
    }
    this.#reply(behaviour, request, response);
  }

  #store(entry: LogicalRequest, bytes: string): void {
    const key = `${bytes}@${entry.timestamp}`;
    if (this.#lastRequest.get(entry.device_id) === key) {
      this.duplicates++;
      return;
    }
    this.#lastRequest.set(entry.device_id, key);
    for (const event of entry.events ?? []) {
      const name = `${entry.device_id}/${event.key}`;
      this.counts.set(name, (this.counts.get(name) ?? 0) + event.count);
    }
  }

  #reply(behaviour: Behaviour, request: IncomingMessage, response: ServerResponse): void {
    switch (behaviour.do) {
      case 'hang':
        return;
      case 'cut':
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' });
        response.write('{"resu');
        setImmediate(() => request.socket.destroy());
        return;
      case 'slow':
        setTimeout(() => response.writeHead(200).end('{"result":"Success"}'), behaviour.ms);
        return;
      case 'answer':
        response.writeHead(behaviour.status, STATUS_CODES[behaviour.status], behaviour.headers).end(behaviour.body);
        return;
    }
  }
}
