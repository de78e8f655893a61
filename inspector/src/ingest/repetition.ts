import { isInternal, storedKey } from '../protocol/event-key.js';
import { isObject } from '../protocol/json.js';
import type { Entry } from './entry.js';

/** What of an entry counts once more when the entry comes again. */
export interface Countable {
  /** Parts that change the user's document, so that a server notes the request by itself. */
  readonly noted: string[];
  /** Parts that do not: only a truthy `rr` makes a server note the request (docs/protocol.md §2.8). */
  readonly unnoted: string[];
}

/** Internal events that change the user's document. */
const NOTED_EVENTS = new Set(['[CLY]_view', '[CLY]_orientation']);

export function countableParts(entry: Entry): Countable {
  const { parameters } = entry;
  const noted: string[] = [];
  const unnoted: string[] = [];
  if (['begin_session', 'session_duration', 'end_session'].some((name) => parameters[name])) noted.push('session');
  if (entry.crash.state === 'read') noted.push('crash');
  for (const key of keysOf(entry)) {
    if (!isInternal(key)) noted.push('events');
    else (NOTED_EVENTS.has(key) ? noted : unnoted).push(key);
  }
  if (entry.apm.state === 'read') unnoted.push('apm');
  if (hasOperator(entry)) unnoted.push('an operator in user_details');
  for (const name of ['campaign_id', 'aid', 'attribution_data']) if (parameters[name]) unnoted.push(name);
  return { noted: [...new Set(noted)], unnoted: [...new Set(unnoted)] };
}

function keysOf({ events }: Entry): Set<string> {
  const list: unknown[] = events.state === 'read' && Array.isArray(events.value) ? events.value : [];
  const keys = list.filter(isObject).map((event) => storedKey(event['key']));
  return new Set(keys.filter((key) => key !== ''));
}

/** Plain values are set again to what they are; operators compute again. */
function hasOperator({ userDetails }: Entry): boolean {
  const details = userDetails.state === 'read' ? userDetails.value : undefined;
  const custom = isObject(details) ? details['custom'] : undefined;
  return (
    isObject(custom) && Object.values(custom).some((value) => isObject(value) && Object.keys(value).some(isOperator))
  );
}

function isOperator(name: string): boolean {
  return name.startsWith('$');
}
