import { createServer, type Socket } from 'node:net';
import { listen } from './http-server.js';

/** One complete request as it came over a connection. */
export interface RawRequest {
  readonly socket: Socket;
  /** 1 for the first request of its connection. */
  readonly nth: number;
  /** 1 for the first connection of the server. */
  readonly connection: number;
  /** Head and body as received. */
  readonly text: string;
}

/** A server below HTTP, for faults that `node:http` would not commit. */
export async function startRaw(
  answer: (request: RawRequest) => void,
): Promise<{ url: string; port: number; seen: string[]; connections: () => number }> {
  const seen: string[] = [];
  const server = createServer((socket) => {
    const connection = connections() + 1;
    let nth = 0;
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const end = text.indexOf('\r\n\r\n');
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
      if (end < 0 || Buffer.byteLength(text) < end + 4 + length) return;
      const whole = text;
      text = '';
      nth += 1;
      seen.push(whole);
      answer({ socket, nth, connection, text: whole });
    });
  });
  const { port, connections } = await listen(server);
  return { url: `http://127.0.0.1:${port}`, port, seen, connections };
}

/** A complete answer that leaves the connection open. */
export function rawAnswer(body: string, status = '200 OK'): string {
  return `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}
