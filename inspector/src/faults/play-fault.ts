import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Reply } from '../http/raw-request.js';
import { sendReply } from '../http/respond.js';
import type { Fault } from './fault.js';

const PORTAL =
  '<!doctype html><html><head><title>Wi-Fi</title></head><body><h1>Please accept the terms of use</h1></body></html>';

/** Plays the fault on the wire. `reply` is what the request would have got. Returns the status sent, if any. */
export async function playFault(fault: Fault, response: ServerResponse, reply: Reply): Promise<number | null> {
  switch (fault.kind) {
    case 'status': {
      const status = fault.status ?? 500;
      const headers = fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) };
      sendReply(response, { status, body: { result: fault.result ?? STATUS_CODES[status] ?? 'Error' }, headers });
      return status;
    }
    case 'checksum':
      sendReply(response, { status: 200, body: { result: 'Request does not match checksum' } });
      return 200;
    case 'html':
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(PORTAL);
      return 200;
    case 'slow':
      await delay(fault.delayMs ?? 1000, response);
      sendReply(response, reply);
      return reply.status;
    case 'cut':
    case 'cut-after-store':
      cutBody(response, reply);
      return reply.status;
    case 'refuse':
      response.destroy();
      return null;
    case 'hang':
    case 'hang-after-store':
      return null;
  }
}

/** Announces the whole body, sends half of it and closes the connection. */
function cutBody(response: ServerResponse, reply: Reply): void {
  const text = JSON.stringify(reply.body);
  response.writeHead(reply.status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(text)),
  });
  response.write(text.slice(0, Math.ceil(text.length / 2)), () => response.destroy());
}

/** Ends early when the client goes away or the inspector closes. */
function delay(ms: number, response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    response.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
