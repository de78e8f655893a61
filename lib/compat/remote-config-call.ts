import type { Countly as Client } from '../scope/countly.js';
import type { FetchCallback } from './conf.js';

type Argument = readonly string[] | FetchCallback | null | undefined;

/** The arguments of `fetch_remote_config`, whose callback may stand in any place. */
export function remoteConfigCall(keys: Argument, omitKeys: Argument, callback: Argument): (client: Client) => void {
  const done = [callback, keys, omitKeys].find((argument) => typeof argument === 'function') as
    | FetchCallback
    | undefined;
  const query = { keys: listOf(keys), omitKeys: listOf(omitKeys) };
  return (client) =>
    void client
      .fetchRemoteConfig(query)
      .then((answer) => done?.(answer.ok ? false : new Error(answer.reason), { ...client.getRemoteConfig() }));
}

function listOf(value: Argument): readonly string[] | undefined {
  return Array.isArray(value) && value.length > 0 ? (value as readonly string[]) : undefined;
}
