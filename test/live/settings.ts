import { isIP } from 'node:net';

/** Where the server is, and with which keys it is written to and read. */
export interface LiveSettings {
  /** Without a trailing slash. */
  readonly url: string;
  readonly appKey: string;
  /** Salt of the app, when it has one; everything then goes to `/i`. */
  readonly salt: string | undefined;
  /** Key of a user of the dashboard who may read the app. */
  readonly apiKey: string;
  /** Undefined: asked of the server. */
  readonly appId: string | undefined;
}

/** `missing`: there is nothing to do. `refused`: somebody wanted something that must not be. */
export type LiveStart =
  | { readonly is: 'ready'; readonly settings: LiveSettings }
  | { readonly is: 'missing'; readonly message: string }
  | { readonly is: 'refused'; readonly message: string };

const NEEDED = ['COUNTLY_LIVE_URL', 'COUNTLY_LIVE_KEY', 'COUNTLY_LIVE_API_KEY'] as const;

/** Reads the variables of the environment. No message holds a key. */
export function readSettings(env: Readonly<Record<string, string | undefined>>): LiveStart {
  const missing = NEEDED.filter((name) => (env[name] ?? '').trim() === '');
  if (missing.length > 0) {
    return { is: 'missing', message: `Nothing was compared with a live server: ${missing.join(', ')} not set.` };
  }
  const [url = '', appKey = '', apiKey = ''] = NEEDED.map((name) => env[name]?.trim());
  const problem = problemOf(url);
  if (problem !== undefined) return { is: 'refused', message: `COUNTLY_LIVE_URL ${problem}` };
  const appId = env['COUNTLY_LIVE_APP_ID']?.trim() || undefined;
  if (appId !== undefined && !/^[0-9a-f]{24}$/.test(appId)) {
    const got = `${appId.length} characters`;
    return { is: 'refused', message: `COUNTLY_LIVE_APP_ID must be 24 hexadecimal digits, got ${got}.` };
  }
  const salt = env['COUNTLY_LIVE_SALT']?.trim() || undefined;
  return { is: 'ready', settings: { url: url.replace(/\/+$/, ''), appKey, salt, apiKey, appId } };
}

/** Made-up traffic would spoil the figures of a server that people use, so it goes to this machine only. */
function problemOf(url: string): string | undefined {
  if (!URL.canParse(url)) return 'must be the address of a server, such as http://127.0.0.1:3001; it is no address.';
  const { protocol, hostname, username, password } = new URL(url);
  if (protocol !== 'http:' && protocol !== 'https:') return `must begin with http:// or https://, got ${protocol}//.`;
  if (username !== '' || password !== '') return 'must not hold a user or a password.';
  if (isLoopback(hostname)) return undefined;
  return `must be a server on this machine (127.0.0.1, [::1] or localhost), got ${hostname}.`;
}

function isLoopback(hostname: string): boolean {
  if (hostname === 'localhost' || hostname === '[::1]') return true;
  return isIP(hostname) === 4 && hostname.startsWith('127.');
}
