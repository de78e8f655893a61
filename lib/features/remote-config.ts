import { optionsOf, tellMisfit } from '../check.js';
import type { Reporter } from '../logger.js';
import { jsonString } from '../protocol/json-text.js';
import type { FeaturePort, Target } from './feature.js';
import type { Fetched } from './feedback.js';

/** Which values to fetch. */
export interface RemoteConfigQuery {
  /** Only these. */
  readonly keys?: readonly string[] | undefined;
  /** All but these. */
  readonly omitKeys?: readonly string[] | undefined;
  /** Enrol the device in the A/B tests of the fetched values. @default false */
  readonly enrol?: boolean | undefined;
}

export type RemoteConfigValues = Readonly<Record<string, unknown>>;

const EMPTY: RemoteConfigValues = Object.freeze({});

/** Values an operator sets on the server (docs/protocol.md §10.1), remembered for each device. */
export class RemoteConfig {
  readonly #port: FeaturePort;
  readonly #method: 'rc' | 'fetch_remote_config';

  constructor(port: FeaturePort, method: 'rc' | 'fetch_remote_config') {
    this.#port = port;
    this.#method = method;
  }

  /** Asks the server. A full answer replaces what is remembered, a partial one is added to it. */
  async fetch(target: Target, query?: RemoteConfigQuery, awaited = true): Promise<Fetched<RemoteConfigValues>> {
    const { reporter } = this.#port;
    const wanted = optionsOf(reporter, 'fetchRemoteConfig', query) ?? {};
    if (!this.#port.isAllowed(target, 'remote-config')) return { ok: false, reason: 'no consent to remote-config' };
    const keys = keysText(reporter, 'fetchRemoteConfig', 'keys', wanted.keys);
    const omitKeys = keysText(reporter, 'fetchRemoteConfig', 'omitKeys', wanted.omitKeys);
    const fields = {
      method: this.#method,
      // As JSON text: a server ignores real lists here (docs/protocol.md §13 row 57).
      ...(keys === undefined ? {} : { keys }),
      ...(omitKeys === undefined ? {} : { omit_keys: omitKeys }),
      ...(wanted.enrol === true ? { oi: '1' } : {}),
      ...(this.#port.isAllowed(target, 'sessions') ? { metrics: this.#metrics(target) } : {}),
    };
    let answer = await this.#port.query(target, { path: '/o/sdk', fields, awaited });
    if (!answer.ok && answer.status === 400 && /invalid method/i.test(answer.message)) {
      // Servers before 24 know only the older name (docs/protocol.md §10.1).
      const older = { ...fields, method: 'fetch_remote_config' };
      answer = await this.#port.query(target, { path: '/o/sdk', fields: older, awaited });
    }
    if (!answer.ok) return { ok: false, reason: answer.message };
    const { value } = answer;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return { ok: false, reason: 'the answer is no set of values' };
    }
    const state = this.#port.stateOf(target.deviceId);
    const partial = keys !== undefined || omitKeys !== undefined;
    state.remoteConfig = Object.freeze({ ...(partial ? state.remoteConfig : undefined), ...value });
    return { ok: true, value: state.remoteConfig };
  }

  /** What was fetched last; empty before. */
  values(target: Target): RemoteConfigValues {
    return this.#port.peekState(target.deviceId)?.remoteConfig ?? EMPTY;
  }

  forget(target: Target): void {
    const state = this.#port.peekState(target.deviceId);
    if (state !== undefined) state.remoteConfig = undefined;
  }

  #metrics(target: Target): string {
    return JSON.stringify({ ...this.#port.metrics, ...target.metrics });
  }
}

/** The same for an argument of a call, with a warning when it is no list. */
export function keysText(reporter: Reporter, call: string, argument: string, keys: unknown): string | undefined {
  if (keys !== undefined && !Array.isArray(keys)) {
    tellMisfit(reporter, { call, argument, expected: 'a list of texts', value: keys, outcome: 'it is left out' });
  }
  return listText(keys);
}

/** A list of names as JSON text; undefined when there is none. */
export function listText(names: unknown): string | undefined {
  if (!Array.isArray(names)) return undefined;
  const texts = names.filter((name): name is string => typeof name === 'string' && name !== '');
  return texts.length === 0 ? undefined : `[${texts.map(jsonString).join(',')}]`;
}
