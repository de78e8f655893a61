import { createHash } from 'node:crypto';
import type { SealedRequest } from './entry.js';
import { jsonString, storableText } from './json-text.js';

/** The body of a request and the type it is sent under. */
export interface EncodedBody {
  readonly contentType:
    | 'application/json'
    | 'application/x-www-form-urlencoded'
    | `multipart/form-data; boundary=${string}`;
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
  const body = requestJson(request, appKey);
  return encoding === 'json' ? { contentType: 'application/json', body } : formOf(JSON.parse(body));
}

/** Body of `/i/bulk`. `safe_api_response` asks for the answer after the work instead of before it (docs/protocol.md §11.3). */
export function encodeBulk(requests: readonly SealedRequest[], appKey: string, encoding: Encoding): EncodedBody {
  const list = `[${requests.map((request) => requestJson(request, appKey)).join(',')}]`;
  if (encoding === 'json') {
    const body = `{"app_key":${jsonString(appKey)},"safe_api_response":true,"requests":${list}}`;
    return { contentType: 'application/json', body };
  }
  return formOf({ app_key: appKey, safe_api_response: true, requests: list });
}

/** Members as form fields: text as it is, everything else as JSON. */
export function formOf(members: Readonly<Record<string, unknown>>) {
  const fields = Object.entries(members).map(([name, value]) => {
    const text = typeof value === 'string' ? storableText(value) : JSON.stringify(value);
    return `${encodeURIComponent(name)}=${encodeURIComponent(text)}`;
  });
  return { contentType: 'application/x-www-form-urlencoded', body: fields.join('&') } as const;
}

/** Of the exact bytes that are sent, for apps with a salt (docs/protocol.md §2.6): the raw body, followed by the salt. */
export function checksum256(payload: string, salt: string): string {
  return createHash('sha256').update(payload).update(salt).digest('hex');
}

/** A file inside a request. */
export interface FilePart {
  /** The parameter it stands under. */
  readonly field: string;
  readonly name: string;
  readonly type: string;
  readonly content: Uint8Array;
}

/** Fields and a file, as base64, which a server decodes (docs/protocol.md §1.3). The boundary must stand in none of the values. */
export function multipartBody(fields: Readonly<Record<string, string>>, file: FilePart, boundary: string): EncodedBody {
  const part = (head: string, content: string) =>
    `--${boundary}\r\nContent-Disposition: form-data; name=${head}\r\n\r\n${content}\r\n`;
  const parts = Object.entries(fields).map(([name, value]) => part(`"${name}"`, value));
  // Quotes and line breaks would end the header.
  const name = file.name.replace(/["\\\r\n]/g, '_');
  const type = `Content-Type: ${file.type}\r\nContent-Transfer-Encoding: base64`;
  parts.push(part(`"${file.field}"; filename="${name}"\r\n${type}`, Buffer.from(file.content).toString('base64')));
  return { contentType: `multipart/form-data; boundary=${boundary}`, body: `${parts.join('')}--${boundary}--\r\n` };
}

/** What a checksum of such a body is made of: the fields, decoded, in their order (docs/protocol.md §2.6). */
export function multipartPayload(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}
