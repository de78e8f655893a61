import type { SealedRequest } from './entry.js';
import { jsonString } from './json-text.js';

/** The body of a request and the type it is sent under. */
export interface EncodedBody {
  readonly contentType: 'application/json' | 'application/x-www-form-urlencoded';
  readonly body: string;
}

export type Encoding = 'json' | 'form';

/** One request as the JSON object that `/i` takes, and that `/i/bulk` takes an array of (real values, contract §11.4). */
export function requestJson(request: SealedRequest, appKey: string): string {
  return requestText(request, jsonString(appKey));
}

function requestText(request: SealedRequest, quotedAppKey: string): string {
  const { entries } = request;
  const first = entries[0];
  let content: string;
  if (first?.kind === 'request') {
    content = first.body;
  } else {
    content = '"events":[';
    for (let i = 0; i < entries.length; i++) {
      content += i === 0 ? entries[i]?.body : `,${entries[i]?.body}`;
    }
    content += ']';
  }
  return `{"app_key":${quotedAppKey},${request.head},${content}}`;
}

/** Body of a single `/i`. */
export function encodeSingle(request: SealedRequest, appKey: string, encoding: Encoding): EncodedBody {
  const json = requestJson(request, appKey);
  if (encoding === 'json') return { contentType: 'application/json', body: json };
  return { contentType: 'application/x-www-form-urlencoded', body: formOf(json) };
}

/**
 * Body of `/i/bulk`. `safe_api_response` asks for the answer after the work instead of before it (contract §11.3).
 */
export function encodeBulk(requests: readonly SealedRequest[], appKey: string, encoding: Encoding): EncodedBody {
  const quotedAppKey = jsonString(appKey);
  const texts = requests.map((request) => requestText(request, quotedAppKey));
  if (encoding === 'form') {
    const list = encodeURIComponent(`[${texts.join(',')}]`);
    return {
      contentType: 'application/x-www-form-urlencoded',
      body: `app_key=${encodeURIComponent(appKey)}&safe_api_response=true&requests=${list}`,
    };
  }
  // Around the first and the last, not around all: a text put around a large one is a second copy of it in the end.
  texts[0] = `{"app_key":${quotedAppKey},"safe_api_response":true,"requests":[${texts[0] ?? ''}`;
  texts[texts.length - 1] += ']}';
  return { contentType: 'application/json', body: texts.join(',') };
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
