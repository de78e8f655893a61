import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CollectorParts } from '../http/collector.js';
import type { RawRequest } from '../http/raw-request.js';
import { sendJson } from '../http/respond.js';
import { handleAdmin } from './admin.js';
import type { ApiQuery } from './api-query.js';
import { readDevice } from './device.js';
import { readErrorGroups } from './error-groups.js';
import { readEventKeys } from './event-keys.js';
import { LISTS, readList } from './lists.js';
import { readPlanReport } from './plan.js';
import { readProblemGroups } from './problem-groups.js';
import { readRejections } from './rejections.js';
import { readRequest } from './request.js';
import { readRules } from './rules.js';
import { readSummary } from './summary.js';
import { readTraceNames } from './trace-names.js';
import { readViewNames } from './view-names.js';

type Answer = (query: ApiQuery) => unknown;

const ANSWERS: ReadonlyMap<string, Answer> = new Map<string, Answer>([
  ['summary', readSummary],
  ['keys', readEventKeys],
  ['view-names', readViewNames],
  ['trace-names', readTraceNames],
  ['error-groups', readErrorGroups],
  ['problem-groups', readProblemGroups],
  ['plan', readPlanReport],
  ['rejections', readRejections],
  ['rules', readRules],
  ['faults', ({ parts }) => ({ faults: parts.faults.list() })],
  ...Object.keys(LISTS).map((name): [string, Answer] => [name, (query) => readList(name, query)]),
]);

const ITEMS: ReadonlyMap<string, Answer> = new Map<string, Answer>([
  ['devices', readDevice],
  ['requests', readRequest],
]);

/** `/api/…`: what was collected, as JSON. */
export function handleApi(
  parts: CollectorParts,
  request: RawRequest,
  message: IncomingMessage,
  response: ServerResponse,
): void {
  const [name = '', ...rest] = request.path.slice('/api/'.length).split('/');
  const id = rest.length === 0 || rest[0] === '' ? undefined : decode(rest.join('/'));
  if (request.method !== 'GET') return handleAdmin(parts, request, message, response, name, id);
  if (name === 'stream') return parts.hub.subscribe(response);
  const answer = id === undefined ? ANSWERS.get(name) : ITEMS.get(name);
  const body = answer?.({ parts, search: new URLSearchParams(request.query), id });
  if (body === undefined) sendJson(response, 404, { error: `nothing at ${request.path}` });
  else sendJson(response, 200, body);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
