import { type ArgumentKind, argumentOf, isList, isObject, optionsOf, tellMisfit, textFrom } from '../check.js';
import type { Reporter } from '../logger.js';
import { jsonString, storable } from '../protocol/json-text.js';
import type { FeaturePort, Query, Target } from './feature.js';
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
    const keys = keysText(reporter, 'fetchRemoteConfig.keys', wanted.keys);
    const omitKeys = keysText(reporter, 'fetchRemoteConfig.omitKeys', wanted.omitKeys);
    const fields = {
      method: this.#method,
      // As JSON text: a server ignores real lists here (docs/protocol.md §13 row 57).
      ...(keys === undefined ? {} : { keys }),
      ...(omitKeys === undefined ? {} : { omit_keys: omitKeys }),
      ...(wanted.enrol === true ? { oi: '1' } : {}),
      ...(this.#port.isAllowed(target, 'sessions')
        ? { metrics: JSON.stringify({ ...this.#port.metrics, ...target.metrics }, storable) }
        : {}),
    };
    let answer = await this.#port.query(target, { path: '/o/sdk', fields, awaited });
    if (!answer.ok && answer.status === 400 && /invalid method/i.test(answer.message)) {
      // Servers before 24 know only the older name (docs/protocol.md §10.1).
      const older = { ...fields, method: 'fetch_remote_config' };
      answer = await this.#port.query(target, { path: '/o/sdk', fields: older, awaited });
    }
    if (!answer.ok) return { ok: false, reason: answer.message };
    const { value } = answer;
    if (!isObject(value)) return { ok: false, reason: 'the answer is no set of values' };
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
}

/** A/B tests of remote config values (docs/protocol.md §10.2). */
export class AbTesting {
  readonly #port: FeaturePort;

  constructor(port: FeaturePort) {
    this.#port = port;
  }

  /** Takes part in the tests of these values. */
  enrol(target: Target, keys: readonly string[]): Promise<Fetched<unknown>> {
    const text = keysText(this.#port.reporter, 'abTests.enrol.keys', keys);
    if (text === undefined) return Promise.resolve({ ok: false, reason: 'enrolling needs the keys of values' });
    return this.#ask(target, '/o/sdk', { method: 'ab', keys: text });
  }

  /** Chooses a variant oneself. */
  enrolVariant(target: Target, key: unknown, variant: unknown): Promise<Fetched<unknown>> {
    for (const [argument, value] of Object.entries({ key, variant })) {
      if (textFrom(value) !== undefined) continue;
      const where = `abTests.enrolVariant.${argument}`;
      tellMisfit(this.#port.reporter, where, 'a non-empty text', value, 'nothing is asked');
      return Promise.resolve({ ok: false, reason: `${argument} is missing` });
    }
    return this.#ask(target, '/i', { method: 'ab_enroll_variant', key: String(key), variant: String(variant) });
  }

  /** Leaves the tests of these values, without keys all of them. */
  optOut(target: Target, keys?: readonly string[]): Promise<Fetched<unknown>> {
    const text = keysText(this.#port.reporter, 'abTests.optOut.keys', keys);
    return this.#ask(target, '/i', { method: 'ab_opt_out', ...(text === undefined ? {} : { keys: text }) });
  }

  variants(target: Target, keys?: readonly string[]): Promise<Fetched<unknown>> {
    const text = keysText(this.#port.reporter, 'abTests.fetchVariants.keys', keys);
    return this.#ask(target, '/o/sdk', { method: 'ab_fetch_variants', ...(text === undefined ? {} : { keys: text }) });
  }

  experiments(target: Target): Promise<Fetched<unknown>> {
    return this.#ask(target, '/o/sdk', { method: 'ab_fetch_experiments' });
  }

  async #ask(target: Target, path: Query['path'], fields: Record<string, string>): Promise<Fetched<unknown>> {
    if (!this.#port.isAllowed(target, 'remote-config')) return { ok: false, reason: 'no consent to remote-config' };
    const answer = await this.#port.query(target, { path, fields, awaited: true });
    return answer.ok ? { ok: true, value: answer.value } : { ok: false, reason: answer.message };
  }
}

const NAMES: ArgumentKind<unknown[]> = {
  expected: 'a list of texts',
  read: (value) => (isList(value) ? value : undefined),
};

/** A list of names as JSON text; undefined when there is none. */
function keysText(reporter: Reporter, where: string, keys: unknown): string | undefined {
  const names = argumentOf(reporter, where, keys, NAMES) ?? [];
  const texts = names.filter((name): name is string => typeof name === 'string' && name !== '');
  return texts.length === 0 ? undefined : `[${texts.map(jsonString).join(',')}]`;
}
