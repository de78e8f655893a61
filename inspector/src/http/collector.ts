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
import { NumbersBatch } from '../numbers/batch.js';
import type { Numbers } from '../numbers/numbers.js';
import type { ClientBook } from '../offers/client-book.js';
import type { MadeBy } from '../offers/made-by.js';
import type { MethodTable } from '../offers/method-table.js';
import type { ResolvedOptions, ServerSettings } from '../options.js';
import type { PlanWatch } from '../plan/plan-watch.js';
import { textOf } from '../protocol/json.js';
import type { SearchIndex } from '../search/search-index.js';
import { databaseTrouble } from '../store/database-trouble.js';
import { recordFindings } from '../store/record-findings.js';
import { recordRequest } from '../store/record-request.js';
import type { Store } from '../store/store.js';
import { type Decoded, decodeRequest } from './decode.js';
import { type RawRequest, type Reply, resultReply } from './raw-request.js';
import { sendReply } from './respond.js';
import { type ProtocolRoute, protocolRoute } from './routes.js';

export interface CollectorParts {
  readonly options: ResolvedOptions;
  readonly settings: ServerSettings;
  readonly store: Store;
  readonly memory: ServerMemory;
  readonly faults: FaultBox;
  readonly hub: LiveHub;
  readonly numbers: Numbers;
  /** Clients that told of themselves. */
  readonly book: ClientBook;
  readonly methods: MethodTable;
  readonly madeBy: MadeBy;
  readonly search: SearchIndex;
  /** What an SDK takes as its server URL; known once it listens. */
  readonly address: { url: string };
  /** Of this run: it stands on every answer, so that a client recognises an inspector, and one that was started anew. */
  readonly runId: string;
  /** Undefined without a plan. */
  readonly plan: PlanWatch | undefined;
  /** What keeps the database from being written at present: said once, however many requests meet it. */
  readonly trouble: { present?: string | undefined };
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
  const passage: Passage = { route, request, decoded, fault };
  const handled = attempt(parts, passage, (context) =>
    isStored(passage) ? handle(context, passage) : withheld(passage),
  );
  if (fault === undefined) sendReply(response, handled.reply);
  else await playFault(fault, response, handled.reply);
}

/** Answers a request that was refused before it was read, and records that it was. */
export function refuse(parts: CollectorParts, request: RawRequest, response: ServerResponse, reply: Reply): void {
  const route = protocolRoute(request.path);
  const passage: Passage = { route, request, decoded: decodeRequest(request), fault: undefined };
  sendReply(response, attempt(parts, passage, () => answered(reply)).reply);
}

type Work = (context: IngestContext) => Handled;

/** What cannot be stored is answered with something that makes a client repeat it, as it does with a server in trouble. */
function attempt(parts: CollectorParts, passage: Passage, work: Work): Handled {
  try {
    const handled = passThrough(parts, passage, work);
    parts.trouble.present = undefined;
    return handled;
  } catch (error) {
    parts.memory.requests.undo();
    const { method, path } = passage.request;
    const trouble = databaseTrouble(error);
    if (trouble === undefined || parts.trouble.present !== trouble) {
      parts.options.onWarning(`${method} ${path} was not stored: ${trouble ?? String(error)}`);
    }
    parts.trouble.present = trouble;
    if (trouble !== undefined) return answered(resultReply(503, trouble));
    const refusal = answered(resultReply(400, 'Could not ingest data'));
    try {
      return passThrough(parts, passage, () => refusal);
    } catch {
      return refusal;
    }
  }
}

/** Stores what the request carries and the request itself, in one transaction, then tells the listeners. */
function passThrough(parts: CollectorParts, passage: Passage, work: Work): Handled {
  const { store, settings, memory, hub } = parts;
  const live = new LiveCollector(hub.listening);
  const numbers = new NumbersBatch();
  const checker = new Checker(memory);
  const context: IngestContext = { store, settings, checker, live, numbers, requestId: store.nextRequestId() };
  const startedAt = performance.now();
  memory.requests.mark();
  const handled = store.transaction(() => {
    const result = work(context);
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
  parts.numbers.add(numbers);
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
