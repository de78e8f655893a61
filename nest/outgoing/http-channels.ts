import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { recordOf, type UnknownRecord } from '../scope/unknown-record.js';
import type { OutgoingRequest } from './outgoing.options.js';

/** A request that has been made and not yet been sent. */
export interface Departing extends OutgoingRequest {
  addHeader(name: string, value: string): void;
}

/** Told about every HTTP request of this process. `key` is the same object for all news of one request. */
export interface HttpListener {
  /** In the async context of whoever sends it; headers can still be added. */
  created?(request: Departing): void;
  /** In the async context of whoever sends it. */
  started?(key: object, request: OutgoingRequest, sentBytes: number): void;
  answered?(key: object, status: number, receivedBytes: number): void;
  /** The whole answer was read, or there will be no more of it. */
  ended?(key: object): void;
}

type Channels = Readonly<Record<string, (message: UnknownRecord) => void>>;

/**
 * Listens to the channels that undici (also the one behind Node's `fetch`) and `node:http` publish to. Nothing is patched,
 * and a listener may not throw: Node would end the process. Returns what ends it.
 */
export function listenToHttp(listener: HttpListener, failed: (error: unknown) => void): () => void {
  const subscriptions = Object.entries({ ...undici(listener), ...nodeHttp(listener) }).map(([name, handle]) => {
    const contained = (message: unknown): void => {
      try {
        handle(message as UnknownRecord);
      } catch (error) {
        failed(error);
      }
    };
    subscribe(name, contained);
    return () => unsubscribe(name, contained);
  });
  return () => {
    for (const end of subscriptions) end();
  };
}

function undici(listener: HttpListener): Channels {
  return {
    'undici:request:create'(message) {
      const request = message['request'] as UnknownRecord & { addHeader?(name: string, value: string): unknown };
      const origin = new URL(String(request['origin']));
      const known = described(request['method'], origin.host, request['path']);
      listener.created?.({ ...known, addHeader: (name, value) => void request.addHeader?.(name, value) });
      listener.started?.(request, known, size(request['contentLength'] ?? recordOf(request['body'])?.['byteLength']));
    },
    'undici:request:headers'(message) {
      const response = recordOf(message['response']);
      const received = size(rawHeader(response?.['headers'], 'content-length'));
      listener.answered?.(message['request'] as object, Number(response?.['statusCode']), received);
    },
    'undici:request:trailers': (message) => listener.ended?.(message['request'] as object),
    'undici:request:error': (message) => listener.ended?.(message['request'] as object),
  };
}

/** On the agent of every delivery of this library (lib/http/connections.ts), of whatever client. */
const DELIVERIES = Symbol.for('countly-weave.deliveries');

/** A `ClientRequest` of Node. */
interface NodeRequest {
  readonly agent?: { readonly [DELIVERIES]?: boolean };
  readonly method: string;
  readonly path: string;
  readonly host: string;
  getHeader(name: string): unknown;
  setHeader(name: string, value: string): unknown;
}

function nodeHttp(listener: HttpListener): Channels {
  const ours = (request: NodeRequest) => request.agent?.[DELIVERIES] === true;
  const known = (request: NodeRequest) =>
    described(request.method, String(request.getHeader('host') ?? request.host), request.path);
  return {
    // Since Node 22.12; before, the headers have been sent by the time of the first news.
    'http.client.request.created'(message) {
      const request = message['request'] as unknown as NodeRequest;
      if (ours(request)) return;
      listener.created?.({ ...known(request), addHeader: (name, value) => void request.setHeader(name, value) });
    },
    'http.client.request.start'(message) {
      const request = message['request'] as unknown as NodeRequest;
      if (ours(request)) return;
      listener.started?.(request, known(request), size(request.getHeader('content-length')));
    },
    'http.client.response.finish'(message) {
      const response = recordOf(message['response']);
      const received = size(recordOf(response?.['headers'])?.['content-length']);
      const request = message['request'] as object;
      listener.answered?.(request, Number(response?.['statusCode']), received);
      listener.ended?.(request);
    },
    'http.client.request.error': (message) => listener.ended?.(message['request'] as object),
  };
}

/** Through a proxy the path is a whole URL. */
function described(method: unknown, host: string, path: unknown): OutgoingRequest {
  const target = String(path);
  const whole = /^https?:\/\/(?:[^/?#]*@)?([^/?#]+)([^?#]*)/.exec(target);
  return {
    method: String(method ?? 'GET'),
    host: whole?.[1] ?? host,
    path: whole === null ? target.replace(/[?#].*$/s, '') : (whole[2] ?? '/'),
  };
}

/** undici hands over names and values in turn, as buffers or as texts. */
function rawHeader(headers: unknown, name: string): string | undefined {
  if (!Array.isArray(headers)) return undefined;
  for (let i = 0; i + 1 < headers.length; i += 2) {
    if (String(headers[i]).toLowerCase() === name) return String(headers[i + 1]);
  }
  return undefined;
}

function size(value: unknown): number {
  const bytes = Number(value);
  return Number.isFinite(bytes) && bytes > 0 ? bytes : 0;
}
