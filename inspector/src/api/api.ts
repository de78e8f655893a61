import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CollectorParts } from '../http/collector.js';
import type { RawRequest } from '../http/raw-request.js';
import { sendJson } from '../http/respond.js';
import { handleAdmin } from './admin.js';
import type { ApiQuery } from './api-query.js';
import { readBreakdown, readSegments } from './breakdown.js';
import { readCode, readMethod } from './code.js';
import type { ListName } from './contract/lists.js';
import { readDevice } from './device.js';
import { readErrorGroups } from './error-groups.js';
import { readEventKeys } from './event-keys.js';
import { sendExport } from './export.js';
import { readFunnel } from './funnel.js';
import { readHistogram } from './histogram.js';
import { readLatency } from './latency.js';
import { LISTS } from './list-filters.js';
import { readList } from './lists.js';
import { readPlanReport } from './plan.js';
import { readProblemGroups } from './problem-groups.js';
import { ApiQueryError } from './question.js';
import { readRejections } from './rejections.js';
import { readRequest } from './request.js';
import { readRules } from './rules.js';
import { readSearch } from './search.js';
import { readSeries } from './series.js';
import { settingsOf } from './settings.js';
import { readStatus } from './status.js';
import { readSummary } from './summary.js';
import { readTimeline } from './timeline.js';
import { readTraceNames } from './trace-names.js';
import { readUnit, readUnits } from './units.js';
import { readViewNames } from './view-names.js';

type Answer = (query: ApiQuery) => unknown;

const ANSWERS: ReadonlyMap<string, Answer> = new Map<string, Answer>([
  ['summary', readSummary],
  ['status', readStatus],
  ['code', readCode],
  ['units', readUnits],
  ['series', readSeries],
  ['latency', readLatency],
  ['histogram', readHistogram],
  ['breakdown', readBreakdown],
  ['segments', readSegments],
  ['funnel', readFunnel],
  ['search', readSearch],
  ['settings', ({ parts }) => ({ settings: settingsOf(parts.settings) })],
  ['keys', readEventKeys],
  ['view-names', readViewNames],
  ['trace-names', readTraceNames],
  ['error-groups', readErrorGroups],
  ['problem-groups', readProblemGroups],
  ['plan', readPlanReport],
  ['rejections', readRejections],
  ['rules', readRules],
  ['faults', ({ parts }) => ({ faults: parts.faults.list() })],
  ...(Object.keys(LISTS) as ListName[]).map((name): [string, Answer] => [name, (query) => readList(name, query)]),
]);

const ITEMS: ReadonlyMap<string, Answer> = new Map<string, Answer>([
  ['devices', readDevice],
  ['requests', readRequest],
  ['code', readMethod],
  ['units', readUnit],
]);

/** `/api/devices/<id>/timeline`: an id may have slashes of its own. */
const TIMELINE = '/timeline';

/** `/api/…`: what was collected, as JSON. */
export function handleApi(
  parts: CollectorParts,
  request: RawRequest,
  message: IncomingMessage,
  response: ServerResponse,
): void {
  const [name = '', ...rest] = request.path.slice('/api/'.length).split('/');
  const raw = rest.length === 0 || rest[0] === '' ? undefined : rest.join('/');
  const id = raw === undefined ? undefined : decode(raw);
  if (request.method !== 'GET') return handleAdmin(parts, request, message, response, name, id);
  if (name === 'stream') return parts.hub.subscribe(response);
  const query: ApiQuery = { parts, search: new URLSearchParams(request.query), id };
  try {
    if (name === 'export' && id !== undefined) return sendExport(response, query);
    const body =
      name === 'devices' && raw?.endsWith(TIMELINE)
        ? readTimeline({ ...query, id: decode(raw.slice(0, -TIMELINE.length)) })
        : (id === undefined ? ANSWERS.get(name) : ITEMS.get(name))?.(query);
    if (body === undefined) sendJson(response, 404, { error: `nothing at ${request.path}` });
    else sendJson(response, 200, body);
  } catch (error) {
    if (!(error instanceof ApiQueryError)) throw error;
    sendJson(response, 400, { error: error.message });
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
