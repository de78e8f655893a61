import type { Decoded } from '../http/decode.js';
import { type RawRequest, type Reply, resultReply } from '../http/raw-request.js';
import type { IngestContext } from '../ingest/context.js';
import { answered, type Handled } from '../ingest/handled.js';
import { mergeDevices } from '../ingest/merge.js';
import { refusalOf } from '../ingest/refusal.js';
import { type JsonObject, parseJson, stringOf, textOf } from '../protocol/json.js';
import { uidOf } from '../protocol/payload.js';

/** `/o/sdk` and its alias `/i/sdk`. */
export function handleFetch(context: IngestContext, request: RawRequest, decoded: Decoded): Handled {
  context.checker.request({ request, decoded, endpoint: 'fetch', settings: context.settings });
  const refusal = refusalOf(decoded, 'fetch', context.settings);
  if (refusal !== undefined) return { ...answered(refusal), outcome: refusal.status === 200 ? 'ignored' : 'rejected' };
  if (MAKE_DOCUMENT.has(textOf(decoded.parameters['method']) ?? '')) makeDocument(context, request, decoded);
  mergeIfAsked(context, request, decoded);
  return answered(replyTo(context, decoded));
}

/** Asking for these makes a document of the user, which is not counted among the users (docs/protocol.md §10.5). */
const MAKE_DOCUMENT = new Set(['sc', 'rc', 'fetch_remote_config', 'feedback']);

function makeDocument({ store }: IngestContext, request: RawRequest, { parameters }: Decoded): void {
  const appKey = textOf(parameters['app_key']) ?? '';
  const deviceId = textOf(parameters['device_id']) ?? '';
  if (deviceId === '' || store.devices.find(appKey, deviceId) !== undefined) return;
  store.devices.create(appKey, deviceId, uidOf(appKey, deviceId), request.receivedAt);
}

function replyTo({ settings }: IngestContext, { parameters }: Decoded): Reply {
  switch (textOf(parameters['method'])) {
    case 'rc':
    case 'fetch_remote_config':
      return { status: 200, body: selectKeys(settings.remoteConfig, parameters['keys'], parameters['omit_keys']) };
    case 'sc':
      return { status: 200, body: { v: 1, t: Date.now(), c: settings.sdkConfig } };
    case 'ab':
      return namesIn(parameters['keys']) === undefined
        ? resultReply(400, 'Missing Keys')
        : resultReply(200, 'Successfully enrolled in ab tests');
    case 'ab_fetch_variants':
      return { status: 200, body: {} };
    case 'ab_fetch_experiments':
      return { status: 200, body: [] };
    case 'feedback':
      return { status: 200, body: { result: [] } };
    default:
      return resultReply(400, 'Invalid method');
  }
}

function selectKeys(all: JsonObject, keys: unknown, omitKeys: unknown): JsonObject {
  const wanted = namesIn(keys);
  const unwanted = new Set(namesIn(omitKeys) ?? []);
  const chosen = Object.entries(all).filter(([name]) =>
    wanted === undefined ? !unwanted.has(name) : wanted.includes(name),
  );
  return Object.fromEntries(chosen);
}

/** Only JSON text is read; a real array in a JSON body fails to parse on the server and the filter is ignored. */
function namesIn(value: unknown): string[] | undefined {
  if (typeof value !== 'string') return undefined;
  try {
    const names = parseJson(value);
    return Array.isArray(names) && names.length > 0 ? names.map(stringOf) : undefined;
  } catch {
    return undefined;
  }
}

function mergeIfAsked(context: IngestContext, request: RawRequest, { parameters }: Decoded): void {
  const oldDeviceId = textOf(parameters['old_device_id']);
  const deviceId = textOf(parameters['device_id']) ?? '';
  if (!oldDeviceId || oldDeviceId === deviceId) return;
  const device = context.store.devices.find(textOf(parameters['app_key']) ?? '', deviceId);
  if (device === undefined) return;
  mergeDevices(context, { device, entryId: null }, oldDeviceId, request.receivedAt);
  context.store.devices.save(device);
}
