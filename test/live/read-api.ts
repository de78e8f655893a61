import { isRecord, memberOf } from './json.js';

const ANSWER_MS = 15_000;

/** Questions to the documented read API of a Countly server, for one app. */
export class ReadApi {
  readonly #url: string;
  readonly #apiKey: string;
  readonly appId: string;

  private constructor(url: string, apiKey: string, appId: string) {
    this.#url = url;
    this.#apiKey = apiKey;
    this.appId = appId;
  }

  /** @param appId undefined: looked up among the apps that the key may read */
  static async open(settings: {
    url: string;
    appKey: string;
    apiKey: string;
    appId?: string | undefined;
  }): Promise<ReadApi> {
    const { url, apiKey, appKey, appId } = settings;
    if (appId !== undefined) return new ReadApi(url, apiKey, appId);
    const mine = await new ReadApi(url, apiKey, '').ask('/o/apps/mine');
    const id = appIdOf(mine, appKey);
    if (id !== undefined) return new ReadApi(url, apiKey, id);
    throw new Error(
      'No app with the key of COUNTLY_LIVE_KEY may be read with COUNTLY_LIVE_API_KEY; set COUNTLY_LIVE_APP_ID.',
    );
  }

  /** A figure of `/o?method=…`. */
  method(method: string, more: Readonly<Record<string, string>> = {}): Promise<unknown> {
    return this.ask('/o', { method, ...more });
  }

  /** The parsed answer; an error for any status but 200, which never holds the key. */
  async ask(path: string, parameters: Readonly<Record<string, string>> = {}): Promise<unknown> {
    const query = new URLSearchParams({
      api_key: this.#apiKey,
      ...(this.appId && { app_id: this.appId }),
      ...parameters,
    });
    const signal = AbortSignal.timeout(ANSWER_MS);
    const response = await fetch(`${this.#url}${path}?${query}`, { signal, redirect: 'error' });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${response.status} ${text.slice(0, 100)}`);
    try {
      return JSON.parse(text);
    } catch {
      throw new Error(`no JSON: ${text.slice(0, 100)}`);
    }
  }
}

/** The id of the app with this key, in any of the lists and maps that servers tell apps in. */
export function appIdOf(answer: unknown, appKey: string): string | undefined {
  if (!isRecord(answer)) return undefined;
  for (const list of [answer['admin_of'], answer['user_of']]) {
    for (const app of isRecord(list) ? Object.values(list) : []) {
      const id = memberOf(app, '_id');
      if (memberOf(app, 'key') === appKey && typeof id === 'string') return id;
    }
  }
  return undefined;
}
