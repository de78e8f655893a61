import type { Entry, SealedRequest } from './entry.js';
import { withBody } from './entry-text.js';
import { jsonString } from './json-text.js';

/** The body of a request and the type it is sent under. */
export interface EncodedBody {
  readonly contentType: 'application/json' | 'application/x-www-form-urlencoded';
  readonly body: string;
}

export type Encoding = 'json' | 'form';

/** One request as the JSON object that `/i` takes, and that `/i/bulk` takes an array of (real values, docs/protocol.md §11.4). */
export function requestJson(request: SealedRequest, appKey: string): string {
  return `${withRequest(openingOf(appKey), request)}}`;
}

/** The text and a request behind it, whose opening stands in the text already and whose last brace is still missing. */
function withRequest(text: string, { head, entries }: SealedRequest): string {
  const first = entries[0] as Entry;
  if (first.kind === 'request') return withBody(`${text}${head},`, first);
  let all = withBody(`${text}${head},"events":[`, first);
  for (let i = 1; i < entries.length; i++) all = withBody(`${all},`, entries[i] as Entry);
  return `${all}]`;
}

function openingOf(appKey: string): string {
  return `{"app_key":${jsonString(appKey)},`;
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
  const opening = openingOf(appKey);
  const form = encoding === 'form';
  // Text after text at the end of one: V8 only notes them, and copies all in one go when the bytes are asked for.
  let body = form ? '[' : `${opening}"safe_api_response":true,"requests":[`;
  const between = `},${opening}`;
  for (let i = 0; i < requests.length; i++) {
    body = withRequest(body + (i === 0 ? opening : between), requests[i] as SealedRequest);
  }
  body += form ? '}]' : '}]}';
  if (!form) return { contentType: 'application/json', body };
  return {
    contentType: 'application/x-www-form-urlencoded',
    body: `app_key=${encodeURIComponent(appKey)}&safe_api_response=true&requests=${encodeURIComponent(body)}`,
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
