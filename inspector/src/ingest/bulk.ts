import type { Decoded } from '../http/decode.js';
import { type RawRequest, type Reply, resultReply } from '../http/raw-request.js';
import { isObject, readPart, textOf } from '../protocol/json.js';
import { fingerprintWithoutRr, requestFingerprint } from '../protocol/payload.js';
import type { IngestContext } from './context.js';
import { createEntry, type Entry } from './entry.js';
import type { Handled } from './handled.js';
import { type EntryResult, ingestEntry, recordEntry } from './ingest-entry.js';
import { reservedIdRefusal } from './refusal.js';

/** `/i/bulk`: strictly one after the other; what is wrong with an entry is never told to the sender. */
export function handleBulk(context: IngestContext, request: RawRequest, decoded: Decoded): Handled {
  context.checker.request({ request, decoded, endpoint: 'bulk', settings: context.settings });
  // Of the bulk itself only: within an entry a server does not look at them.
  const refusal = reservedIdRefusal(decoded.parameters);
  if (refusal !== undefined) return refused(refusal);
  const requests = readPart(decoded.parameters['requests']);
  if (requests.state !== 'read') return refused(resultReply(400, 'Missing parameter "requests"'));
  if (!Array.isArray(requests.value)) return refused(resultReply(400, 'Invalid parameter "requests"'));
  const elements: unknown[] = requests.value;
  const results = elements.length === 0 ? [] : takeIn(context, request, decoded, elements);
  return {
    reply: replyOf(decoded, results),
    outcome: outcomeOf(results),
    entryCount: elements.length,
    eventCount: results.reduce((sum, { events }) => sum + events, 0),
    viewCount: results.reduce((sum, { views }) => sum + views, 0),
  };
}

function refused(reply: Reply): Handled {
  return { reply, outcome: 'rejected', entryCount: 0, eventCount: 0, viewCount: 0 };
}

function takeIn(
  context: IngestContext,
  request: RawRequest,
  decoded: Decoded,
  elements: readonly unknown[],
): EntryResult[] {
  const fallbackAppKey = textOf(decoded.parameters['app_key']);
  let stalled = false;
  return elements.map((element, position) => {
    context.checker.bulkElement({ element, fallbackAppKey }, position);
    const entry = entryOf(request, element, position, fallbackAppKey);
    if (entry === undefined || entry.appKey === '' || entry.deviceId === '') {
      return recorded(
        context,
        entry ?? emptyEntry(request, position),
        'skipped',
        'no app_key, no device_id or no object',
      );
    }
    if (context.settings.salt !== undefined) {
      return recorded(context, entry, 'lost', 'App does not exist');
    }
    if (stalled) return recorded(context, entry, 'lost', 'an earlier entry stopped this bulk');
    const result = ingestEntry(context, entry);
    stalled = result.stalled;
    return result;
  });
}

function entryOf(
  request: RawRequest,
  element: unknown,
  position: number,
  fallbackAppKey: string | undefined,
): Entry | undefined {
  if (!isObject(element) || !element['device_id']) return undefined;
  // With GET the entry has no body of its own, so only its timestamp tells two of them apart.
  const body = request.method === 'POST' ? JSON.stringify(element) : '';
  return createEntry({
    parameters: element,
    position,
    inBulk: true,
    appKey: textOf(element['app_key']) || fallbackAppKey || '',
    now: request.receivedAt,
    senderIp: request.remote,
    fingerprint: requestFingerprint('', body, element['timestamp']),
    fingerprintWithoutRr: request.method === 'POST' ? fingerprintWithoutRr(element) : undefined,
  });
}

function emptyEntry(request: RawRequest, position: number): Entry {
  return createEntry({
    parameters: {},
    position,
    inBulk: true,
    appKey: '',
    now: request.receivedAt,
    senderIp: request.remote,
    fingerprint: undefined,
  });
}

function recorded(context: IngestContext, entry: Entry, outcome: 'skipped' | 'lost', why: string): EntryResult {
  const nothing = { events: 0, views: 0, stalled: false };
  // What is lost is lost behind the answer, in safe mode too (docs/protocol.md §2.6).
  const result: EntryResult =
    outcome === 'lost'
      ? { ...nothing, outcome, status: 200, result: 'Success', lost: why }
      : { ...nothing, outcome, status: 400, result: why };
  recordEntry(context, entry, context.store.nextEntryId(), result);
  return result;
}

/** By default Success before anything is looked at; in safe mode the first entry that answers, answers for all. */
function replyOf(decoded: Decoded, results: readonly EntryResult[]): Reply {
  const safe = decoded.parameters['safe_api_response'];
  const first = safe ? results.find(({ outcome, result }) => outcome !== 'skipped' && result !== '') : undefined;
  if (first === undefined || first.status === 200) {
    const body = first?.info === undefined ? { result: first?.result ?? 'Success' } : answerWithInfo(first);
    return { status: 200, body };
  }
  return resultReply(first.status, first.result);
}

function answerWithInfo({ result, info }: EntryResult): { result: string; info: string | undefined } {
  return { result, info };
}

function outcomeOf(results: readonly EntryResult[]): Handled['outcome'] {
  const stored = results.filter(({ outcome }) => outcome === 'stored').length;
  if (stored === results.length) return 'stored';
  return stored === 0 ? 'ignored' : 'partial';
}
