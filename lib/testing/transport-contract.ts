import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Transport, WireRequest } from '../http/transport.js';
import type { Delivery } from '../protocol/answer.js';
import type { ContractCase } from './storage-contract.js';

/** What a transport under test is created for. */
export interface TransportUnderTest {
  /** Base address of a server on loopback. */
  readonly url: string;
  /** The transport must answer within this time, in milliseconds. */
  readonly requestTimeoutMs: number;
}

type Received = Pick<IncomingMessage, 'method' | 'url' | 'headers'> & { readonly body: string };

interface Stage {
  readonly transport: Transport;
  readonly received: readonly Received[];
}

type Answer = (response: ServerResponse) => void;

/** For cases that wait for the timeout; the others get a generous one. */
const SHORT_MS = 400;
const LONG_MS = 10_000;
/** What a busy machine may add to a timeout. */
const SLACK_MS = 2000;
const BODY = '{"app_key":"KEY","device_id":"u1","events":[{"key":"Zoë 😀","count":1}]}';
const REQUEST: WireRequest = { path: '/i', query: 'checksum256=ab', contentType: 'application/json', body: BODY };

/**
 * The promises of {@link Transport}, to be run against an implementation of your own.
 *
 * @param create makes a transport for a server; closed after each case
 * @example
 * ```ts
 * import { test } from 'node:test';
 * import type { Transport } from 'countly-weave';
 * import { transportContract } from 'countly-weave/testing';
 *
 * declare function createTransport(url: string): Transport;
 *
 * for (const { name, run } of transportContract(({ url }) => createTransport(url))) test(name, run);
 * ```
 */
export function transportContract(create: (under: TransportUnderTest) => Transport): ContractCase[] {
  const on = (name: string, answer: Answer, check: (stage: Stage) => Promise<void>): ContractCase => ({
    name,
    run: () => onStage(create, check === inTime ? SHORT_MS : LONG_MS, answer, check),
  });
  const outcome = (name: string, status: number, body: string, kind: Delivery['kind'], headers = {}): ContractCase =>
    on(name, reply(status, body, headers), async ({ transport, received }) => {
      const delivery = await transport.send(REQUEST);
      strictEqual(delivery.kind, kind, JSON.stringify(delivery));
      strictEqual(received.length, 1, 'a transport does not repeat an answered request');
    });

  return [
    on('posts the exact bytes below the base path', ACCEPTED, async (stage) => {
      deepStrictEqual(await stage.transport.send(REQUEST), { kind: 'delivered' });
      const [received] = stage.received;
      strictEqual(received?.method, 'POST');
      strictEqual(received.url, '/base/i?checksum256=ab');
      strictEqual(received.body, BODY);
      strictEqual(received.headers['content-type']?.split(';', 1)[0], 'application/json');
      strictEqual(received.headers['content-encoding'], undefined, 'a Countly server does not decompress');
    }),
    outcome('accepted but ignored is delivered', 200, '{"result":"Success","info":"Request ignored"}', 'delivered'),
    outcome('a refused checksum puts delivery on hold, whatever its status', 200, REFUSED_CHECKSUM, 'hold'),
    outcome('a web page is no acceptance', 200, '<html></html>', 'retry'),
    outcome('a redirect is not followed', 302, '', 'retry', { location: '/elsewhere' }),
    outcome('a poisonous request is rejected', 400, '{"result":"Invalid parameter &quot;events&quot;"}', 'rejected'),
    outcome('an unknown app puts delivery on hold', 400, '{"result":"App does not exist"}', 'hold'),
    outcome('a missing permission puts delivery on hold', 403, '', 'hold'),
    outcome('too large is to be split', 413, '', 'split'),
    outcome('a server error is to be repeated', 500, '', 'retry'),
    on('the delay a server asks for is passed on', reply(429, '', { 'retry-after': '7' }), async ({ transport }) => {
      const delivery = await transport.send(REQUEST);
      strictEqual(delivery.kind === 'retry' ? delivery.afterMs : undefined, 7000);
    }),
    on('a server that says nothing costs no more than the timeout', () => {}, inTime),
    on('an answer that stops halfway costs no more than the timeout', (response) => half(response), inTime),
    on('a cut answer is to be repeated', (response) => half(response, () => response.destroy()), inTime),
    on('a query returns parsed JSON', reply(200, '{"flag":true}'), async ({ transport }) => {
      deepStrictEqual(await transport.query({ ...REQUEST, path: '/o/sdk' }), { ok: true, value: { flag: true } });
    }),
    on('a failed query says why', reply(400, '{"result":"Invalid method"}'), async ({ transport }) => {
      const result = await transport.query({ ...REQUEST, path: '/o/sdk' });
      ok(!result.ok && result.status === 400 && result.message.includes('Invalid method'), JSON.stringify(result));
    }),
    on('several requests at a time all come back', ACCEPTED, async ({ transport, received }) => {
      const sent = Array.from({ length: 20 }, (_, n) => transport.send({ ...REQUEST, query: `n=${n}` }));
      for (const delivery of await Promise.all(sent)) strictEqual(delivery.kind, 'delivered');
      strictEqual(new Set(received.map(({ url }) => url)).size, 20);
    }),
    on('after close nothing is sent, and nothing rejects', ACCEPTED, async (stage) => {
      await Promise.all([stage.transport.close(), stage.transport.close()]);
      strictEqual((await stage.transport.send(REQUEST)).kind, 'retry');
      strictEqual((await stage.transport.query(REQUEST)).ok, false);
      strictEqual(stage.received.length, 0);
    }),
  ];
}

async function inTime({ transport }: Stage): Promise<void> {
  const start = performance.now();
  strictEqual((await transport.send(REQUEST)).kind, 'retry');
  ok(performance.now() - start < SHORT_MS + SLACK_MS, 'answered late');
}

function reply(status: number, body: string, headers: Record<string, string> = {}): Answer {
  return (response) => void response.writeHead(status, headers).end(body);
}

const ACCEPTED = reply(200, '{"result":"Success"}');
const REFUSED_CHECKSUM = '{"result":"Request does not match checksum"}';

function half(response: ServerResponse, then = (): void => {}): void {
  response.writeHead(200, { 'content-length': '20' }).write('{"result"', then);
}

/** Opens a server and a transport for it, and closes both whatever happens. */
async function onStage(
  create: (under: TransportUnderTest) => Transport,
  requestTimeoutMs: number,
  answer: Answer,
  check: (stage: Stage) => Promise<void>,
): Promise<void> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const { method, url, headers } = request;
    const came = (body: string): void => {
      received.push({ method, url, headers, body });
      answer(response);
    };
    // What a transport breaks off is no request.
    text(request).then(came, () => {});
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const transport = create({ url: `http://127.0.0.1:${port}/base`, requestTimeoutMs });
  try {
    await check({ transport, received });
  } finally {
    await transport.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
