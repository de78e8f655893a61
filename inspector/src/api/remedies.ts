import type { ServerSettings } from '../options.js';

type Remedy = string | ((settings: Readonly<ServerSettings>) => string);

/** What to do about an answer that refuses, by how it begins. */
const REMEDIES: ReadonlyArray<readonly [beginning: string, remedy: Remedy]> = [
  ['App does not exist', aboutAppKey],
  [
    'App is currently',
    'The app is paused here. A client holds its queue meanwhile; go on with POST /api/settings {"paused":false}.',
  ],
  [
    'Request does not match checksum',
    'The SDK and this inspector have different salts, or other bytes were hashed: see Contract.',
  ],
  ['Request does not have checksum', 'Give the SDK the salt, or start the inspector without one.'],
  ['Missing parameter', 'Send app_key and device_id in a form or JSON body that can be read: see Contract.'],
  ['Invalid parameter', 'Leave out top-level parameters of this name.'],
  [
    'Invalid path',
    'Give the SDK the address of the server alone: without "/i", without "#", without the path of a page.',
  ],
  ['Invalid method', 'A server without the plugin for this method answers the same.'],
  ['Method not allowed', 'Use GET or POST.'],
  ['Ignoring device_id', 'Send a real device id.'],
  ['Request Entity Too Large', 'Send smaller requests: a proxy before a real server refuses them at 1 to 10 MB.'],
  ['Could not ingest data', 'This inspector could not read it; its terminal says why.'],
  ['null in', 'Remove empty elements from "events".'],
  ['NUL in', 'Take U+0000 out of keys and names.'],
  ['an earlier entry', 'See the entry before it in this bulk.'],
  ['no app_key', 'Put app_key and device_id into every entry of a bulk.'],
];

export function remedyFor(answer: string, settings: Readonly<ServerSettings>): string {
  const remedy = REMEDIES.find(([beginning]) => answer.startsWith(beginning))?.[1] ?? 'See the request itself.';
  return typeof remedy === 'string' ? remedy : remedy(settings);
}

function aboutAppKey({ appKey, salt }: Readonly<ServerSettings>): string {
  if (salt !== undefined && appKey === undefined) return 'With a salt, send single /i requests, no bulks.';
  return appKey === undefined
    ? 'Any app key is accepted now.'
    : `The only app key accepted here is "${appKey}". Correct the key of the SDK, or start without --app-key.`;
}
