import type { Decoded } from '../http/decode.js';
import type { RawRequest } from '../http/raw-request.js';
import { textOf } from '../protocol/json.js';
import { fingerprintWithoutRr, requestFingerprint } from '../protocol/payload.js';
import type { IngestContext } from './context.js';
import { createEntry } from './entry.js';
import type { Handled } from './handled.js';
import { ingestEntry } from './ingest-entry.js';
import { refusalOf } from './refusal.js';

/** `/i`, and `/i/feedback/input`, which skips the checksum. */
export function handleSingle(
  context: IngestContext,
  request: RawRequest,
  decoded: Decoded,
  endpoint: 'i' | 'feedback',
): Handled {
  context.checker.request({ request, decoded, endpoint, settings: context.settings });
  const refusal = refusalOf(decoded, endpoint, context.settings);
  if (refusal !== undefined) {
    const outcome = refusal.status === 200 ? 'ignored' : 'rejected';
    return { reply: refusal, outcome, entryCount: 0, eventCount: 0, viewCount: 0 };
  }
  const { parameters } = decoded;
  const entry = createEntry({
    parameters,
    position: 0,
    inBulk: false,
    appKey: textOf(parameters['app_key']) ?? '',
    now: request.receivedAt,
    senderIp: request.remote,
    fingerprint: requestFingerprint(request.query, decoded.bodyText, parameters['timestamp']),
    fingerprintWithoutRr: decoded.bodyKind === 'json' ? fingerprintWithoutRr(parameters) : undefined,
  });
  const result = ingestEntry(context, entry);
  const body = result.info === undefined ? { result: result.result } : { result: result.result, info: result.info };
  return {
    reply: { status: result.status, body },
    outcome: result.outcome === 'stored' ? 'stored' : 'ignored',
    entryCount: 1,
    eventCount: result.events,
    viewCount: result.views,
  };
}
