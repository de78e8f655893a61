import { createServer, request as httpRequest, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect } from 'node:net';
import { listen } from './http-server.js';

/** A loopback proxy: absolute targets are forwarded, CONNECT opens a tunnel, both always to `port` on loopback. */
export async function startProxy(
  port: number,
  behaviour: 'works' | 'refuses' | 'cuts' | 'hangs' = 'works',
  tls?: { key: string; cert: string },
): Promise<{
  url: string;
  seen: { line: string; authorization: string | undefined; host: string | undefined }[];
  connections: () => number;
}> {
  const seen: { line: string; authorization: string | undefined; host: string | undefined }[] = [];
  const forward: RequestListener = (incoming, response) => {
    const { method = '', url = '', headers } = incoming;
    seen.push({ line: `${method} ${url}`, authorization: headers['proxy-authorization'], host: headers.host });
    const target = new URL(url);
    const path = target.pathname + target.search;
    const onward = httpRequest({ host: '127.0.0.1', port, method, path, headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    incoming.pipe(onward);
  };
  const server = tls === undefined ? createServer(forward) : createTlsServer(tls, forward);
  server.on('connect', ({ url = '', headers }, socket) => {
    seen.push({ line: `CONNECT ${url}`, authorization: headers['proxy-authorization'], host: headers.host });
    socket.on('error', () => {});
    if (behaviour === 'cuts') socket.destroy();
    if (behaviour === 'refuses') socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    if (behaviour !== 'works') return;
    const onward = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(onward).pipe(socket);
    });
    onward.on('error', () => socket.destroy());
    socket.on('close', () => onward.destroy());
  });
  const listening = await listen(server);
  const origin = tls === undefined ? 'http://127.0.0.1' : 'https://localhost';
  return { url: `${origin}:${listening.port}`, seen, connections: listening.connections };
}
