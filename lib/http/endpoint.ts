import { CountlyConfigError } from '../errors.js';
import type { WireRequest } from './transport.js';

/** The address of a server or a proxy, taken apart once. */
export interface Endpoint {
  /** Scheme, host and port: what connections are opened to. */
  readonly origin: string;
  readonly secure: boolean;
  /** Host with its port unless it is the scheme's default, as the `host` header has it; IPv6 in brackets. */
  readonly host: string;
  /** Host alone, IPv6 in brackets. */
  readonly hostname: string;
  readonly port: number;
  /** Folder the server is installed in: empty, or with a leading and without a trailing slash. */
  readonly basePath: string;
  /** Value of the `authorization` header when the address carries `user:password@`. */
  readonly authorization?: string;
}

/** Takes a server address apart. @throws CountlyConfigError when it is not an absolute http(s) address */
export function parseEndpoint(address: string): Endpoint {
  const endpoint = endpointOf(address);
  if (endpoint) return endpoint;
  const actual = JSON.stringify(withoutCredentials(address));
  throw new CountlyConfigError([{ option: 'url', expected: 'an http:// or https:// address', actual }]);
}

/** The same; undefined when it is none. */
export function endpointOf(address: string): Endpoint | undefined {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) return undefined;
  const secure = url.protocol === 'https:';
  const authorization = basicAuthorization(url);
  return {
    origin: url.origin,
    secure,
    host: url.host,
    hostname: url.hostname,
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    basePath: url.pathname.replace(/\/+$/, ''),
    ...(authorization === undefined ? {} : { authorization }),
  };
}

/** The request target of a request: base path, path and query. */
export function requestTarget(endpoint: Endpoint, request: Pick<WireRequest, 'path' | 'query'>): string {
  const path = endpoint.basePath + request.path;
  return request.query === '' ? path : `${path}?${request.query}`;
}

/** `Basic …` for an address with `user:password@`. */
function basicAuthorization(url: URL): string | undefined {
  if (url.username === '' && url.password === '') return undefined;
  const credentials = `${decoded(url.username)}:${decoded(url.password)}`;
  return `Basic ${Buffer.from(credentials).toString('base64')}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A password with a bare percent sign is meant as it stands.
    return text;
  }
}

/** An address that may be shown: a password in it is not ours to print. */
export function withoutCredentials(address: string): string {
  return String(address).replace(/\/\/[^/@]*@/, '//***@');
}
