/** Where the shop reports to. */
export interface Server {
  readonly url: string;
  readonly appKey: string;
}

/** Where `npm start` and a bare `countly-inspector` listen. */
export const LOCAL_INSPECTOR: Server = { url: 'http://127.0.0.1:6010', appKey: 'sample-shop' };

/** The server that the environment names, or what is wrong with it. */
export function readServer(env: NodeJS.ProcessEnv): Server | { readonly problem: string } {
  const url = env['COUNTLY_URL'];
  const appKey = env['COUNTLY_APP_KEY'];
  if (!url && !appKey) return LOCAL_INSPECTOR;
  if (!url) return { problem: 'COUNTLY_APP_KEY is set but COUNTLY_URL is not: set both.' };
  if (!appKey) return { problem: 'COUNTLY_URL is set but COUNTLY_APP_KEY is not: set both.' };
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) {
    const expected = 'expected an http:// or https:// address such as https://countly.example.com';
    return { problem: `COUNTLY_URL: ${expected}, got "${withoutCredentials(url)}".` };
  }
  return { url, appKey };
}

/** The Redis that all shops and relays share, or none, or what is wrong with it. */
export function readFleet(
  env: NodeJS.ProcessEnv,
): { readonly redis: string } | { readonly problem: string } | undefined {
  const redis = env['COUNTLY_REDIS_URL'];
  if (!redis) return undefined;
  if (/^rediss?:\/\//i.test(redis) && URL.canParse(redis)) return { redis };
  const expected = 'expected an address such as redis://127.0.0.1:6379';
  return { problem: `COUNTLY_REDIS_URL: ${expected}, got "${withoutCredentials(redis)}".` };
}

/** An address may hold a user and a password; these are for nobody's terminal. */
export function withoutCredentials(url: string): string {
  return url.replace(/^([a-z]+:\/\/)?[^/]*@/i, '$1');
}
