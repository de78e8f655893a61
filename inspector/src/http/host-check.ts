import { isIP } from 'node:net';

const LOOPBACK = /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
const WILDCARD = new Set(['0.0.0.0', '[::]']);

/** Whom the inspector answers as. */
export interface HostRule {
  /** Address it listens on. */
  readonly host: string;
  readonly allowedHosts: readonly string[];
}

/**
 * Whether the `Host` of a request is a name of this inspector. A page of the internet can let its own name point to this
 * machine; a browser then takes us for that page's server, and the name is all that tells.
 */
export function isOwnHost(header: string | undefined, { host, allowedHosts }: HostRule): boolean {
  const name = nameOf(header);
  if (name === undefined) return false;
  if (LOOPBACK.test(name)) return true;
  const own = bracketed(host.toLowerCase());
  // Listening everywhere it has all addresses of the machine. No page can make a name of an address.
  if (WILDCARD.has(own) && isIP(name.replace(/^\[|\]$/g, '')) !== 0) return true;
  return name === own || allowedHosts.some((allowed) => bracketed(allowed.toLowerCase()) === name);
}

/** Host name without port, in lower case; `undefined` for what is no host. */
function nameOf(header: string | undefined): string | undefined {
  if (header === undefined || /[^\w.:[\]-]/.test(header) || !URL.canParse(`http://${header}`)) return undefined;
  return new URL(`http://${header}`).hostname.replace(/\.$/, '') || undefined;
}

function bracketed(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}
