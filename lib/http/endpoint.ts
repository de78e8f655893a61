import { BlockList, isIP } from 'node:net';
import { shownAddress } from '../check.js';
import { CountlyConfigError } from '../errors.js';
import type { WireRequest } from './transport.js';

/** The address of a server or a proxy, taken apart once. `hostname` has IPv6 in brackets, `host` also a port of its own. */
export interface Endpoint extends Pick<URL, 'origin' | 'host' | 'hostname'> {
  readonly secure: boolean;
  readonly port: number;
  /** Folder the server is installed in: empty, or with a leading and without a trailing slash. */
  readonly basePath: string;
  /** Value of the `authorization` header when the address carries `user:password@`. */
  readonly authorization: string | undefined;
}

/** The way to the server. `forward` is for plain http: many proxies refuse CONNECT, which opens a `tunnel`, for it. */
export type Route = { readonly kind: 'direct' } | { readonly kind: 'forward' | 'tunnel'; readonly proxy: Endpoint };

/** Takes an address apart. @throws CountlyConfigError, without a password, when it is no http(s) address */
export function parseEndpoint(address: string, option: 'url' | 'proxy' = 'url'): Endpoint {
  const endpoint = option === 'proxy' ? proxyAt(address) : endpointOf(address);
  if (endpoint) return endpoint;
  const actual = JSON.stringify(shownAddress(String(address)));
  throw new CountlyConfigError([{ option, expected: 'an http:// or https:// address', actual }]);
}

function endpointOf(address: string): Endpoint | undefined {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) return undefined;
  const { origin, host, hostname } = url;
  const secure = url.protocol === 'https:';
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
  const basePath = url.pathname.replace(/(?<!\/)\/+$/, '');
  return { origin, host, hostname, secure, port, basePath, authorization: basicAuthorization(url) };
}

/** `http_proxy=proxy.local:3128` without a scheme is common and understood everywhere. */
function proxyAt(address: string): Endpoint | undefined {
  return endpointOf(address.includes('://') ? address : `http://${address}`);
}

/** The request target of a request: base path, path and query. */
export function requestTarget(endpoint: Endpoint, request: Pick<WireRequest, 'path' | 'query'>): string {
  const path = endpoint.basePath + request.path;
  return request.query === '' ? path : `${path}?${request.query}`;
}

function basicAuthorization({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  return `Basic ${Buffer.from(`${decoded(username)}:${decoded(password)}`).toString('base64')}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A password with a bare percent sign is meant as it stands.
    return text;
  }
}

/** The option decides, else the environment. A bad option throws a CountlyConfigError; a bad environment is told only. */
export function chooseRoute(
  endpoint: Endpoint,
  option: string | false | undefined,
  env: NodeJS.ProcessEnv,
  warn: (message: string) => void,
): Route {
  if (option === false) return { kind: 'direct' };
  const kind = endpoint.secure ? 'tunnel' : 'forward';
  if (option !== undefined) return { kind, proxy: parseEndpoint(option, 'proxy') };
  const name = endpoint.secure ? 'https_proxy' : 'http_proxy';
  const address = env[name] || env[name.toUpperCase()];
  if (!address || isLoopback(endpoint.hostname) || isExcluded(endpoint, env['no_proxy'] || env['NO_PROXY'] || '')) {
    return { kind: 'direct' };
  }
  const proxy = proxyAt(address);
  if (proxy) return { kind, proxy };
  warn(`The environment variable ${name} is no http:// or https:// address; Countly is reached without a proxy.`);
  return { kind: 'direct' };
}

/** Whether the server is on this machine, and no proxy that somebody asked for stands before it. */
export function isHere(address: string, proxy: string | false | undefined): boolean {
  const endpoint = proxy ? undefined : endpointOf(address);
  return endpoint !== undefined && isLoopback(endpoint.hostname);
}

// A proxy elsewhere has another loopback than we do, so an ambient proxy setting cannot be meant for it.
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

/**
 * `no_proxy`: names and ranges of addresses (`10.0.0.0/8`), separated by commas or blanks; a name with an optional port, and
 * `.a.b` and `*.a.b` cover sub-domains.
 */
function isExcluded({ hostname, port }: Endpoint, list: string): boolean {
  const entries = list.toLowerCase().split(/[\s,]+/);
  return entries.some((entry) => {
    if (entry === '' || entry === '*') return entry === '*';
    if (entry.includes('/')) return isInRange(hostname, entry);
    const [, name = entry, only] = /^(\[.*\]|[^:]*):(\d+)$/.exec(entry) ?? [];
    const bare = name.replace(/^\*?\./, '');
    const fits = hostname === bare || hostname === `[${bare}]` || hostname.endsWith(`.${bare}`);
    return fits && (only === undefined || Number(only) === port);
  });
}

function isInRange(hostname: string, range: string): boolean {
  const family = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4');
  const bare = (address: string) => address.replace(/^\[|\]$/g, '');
  const [network = '', bits = ''] = range.split('/');
  const [host, net] = [bare(hostname), bare(network)];
  // A name is not looked up: that would take its time, and the answer may be another one when it is connected to.
  if (isIP(host) === 0 || isIP(net) === 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > (isIP(net) === 6 ? 128 : 32)) {
    return false;
  }
  const list = new BlockList();
  list.addSubnet(net, Number(bits), family(net));
  return list.check(host, family(host));
}
