import { isObject, parseJson } from '../protocol/json.js';
import { readMultipart } from './multipart.js';
import type { RawRequest } from './raw-request.js';

export type Parameters = Record<string, unknown>;

/** What the sender wrote, decoded the way the server's body parser does it. */
export interface Decoded {
  /** Query and body together; on a clash the query wins. */
  parameters: Parameters;
  queryParameters: Parameters;
  bodyParameters: Parameters;
  bodyKind: 'none' | 'form' | 'json' | 'multipart' | 'unreadable';
  /** Number of form fields sent; the parser keeps the first 1000. */
  fieldCount: number;
  /** Texts a checksum may have been computed over. */
  signedTexts: string[];
  bodyText: string;
}

const MAX_FIELDS = 1000;

export function decodeRequest(request: RawRequest): Decoded {
  const queryParameters = fromPairs([...new URLSearchParams(request.query)]);
  const bodyText = request.body.toString('utf8');
  const body = decodeBody(request, bodyText);
  const signedTexts = [request.query];
  if (request.method === 'POST') signedTexts.push(body.signed ?? bodyText);
  return {
    parameters: { ...body.parameters, ...queryParameters },
    queryParameters,
    bodyParameters: body.parameters,
    bodyKind: body.kind,
    fieldCount: body.fieldCount,
    signedTexts,
    bodyText,
  };
}

interface DecodedBody {
  kind: Decoded['bodyKind'];
  parameters: Parameters;
  fieldCount: number;
  signed?: string;
}

function decodeBody(request: RawRequest, text: string): DecodedBody {
  if (request.method !== 'POST' || request.body.length === 0) return { kind: 'none', parameters: {}, fieldCount: 0 };
  const type = (request.contentType ?? '').toLowerCase();
  const encoding = request.contentEncoding?.toLowerCase() ?? 'identity';
  if (encoding !== 'identity') return unreadable();
  if (type.includes('urlencoded')) {
    const pairs = [...new URLSearchParams(text)];
    return { kind: 'form', parameters: fromPairs(pairs.slice(0, MAX_FIELDS)), fieldCount: pairs.length };
  }
  if (type.includes('json')) {
    try {
      const value = parseJson(text);
      return { kind: 'json', parameters: isObject(value) ? value : {}, fieldCount: 0 };
    } catch {
      return unreadable();
    }
  }
  if (type.includes('multipart')) {
    const pairs = readMultipart(request.body, request.contentType ?? '');
    const signed = pairs.map(([name, value]) => `${name}=${value}`).join('&');
    return {
      kind: 'multipart',
      parameters: fromPairs(pairs.slice(0, MAX_FIELDS)),
      fieldCount: pairs.length,
      signed,
    };
  }
  return unreadable();
}

function unreadable(): DecodedBody {
  return { kind: 'unreadable', parameters: {}, fieldCount: 0 };
}

function fromPairs(pairs: Array<[string, string]>): Parameters {
  // A null prototype keeps a parameter called __proto__ an ordinary entry.
  const parameters = Object.create(null) as Parameters;
  for (const [name, value] of pairs) parameters[name] = value;
  return parameters;
}
