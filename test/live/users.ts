import { memberOf, numberAt, recordsAt } from './json.js';
import type { ReadApi } from './read-api.js';

/** How many people the server knows under these device ids. */
export async function usersOf(api: ReadApi, ids: readonly string[]): Promise<number | undefined> {
  return numberAt(await documents(api, { did: { $in: ids } }), 'iTotalRecords');
}

/** A number of the server's document of a person: `sc` sessions, `tsd` seconds. */
export async function userFigure(api: ReadApi, id: string, member: string): Promise<number | undefined> {
  const [person] = recordsAt(await documents(api, { did: id }), 'aaData');
  return numberAt(person, member);
}

/** What the server noted of a person's consent to a feature. */
export async function consentOf(api: ReadApi, id: string, feature: string): Promise<boolean | undefined> {
  // `/o/consent/current` answers nothing since 25.03.44 (docs/protocol.md §9), so the list of people is asked.
  const [person] = recordsAt(await documents(api, { did: id }), 'aaData');
  const given = memberOf(person, 'consent', feature);
  return typeof given === 'boolean' ? given : undefined;
}

/** How many requests of a person with this parameter the server's request log holds, repetitions left out. */
export async function requestsOf(api: ReadApi, id: string, parameter: string): Promise<number> {
  const log = await api.method('logs', { filter: JSON.stringify({ 'd.id': id }) });
  // A server switches the log off by itself when an app sends much, and then nothing can be said.
  if (memberOf(log, 'state') === 'off') throw new Error("the app's request log is off: switch it on");
  return recordsAt(log, 'logs').filter(({ q, c }) => !c && memberOf(parsed(q), parameter) !== undefined).length;
}

function documents(api: ReadApi, query: unknown): Promise<unknown> {
  const project = JSON.stringify({ did: 1, sc: 1, tsd: 1, consent: 1 });
  return api.ask('/o/app_users/consents', { query: JSON.stringify(query), project });
}

function parsed(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}
