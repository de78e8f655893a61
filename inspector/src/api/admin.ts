import type { IncomingMessage, ServerResponse } from 'node:http';
import { readFault } from '../faults/read-fault.js';
import type { CollectorParts } from '../http/collector.js';
import type { RawRequest } from '../http/raw-request.js';
import { sendJson } from '../http/respond.js';
import { parseJson } from '../protocol/json.js';
import { forgetAll } from './forget.js';
import { changeSettings, settingsOf } from './settings.js';

/** Requests that change the inspector: faults, settings, reset. */
export function handleAdmin(
  parts: CollectorParts,
  request: RawRequest,
  message: IncomingMessage,
  response: ServerResponse,
  name: string,
  id: string | undefined,
): void {
  if (isForeign(message)) return sendJson(response, 403, { error: 'requests from other web pages are not accepted' });
  try {
    const body = change(parts, request, name, id);
    if (body === undefined)
      sendJson(response, 404, { error: `nothing to change at ${request.method} ${request.path}` });
    else sendJson(response, 200, body);
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error;
    sendJson(response, 400, { error: error.message });
  }
}

function change(parts: CollectorParts, { method, body }: RawRequest, name: string, id: string | undefined): unknown {
  const { faults, settings } = parts;
  if (method === 'DELETE' && name === 'faults') {
    faults.clear(id === undefined ? undefined : Number(id));
    return { faults: faults.list() };
  }
  if (method !== 'POST') return undefined;
  switch (name) {
    case 'faults': {
      const sent = parseJson(body.toString('utf8') || 'null');
      // A list replaces all faults; one object adds to them. Nothing is set when any of them is wrong.
      const list = Array.isArray(sent) ? sent.map(readFault) : [readFault(sent)];
      if (Array.isArray(sent)) faults.clear();
      const ids = list.map((fault) => faults.set(fault));
      return { ids, faults: faults.list() };
    }
    case 'settings':
      changeSettings(settings, parseJson(body.toString('utf8') || 'null'));
      return { settings: settingsOf(settings) };
    case 'reset':
      forgetAll(parts);
      return { reset: true };
    default:
      return undefined;
  }
}

/** A page of another origin must not steer the inspector of whoever looks at it. */
export function isForeign(message: IncomingMessage): boolean {
  const { origin, host } = message.headers;
  if (origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== host;
}
