import { isObject, parseJson, show } from '../protocol/json.js';
import type { MadeRequest, Maker, Offer, OfferedCalls, OfferedLedger, OfferedMethod, OfferedUnit } from './offer.js';

/** Anybody on this machine can send one, so each part is cut to what a client may have. */
const MOST_METHODS = 10_000;
const MOST_UNITS = 20_000;
const MOST_REQUESTS = 1000;
const MOST_ENTRIES = 20_000;
const MOST_DURATIONS = 1000;
const MOST_REASONS = 50;
const MOST_DECORATORS = 20;
const LONGEST_TEXT = 500;
const LONGEST_PATH = 4000;

/** What was sent is no offer. */
export class OfferError extends TypeError {
  override readonly name = 'OfferError';
}

/** @throws OfferError, SyntaxError */
export function readOffer(text: string): Offer {
  const sent = parseJson(text);
  if (!isObject(sent)) throw new OfferError(`offer: expected an object, got ${show(sent)}`);
  const client = isObject(sent['client']) ? sent['client'] : {};
  const id = textIn(client['id'], LONGEST_TEXT);
  if (id === '') throw new OfferError(`offer "client.id": expected a text, got ${show(client['id'])}`);
  return {
    client: {
      id,
      name: textIn(client['name'], LONGEST_TEXT),
      app: textIn(client['app'], LONGEST_TEXT),
      version: textIn(client['version'], LONGEST_TEXT),
      pid: numberIn(client['pid']),
      hostname: textIn(client['hostname'], LONGEST_TEXT),
      startedAt: numberIn(client['startedAt']),
    },
    closed: sent['closed'] === true,
    ledger: ledgerIn(sent['ledger']),
    methods: listIn(sent['methods'], MOST_METHODS).map(methodIn),
    calls: listIn(sent['calls'], MOST_METHODS).map(callsIn),
    units: listIn(sent['units'], MOST_UNITS).map(unitIn),
    made: listIn(sent['made'], MOST_REQUESTS).map(madeIn),
  };
}

function ledgerIn(value: unknown): OfferedLedger {
  const sent = isObject(value) ? value : {};
  const dropped = Object.entries(isObject(sent['dropped']) ? sent['dropped'] : {}).slice(0, MOST_REASONS);
  return {
    accepted: numberIn(sent['accepted']),
    delivered: numberIn(sent['delivered']),
    pending: numberIn(sent['pending']),
    dropped: Object.fromEntries(dropped.map(([reason, count]) => [textIn(reason, LONGEST_TEXT), numberIn(count)])),
  };
}

function methodIn(sent: Record<string, unknown>): OfferedMethod {
  return {
    ref: numberIn(sent['ref']),
    className: textIn(sent['className'], LONGEST_TEXT),
    methodName: textIn(sent['methodName'], LONGEST_TEXT),
    isStatic: sent['isStatic'] === true,
    file: textIn(sent['file'], LONGEST_PATH) || null,
    line: numberIn(sent['line']) || null,
    column: numberIn(sent['column']) || null,
    decorators: listIn(sent['decorators'], MOST_DECORATORS).map(({ decorator, kind, key }) => ({
      decorator: textIn(decorator, LONGEST_TEXT),
      kind: textIn(kind, LONGEST_TEXT),
      key: textIn(key, LONGEST_TEXT) || null,
    })),
  };
}

function callsIn(sent: Record<string, unknown>): OfferedCalls {
  const durations: readonly unknown[] = Array.isArray(sent['durations']) ? sent['durations'] : [];
  return {
    ref: numberIn(sent['ref']),
    calls: numberIn(sent['calls']),
    failures: numberIn(sent['failures']),
    last: numberIn(sent['last']),
    durations: durations.slice(0, MOST_DURATIONS).map(numberIn),
  };
}

function unitIn(sent: Record<string, unknown>): OfferedUnit {
  return {
    id: textIn(sent['id'], LONGEST_TEXT),
    title: textIn(sent['title'], LONGEST_TEXT),
    startedAt: numberIn(sent['startedAt']),
    deviceId: textIn(sent['deviceId'], LONGEST_TEXT) || null,
  };
}

function madeIn(sent: Record<string, unknown>): MadeRequest {
  const entries: readonly unknown[] = Array.isArray(sent['entries']) ? sent['entries'] : [];
  return {
    body: textIn(sent['body'], LONGEST_TEXT),
    entries: entries.slice(0, MOST_ENTRIES).map((makers) => listIn(makers, MOST_ENTRIES).map(makerIn)),
  };
}

function makerIn({ client, ref, unit }: Record<string, unknown>): Maker {
  const texts = { client: textIn(client, LONGEST_TEXT) || null, unit: textIn(unit, LONGEST_TEXT) || null };
  return { ...texts, ref: typeof ref === 'number' ? ref : null };
}

function listIn(value: unknown, most: number): Record<string, unknown>[] {
  // What is no object counts as an empty one: the place of the others matters.
  return Array.isArray(value) ? value.slice(0, most).map((one: unknown) => (isObject(one) ? one : {})) : [];
}

function textIn(value: unknown, longest: number): string {
  return typeof value === 'string' ? value.slice(0, longest) : '';
}

function numberIn(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : 0;
}
