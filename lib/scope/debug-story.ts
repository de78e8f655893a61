import { hostname } from 'node:os';
import { shownAddress } from '../check.js';
import { truncate } from '../config/limits.js';
import type { ResolvedOptions } from '../config/resolve.js';
import type { RecordDraft, Target } from '../features/feature.js';
import type { LedgerState } from '../outbox/ledger.js';
import { SDK_VERSION } from '../protocol/head.js';
import { recordedBy } from './current.js';

// What `debug: true` tells, for a person who follows it. No value of a segment, a profile or a crash is in it, no whole
// id and no secret. Whoever calls these asks first whether anybody listens.

const LONGEST_NAME = 80;
/** What is worth a word when it is not as usual. */
const SWITCHES = [
  ['testMode', 'test mode: nothing is sent'],
  ['requireConsent', 'consent is required'],
  ['salt', 'requests are signed'],
  ['session', 'session begins by itself', 'automatic'],
  ['trackErrors', 'uncaught exceptions are reported'],
  ['handleSignals', 'signals are handled'],
  ['rollUp', 'equal events are merged'],
  ['remoteConfig', 'remote config is fetched'],
  ['temporaryDeviceId', 'device id is temporary'],
  ['proxy', 'through a proxy'],
  ['storage', 'a storage of your own'],
  ['transport', 'a transport of your own'],
] as const;

/** The first four characters; of a short text not so many that it could be guessed. */
export function shortened(secret: string): string {
  const kept = Math.min(4, secret.length >> 1);
  return `${[...secret.slice(0, kept + 1)].slice(0, kept).join('')}…`;
}

export function startText(options: ResolvedOptions, journal: string | undefined): string {
  const { name, url, appKey, delivery, encoding, durability, beforeSend } = options;
  if (options.disabled) return `Client "${name}" ${SDK_VERSION} is disabled: nothing is recorded.`;
  const isOn = ([option, , value]: (typeof SWITCHES)[number]): boolean =>
    value === undefined ? options[option] !== undefined && options[option] !== false : options[option] === value;
  const on = SWITCHES.filter(isOn).map(([, words]) => words);
  if (beforeSend.length > 0) on.push(`${beforeSend.length} beforeSend` as never);
  const to = url === '' ? 'no url' : shownAddress(url);
  const place = journal ?? 'memory only';
  return (
    `Client "${name}" ${SDK_VERSION} starts on ${hostname()}, process ${process.pid}: to ${to}, app key ${shortened(appKey)}, ` +
    `journal ${place} (${durability}), delivery ${delivery} as ${encoding}; ${on.join(', ') || 'all else as usual'}.`
  );
}

/** A record, and what made it. */
export function recordText(target: Target, draft: RecordDraft): string {
  const { recorder, instance } = recordedBy;
  // What waited to be told of the person leaves before the record, and is nothing that the decorator made.
  const made = recorder === undefined || draft.feature === 'users' ? '' : ` by ${recorder.placeOf(instance)}`;
  return `Recorded ${subjectOf(draft)}${made} for device ${shortened(target.deviceId)}.`;
}

/** Its kind, and the key or name under which it can be found on the server. */
function subjectOf({ kind, body }: RecordDraft): string {
  if (kind === 'picture') return 'a picture';
  const content = JSON.parse(kind === 'event' ? body : `{${body}}`) as Record<string, Record<string, unknown>>;
  if (kind === 'event') {
    const name = content['key'] as unknown as string;
    return name === '[CLY]_view' ? `view ${quoted(content['segmentation']?.['name'])}` : `event ${quoted(name)}`;
  }
  if (content['apm'] !== undefined) return `trace ${quoted(content['apm']['name'])}`;
  const members = Object.keys(content).filter((name) => !['metrics', 'ip_address', 'location'].includes(name));
  return `request with ${members.slice(0, 3).join(', ')}`;
}

/** What stands behind a question mark in a path is somebody's own. */
function quoted(name: unknown): string {
  return `"${truncate(String(name).replace(/\?.*$/s, '?…'), LONGEST_NAME)}"`;
}

export function closeText(name: string, { accepted, delivered, pending, dropped }: LedgerState): string {
  const reasons = Object.entries(dropped).map(([reason, count]) => `${count} ${reason}`);
  const lost = reasons.length === 0 ? 'none dropped' : `dropped: ${reasons.join(', ')}`;
  return `Client "${name}" closed: ${accepted} accepted, ${delivered} delivered, ${pending} pending, ${lost}.`;
}
