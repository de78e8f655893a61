import { isObject, show, stringOf } from '../protocol/json.js';
import type { BulkElementSubject, Check, RequestSubject } from './check.js';

const RESERVED = ['app_id', 'user_id', 'callback', 'populator', 'no_meta', 'method'];
const A_B_TESTS = new Set(['ab', 'ab_fetch_variants', 'ab_fetch_experiments']);
/** A/B enrolment is the one use of `method` on `/i` that is meant. */
const ENROLMENT = new Set(['ab_enroll_variant', 'ab_opt_out']);

function reservedIn(parameters: Readonly<Record<string, unknown>>): string[] | undefined {
  const names = RESERVED.filter((name) => parameters[name] !== undefined).filter(
    (name) => name !== 'method' || !ENROLMENT.has(stringOf(parameters['method'])),
  );
  return names.length === 0 ? undefined : names.map((name) => `parameter "${name}" = ${show(parameters[name])}`);
}

export const TRANSPORT_CHECKS: ReadonlyArray<Check<RequestSubject>> = [
  {
    row: 24,
    find: ({ endpoint, settings }) =>
      endpoint === 'bulk' && settings.salt !== undefined ? '/i/bulk was used although the app has a salt' : undefined,
  },
  {
    row: 27,
    find: ({ request, decoded }) => {
      if (decoded.bodyKind !== 'unreadable') return undefined;
      if (request.contentEncoding !== undefined) return `content-encoding "${request.contentEncoding}"`;
      if (request.contentType?.toLowerCase().includes('json')) return 'the JSON body cannot be parsed';
      return `content-type ${request.contentType === undefined ? 'is missing' : `"${request.contentType}"`}`;
    },
  },
  {
    row: 28,
    find: ({ decoded }) => (decoded.fieldCount > 1000 ? `${decoded.fieldCount} form fields` : undefined),
  },
  {
    row: 29,
    find: ({ decoded }) => {
      const twice = Object.keys(decoded.queryParameters).filter((name) => decoded.bodyParameters[name] !== undefined);
      return twice.length === 0 ? undefined : `in query and body: ${twice.join(', ')}`;
    },
  },
  {
    row: 30,
    find: ({ decoded, endpoint }) => {
      const { method, ...others } = decoded.parameters;
      return reservedIn(endpoint === 'fetch' || method === undefined ? others : decoded.parameters);
    },
  },
  {
    row: 53,
    find: ({ decoded, endpoint }) => {
      const method = stringOf(decoded.parameters['method']);
      return endpoint === 'fetch' && A_B_TESTS.has(method)
        ? `method=${method} needs the A/B testing plugin; without it the answer is 400 "Invalid method"`
        : undefined;
    },
  },
  {
    row: 57,
    find: ({ decoded, endpoint }) => {
      if (endpoint !== 'fetch') return undefined;
      const names = ['keys', 'omit_keys'].filter((name) => Array.isArray(decoded.parameters[name]));
      return names.length === 0 ? undefined : `${names.join(' and ')} came as a real array`;
    },
  },
  {
    row: 58,
    find: ({ endpoint, settings }) =>
      settings.paused && endpoint !== 'fetch' ? 'the app is paused in this inspector' : undefined,
  },
  {
    row: 59,
    find: ({ request, decoded }) => {
      const isText = decoded.bodyKind === 'form' || (decoded.bodyKind === 'none' && request.method === 'GET');
      if (!isText) return undefined;
      const raw = request.body.some((byte) => byte > 0x7f);
      return raw || hasRawBytes(request.query) ? 'raw bytes above 127 in a urlencoded text' : undefined;
    },
  },
];

function hasRawBytes(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) > 0x7f) return true;
  return false;
}

export const BULK_PARAMETER_CHECKS: ReadonlyArray<Check<BulkElementSubject>> = [
  { row: 30, find: ({ element }) => (isObject(element) ? reservedIn(element) : undefined) },
];
