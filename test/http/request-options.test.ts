import { describe, expect, test } from 'vitest';
import { applyRequestOptions, type OutgoingOptions, type RequestOptions } from '../../lib/http/request-options.js';
import { json, SUCCESS, startServer } from './support/http-server.js';
import { openTransport, REQUEST } from './support/transport.js';

const BASE: OutgoingOptions = {
  method: 'POST',
  host: 'countly.example',
  port: 443,
  path: '/i',
  headers: { 'content-type': 'application/json' },
};

function apply(options: RequestOptions | undefined): {
  path: string;
  headers: Record<string, string>;
  warned: string[];
} {
  const warned: string[] = [];
  const base = { ...BASE, headers: { ...BASE.headers } };
  const { path, headers } = applyRequestOptions(base, options, (message) => warned.push(message));
  expect(base).toEqual(BASE);
  return { path, headers, warned };
}

const UNCHANGED = { path: '/i', headers: BASE.headers, warned: [] };

describe('requestOptions', () => {
  test('may be absent', () => expect(apply(undefined)).toEqual(UNCHANGED));

  test('as an object adds headers', () => {
    expect(apply({ headers: { 'X-Tenant': 'a' } }).headers).toEqual({ ...BASE.headers, 'x-tenant': 'a' });
  });

  test('as a function changes its argument, like http_options of the official SDK', () => {
    const { path, headers } = apply((outgoing) => {
      outgoing.path += '?via=1';
      outgoing.headers['X-Tenant'] = `${outgoing.method} ${outgoing.host}:${outgoing.port}`;
    });
    expect(path).toBe('/i?via=1');
    expect(headers).toEqual({ ...BASE.headers, 'x-tenant': 'POST countly.example:443' });
  });

  test('as a function may return what replaces the options', () => {
    expect(apply(() => ({ path: '/other', headers: { a: '1' } }))).toEqual({
      path: '/other',
      headers: { a: '1' },
      warned: [],
    });
  });

  test('cannot touch what belongs to the connection', () => {
    const own = { 'Content-Length': '1', Connection: 'close', 'transfer-encoding': 'chunked', Expect: '100-continue' };
    expect(apply({ headers: own })).toEqual(UNCHANGED);
  });

  test.each<[string, RequestOptions]>([
    [
      'throws',
      () => {
        throw new RangeError('KEY');
      },
    ],
    [
      'throws nothing at all',
      () => {
        throw null;
      },
    ],
    [
      'makes the path no path',
      (outgoing) => {
        outgoing.path = 'no slash';
      },
    ],
    ['puts a line break into the path', () => ({ path: '/i\r\nx: y' })],
    ['puts a line break into a header', { headers: { a: 'b\r\nc: d' } }],
    ['names a header wrongly', { headers: { 'a b': 'c' } }],
  ])('that %s is told and ignored', (_name, options) => {
    const { warned, ...rest } = apply(options);
    expect({ ...rest, warned: [] }).toEqual(UNCHANGED);
    expect(warned).toEqual([expect.stringMatching(/^`requestOptions` failed \(\w+\)/)]);
    expect(warned[0]).not.toContain('KEY');
  });

  test('reach the wire, and a broken hook is told once', async () => {
    const server = await startServer((_request, response) => json(response, 200, SUCCESS));
    const good = openTransport({ url: server.url, requestOptions: { headers: { 'x-tenant': 'a' } } });
    expect(await good.send(REQUEST)).toEqual({ kind: 'delivered' });
    expect(server.seen[0]?.headers['x-tenant']).toBe('a');

    const warned: string[] = [];
    const warn = (message: string): void => {
      warned.push(message);
      throw new Error('a broken logger');
    };
    const requestOptions = (): never => {
      throw new Error('broken');
    };
    const broken = openTransport({ url: server.url, requestOptions, warn });
    expect(await broken.send(REQUEST)).toEqual({ kind: 'delivered' });
    expect(await broken.send(REQUEST)).toEqual({ kind: 'delivered' });
    expect(warned).toHaveLength(1);
  });
});
