import { createHash } from 'node:crypto';
import type { Fault } from '../faults/fault.js';
import type { RawRequest } from '../http/raw-request.js';
import type { IngestContext } from '../ingest/context.js';
import type { Handled } from '../ingest/handled.js';
import { isObject, textOf } from '../protocol/json.js';

export interface RequestRecord {
  request: RawRequest;
  appKey: string | undefined;
  endpoint: string;
  handled: Handled;
  fault: Fault | undefined;
  keepBodyChars: number;
  durationMs: number;
}

/** Writes the row of `requests`, also for requests that a fault kept from being stored. */
export function recordRequest(context: IngestContext, record: RequestRecord): void {
  const { request, handled, fault } = record;
  const sent = sentAnswer(record);
  const summary = {
    id: context.requestId,
    received_at: request.receivedAt,
    method: request.method,
    path: request.path,
    endpoint: record.endpoint,
    app_key: record.appKey ?? null,
    status: sent.status,
    reply: sent.reply,
    outcome: handled.outcome,
    fault: fault === undefined ? null : fault.kind,
    stored: handled.outcome === 'stored' || handled.outcome === 'partial',
    body_bytes: request.body.length,
    entry_count: handled.entryCount,
    event_count: handled.eventCount,
    view_count: handled.viewCount,
    duration_ms: Math.round(record.durationMs * 1000) / 1000,
  };
  context.store.insert.requests({
    ...summary,
    query: request.query,
    content_type: request.contentType,
    user_agent: request.userAgent,
    remote: request.remote,
    body: keptBody(request, record.keepBodyChars),
    body_sha256: request.body.length === 0 ? null : createHash('sha256').update(request.body).digest('hex'),
  });
  const { remote, userAgent } = request;
  context.live.add('request', () => ({ ...summary, user_agent: userAgent ?? null, remote }));
  context.numbers.request = {
    ...summary,
    remote,
    user_agent: userAgent ?? null,
    sdk_name: context.numbers.sdk?.name ?? null,
    sdk_version: context.numbers.sdk?.version ?? null,
    answer: sent.reply === null ? null : resultOf(handled.reply.body),
  };
}

function keptBody(request: RawRequest, limit: number): string | null {
  if (request.body.length === 0 || limit === 0) return null;
  // A character takes up to four bytes; decoding more than that would be thrown away.
  return request.body
    .subarray(0, limit * 4)
    .toString('utf8')
    .slice(0, limit);
}

function resultOf(body: unknown): string | null {
  return isObject(body) ? (textOf(body['result']) ?? null) : null;
}

/** What went out on the wire: a fault may have put its own answer there, or none. */
function sentAnswer({ handled, fault }: RequestRecord): { status: number | null; reply: string | null } {
  const normal = { status: handled.reply.status, reply: JSON.stringify(handled.reply.body) };
  switch (fault?.kind) {
    case undefined:
    case 'slow':
      return normal;
    case 'status':
      return { status: fault?.status ?? 500, reply: null };
    case 'html':
    case 'checksum':
      return { status: 200, reply: null };
    default:
      return { status: null, reply: null };
  }
}
