import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions as TlsOptions } from 'node:https';
import type { AddressInfo, Server as NetServer, Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** What a client really sent. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface TestServer {
  readonly url: string;
  readonly port: number;
  /** Requests whose body arrived completely, in that order. */
  readonly seen: Seen[];
  /** Connections accepted so far. */
  readonly connections: () => number;
  /** Cuts every open connection. */
  readonly cut: () => void;
  readonly server: Server;
}

export const SUCCESS = '{"result":"Success"}';

/** A loopback HTTP server that closes itself, connections included, when the test is over. */
export async function startServer(
  answer: (request: Seen, response: ServerResponse) => void,
  options: { host?: string; tls?: TlsOptions; keepAliveTimeout?: number } = {},
): Promise<TestServer> {
  const seen: Seen[] = [];
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const entry = { method, url, headers, body: Buffer.concat(chunks).toString('utf8') };
      seen.push(entry);
      answer(entry, response);
    });
  };
  const server = options.tls ? createTlsServer(options.tls, listener) : createServer(listener);
  if (options.keepAliveTimeout !== undefined) server.keepAliveTimeout = options.keepAliveTimeout;
  const host = options.host ?? '127.0.0.1';
  const { port, connections, cut } = await listen(server, host);
  const scheme = options.tls ? 'https' : 'http';
  return {
    url: `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    seen,
    connections,
    cut,
    server,
  };
}

/** Listens on a free port and closes with the test. */
export async function listen(
  server: NetServer,
  host = '127.0.0.1',
): Promise<{ port: number; connections: () => number; cut: () => void }> {
  const open = new Set<Socket>();
  let count = 0;
  server.on('connection', (socket: Socket) => {
    count += 1;
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, resolve);
  });
  const cut = (): void => {
    for (const socket of open) socket.destroy();
  };
  onTestFinished(async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    cut();
    await closed;
  });
  return { port: (server.address() as AddressInfo).port, connections: () => count, cut };
}

/** Answers with JSON. */
export function json(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
}
