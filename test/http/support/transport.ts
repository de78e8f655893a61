import { onTestFinished } from 'vitest';
import { createHttpTransport, type HttpTransportOptions } from '../../../lib/http/http-transport.js';
import type { Transport, WireRequest } from '../../../lib/http/transport.js';

/** A transport that ignores the environment's proxies and is closed with the test. */
export function openTransport(options: HttpTransportOptions): Transport {
  const transport = createHttpTransport({ env: {}, ...options });
  onTestFinished(() => transport.close());
  return transport;
}

export const REQUEST: WireRequest = {
  path: '/i',
  query: '',
  contentType: 'application/json',
  body: '{"app_key":"KEY","device_id":"u1"}',
};
