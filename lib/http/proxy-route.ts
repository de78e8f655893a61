import { CountlyConfigError } from '../errors.js';
import { type Endpoint, endpointOf, withoutCredentials } from './endpoint.js';

/** The way to the server. `forward` is for plain http: many proxies refuse CONNECT, which opens a `tunnel`, for it. */
export type Route = { readonly kind: 'direct' } | { readonly kind: 'forward' | 'tunnel'; readonly proxy: Endpoint };

/** Environment variables by name, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The option decides, else the environment. A bad option throws a CountlyConfigError; a bad environment is told only. */
export function chooseRoute(
  endpoint: Endpoint,
  option: string | false | undefined,
  env: Environment,
  warn: (message: string) => void,
): Route {
  if (option === false) return { kind: 'direct' };
  if (option !== undefined) {
    const route = through(endpoint, option);
    if (route) return route;
    const actual = JSON.stringify(withoutCredentials(option));
    throw new CountlyConfigError([{ option: 'proxy', expected: 'an http:// or https:// address', actual }]);
  }
  const name = endpoint.secure ? 'https_proxy' : 'http_proxy';
  const address = env[name] || env[name.toUpperCase()];
  if (!address || isLoopback(endpoint.hostname) || isExcluded(endpoint, env['no_proxy'] || env['NO_PROXY'] || '')) {
    return { kind: 'direct' };
  }
  const route = through(endpoint, address);
  if (route) return route;
  warn(`The environment variable ${name} is no http:// or https:// address; Countly is reached without a proxy.`);
  return { kind: 'direct' };
}

function through(endpoint: Endpoint, address: string): Route | undefined {
  // `http_proxy=proxy.local:3128` without a scheme is common and understood everywhere.
  const proxy = endpointOf(address.includes('://') ? address : `http://${address}`);
  return proxy && { kind: endpoint.secure ? 'tunnel' : 'forward', proxy };
}

// A proxy elsewhere has another loopback than we do, so an ambient proxy setting cannot be meant for it.
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

/** `no_proxy`: names separated by commas or blanks, each with an optional port; `.a.b` and `*.a.b` cover sub-domains. */
function isExcluded(endpoint: Endpoint, list: string): boolean {
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true;
      const [, name = entry, port] = /^(\[.*\]|[^:]*):(\d+)$/.exec(entry) ?? [];
      if (port !== undefined && Number(port) !== endpoint.port) return false;
      const bare = name.replace(/^\*?\./, '');
      const host = endpoint.hostname;
      return host === bare || host === `[${bare}]` || host.endsWith(`.${bare}`);
    });
}
