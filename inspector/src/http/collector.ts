import type { ServerResponse } from 'node:http';
import { Checker } from '../checks/checker.js';
import type { ServerMemory } from '../checks/server-memory.js';
import { type Fault, storesRequest } from '../faults/fault.js';
import type { FaultBox } from '../faults/fault-box.js';
import { playFault } from '../faults/play-fault.js';
import { handleFetch } from '../fetch/fetch.js';
import { handleBulk } from '../ingest/bulk.js';
import type { IngestContext } from '../ingest/context.js';
import { answered, type Handled } from '../ingest/handled.js';
import { handleSingle } from '../ingest/single.js';
import type { LiveHub } from '../live/hub.js';
import { LiveCollector } from '../live/live-message.js';
import type { ResolvedOptions, ServerSettings } from '../options.js';
import { textOf } from '../protocol/json.js';
import { recordFindings } from '../store/record-findings.js';
import { recordRequest } from '../store/record-request.js';
import type { Store } from '../store/store.js';
import { type Decoded, decodeRequest } from './decode.js';
import { type RawRequest, resultReply } from './raw-request.js';
import { sendReply } from './respond.js';
import { type ProtocolRoute, protocolRoute } from './routes.js';

export interface CollectorParts {
  readonly options: ResolvedOptions;
  readonly settings: ServerSettings;
  readonly store: Store;
  readonly memory: ServerMemory;
  readonly faults: FaultBox;
  readonly hub: LiveHub;
}

/** Everything that belongs to one HTTP request on its way through. */
interface Passage {
  readonly route: ProtocolRoute | undefined;
  readonly request: RawRequest;
  readonly decoded: Decoded;
  readonly fault: Fault | undefined;
}

/** Answers the server side of the Countly protocol. */
export async function collect(parts: CollectorParts, request: RawRequest, response: ServerResponse): Promise<void> {
  const route = protocolRoute(request.path);
  const decoded = decodeRequest(request);
  const fault = parts.faults.take(route ?? 'other', decoded.parameters);
  const handled = passThrough(parts, { route, request, decoded, fault });
  if (fault === undefined) sendReply(response, handled.reply);
  else await playFault(fault, response, handled.reply);
}

/** Stores what the request carries and the request itself, in one transaction, then tells the listeners. */
function passThrough(parts: CollectorParts, passage: Passage): Handled {
  const { store, settings, memory, hub } = parts;
  const live = new LiveCollector();
  const checker = new Checker(memory);
  const context: IngestContext = { store, settings, checker, live, requestId: store.nextRequestId() };
  const startedAt = performance.now();
  const handled = store.transaction(() => {
    const result = isStored(passage) ? handle(context, passage) : withheld(passage);
    recordRequest(context, {
      request: passage.request,
      appKey: textOf(passage.decoded.parameters['app_key']),
      endpoint: passage.route ?? 'other',
      handled: result,
      fault: passage.fault,
      keepBodyChars: parts.options.keepBodyChars,
      durationMs: performance.now() - startedAt,
    });
    recordFindings(context, passage.request.receivedAt);
    return result;
  });
  hub.publish(live);
  return handled;
}

function isStored({ fault }: Passage): boolean {
  return fault === undefined || storesRequest(fault.kind);
}

/** A fault keeps this request from being stored; the answer it would have got is only shown where a fault cuts it. */
function withheld({ route }: Passage): Handled {
  const entryCount = route === 'i' || route === 'feedback' ? 1 : 0;
  return { reply: resultReply(200, 'Success'), outcome: 'fault', entryCount, eventCount: 0, viewCount: 0 };
}

function handle(context: IngestContext, { route, request, decoded }: Passage): Handled {
  if (request.method !== 'GET' && request.method !== 'POST') return answered(resultReply(405, 'Method not allowed'));
  switch (route) {
    case 'i':
    case 'feedback':
      return handleSingle(context, request, decoded, route);
    case 'bulk':
      return handleBulk(context, request, decoded);
    case 'fetch':
      return handleFetch(context, request, decoded);
    case 'ping':
      return answered(resultReply(200, 'Success'));
    case 'content':
      return answered(resultReply(200, 'No content block found!'));
    case undefined:
      return answered(resultReply(400, 'Invalid path'));
  }
}
