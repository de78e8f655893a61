import { gunzipSync } from 'node:zlib';

/**
 * What each client's server would have counted in a request. Every event of a benchmark carries its serial number as the
 * property `n`, so that lost and repeated ones can be told apart; -1 stands for an event without one.
 *
 * @returns {{ serials: number[], answer: string }} the events in it, and an answer that the client takes for success
 */
export function readRequest(method, url, headers, raw) {
  const body = headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw;
  const [path, query = ''] = url.split('?', 2);
  const protocol = PROTOCOLS.find((candidate) => candidate.matches(path));
  if (protocol === undefined) return { serials: [], answer: '{}' };
  const text = body.toString('utf8');
  return { serials: protocol.serials(method === 'GET' ? query : text, headers), answer: protocol.answer };
}

const serialOf = (properties) => (typeof properties?.n === 'number' ? properties.n : -1);
const countlySerials = (events) => (parsed(events) ?? []).map((event) => serialOf(event.segmentation));

/** The official SDK sends JSON inside form fields, also inside the parts of a bulk. */
function parsed(value) {
  return typeof value === 'string' ? JSON.parse(value) : value;
}

function fields(text, headers) {
  if ((headers['content-type'] ?? '').startsWith('application/json')) return JSON.parse(text);
  return Object.fromEntries(new URLSearchParams(text));
}

/** Traces and crashes are requests of their own in Countly; they count as one event each. */
const countlyRequest = ({ events, apm, crash }) => [
  ...countlySerials(events),
  ...[apm, crash].filter((entry) => entry !== undefined).map(() => -1),
];

const PROTOCOLS = [
  {
    matches: (path) => path === '/i',
    answer: '{"result":"Success"}',
    serials: (text, headers) => countlyRequest(fields(text, headers)),
  },
  {
    matches: (path) => path === '/i/bulk',
    answer: '{"result":"Success"}',
    serials: (text, headers) => parsed(fields(text, headers).requests).flatMap(countlyRequest),
  },
  {
    // posthog-node
    matches: (path) => path === '/batch/' || path === '/batch',
    answer: '{"status":"Ok"}',
    serials: (text) => JSON.parse(text).batch.map((event) => serialOf(event.properties)),
  },
  {
    // @segment/analytics-node, @rudderstack/rudder-sdk-node
    matches: (path) => path === '/v1/batch',
    answer: '{"success":true}',
    serials: (text) => JSON.parse(text).batch.map((event) => serialOf(event.properties)),
  },
  {
    // mixpanel
    matches: (path) => path === '/track' || path === '/track/' || path === '/import',
    answer: '1',
    serials(text) {
      const data = JSON.parse(Buffer.from(new URLSearchParams(text).get('data') ?? '', 'base64').toString('utf8'));
      return (Array.isArray(data) ? data : [data]).map((event) => serialOf(event.properties));
    },
  },
  {
    // @amplitude/analytics-node
    matches: (path) => path === '/2/httpapi',
    answer: '{"code":200,"events_ingested":1,"payload_size_bytes":1,"server_upload_time":1}',
    serials: (text) => JSON.parse(text).events.map((event) => serialOf(event.event_properties)),
  },
  {
    // @snowplow/node-tracker: `ue_pr` is the text of an envelope around an envelope
    matches: (path) => path === '/com.snowplowanalytics.snowplow/tp2',
    answer: 'ok',
    serials: (text) => JSON.parse(text).data.map(({ ue_pr }) => serialOf(JSON.parse(ue_pr ?? '{}').data?.data)),
  },
  {
    // OpenTelemetry over HTTP with JSON: spans
    matches: (path) => path === '/v1/traces',
    answer: '{}',
    serials: (text) =>
      JSON.parse(text).resourceSpans.flatMap((resource) =>
        resource.scopeSpans.flatMap((scope) => scope.spans.map(() => -1)),
      ),
  },
  {
    // Sentry envelopes: a line about the envelope, then pairs of header and payload; a transaction is one request's trace
    matches: (path) => path.endsWith('/envelope/'),
    answer: '{}',
    serials(text) {
      const lines = text.split('\n');
      const found = [];
      for (let at = 1; at + 1 < lines.length; at += 2) {
        const type = JSON.parse(lines[at] || '{}').type;
        if (type === 'transaction') found.push(-1);
        // The message of clients/sentry.mjs, where its number stands.
        if (type === 'event') found.push(Number(/^bench (\d+)$/.exec(JSON.parse(lines[at + 1]).message)?.[1] ?? -1));
      }
      return found;
    },
  },
];
