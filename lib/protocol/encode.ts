import { createHash } from 'node:crypto';
import type { SealedRequest } from './entry.js';
import { jsonString } from './json-text.js';

/** The body of a request and the type it is sent under. */
export interface EncodedBody {
  readonly contentType: 'application/json' | 'application/x-www-form-urlencoded';
  readonly body: string;
}

/** How the body of a request is written. */
export type Encoding = 'json' | 'form';

/** One request as the JSON object that `/i` takes, and that `/i/bulk` takes an array of (real values, docs/protocol.md §11.4). */
export function requestJson({ head, entries }: SealedRequest, appKey: string): string {
  const start = `{"app_key":${jsonString(appKey)},${head},`;
  const [first] = entries;
  if (first !== undefined && first.kind !== 'event') return `${start}${first.body}}`;
  return `${start}"events":[${entries.map((entry) => entry.body).join(',')}]}`;
}

/** Body of a single `/i`. */
export function encodeSingle(request: SealedRequest, appKey: string, encoding: Encoding): EncodedBody {
  const json = requestJson(request, appKey);
  if (encoding === 'json') return { contentType: 'application/json', body: json };
  return { contentType: 'application/x-www-form-urlencoded', body: formOf(json) };
}

/**
 * Body of `/i/bulk` with at least one request. `safe_api_response` asks for the answer after the work instead of before
 * it (docs/protocol.md §11.3).
 */
export function encodeBulk(requests: readonly SealedRequest[], appKey: string, encoding: Encoding): EncodedBody {
  const list = `[${requests.map((request) => requestJson(request, appKey)).join(',')}]`;
  if (encoding === 'json') {
    const body = `{"app_key":${jsonString(appKey)},"safe_api_response":true,"requests":${list}}`;
    return { contentType: 'application/json', body };
  }
  return {
    contentType: 'application/x-www-form-urlencoded',
    body: `app_key=${encodeURIComponent(appKey)}&safe_api_response=true&requests=${encodeURIComponent(list)}`,
  };
}

/** An object's members as form fields: text as it is, everything else as JSON. */
function formOf(json: string): string {
  const members = JSON.parse(json) as Record<string, unknown>;
  return Object.entries(members)
    .map(([name, value]) => {
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      return `${encodeURIComponent(name)}=${encodeURIComponent(text)}`;
    })
    .join('&');
}

/**
 * `checksum256` of the exact bytes that are sent, for apps with a salt (docs/protocol.md §2.6): over the raw body, followed by
 * the salt.
 */
export function checksum256(payload: string, salt: string): string {
  return createHash('sha256').update(payload).update(salt).digest('hex');
}
