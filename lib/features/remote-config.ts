import { argumentOf, isObject, optionsOf, tellMisfit, textFrom } from '../check.js';
import type { Reporter } from '../logger.js';
import { jsonString, storable } from '../protocol/json-text.js';
import { Feature, type Fetched, type Target, TEXTS } from './feature.js';

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

type Fields = Readonly<Record<string, string>>;
const EMPTY: RemoteConfigValues = Object.freeze({});

/** Values an operator sets on the server (docs/protocol.md §10.1), remembered for each device. */
export class RemoteConfig extends Feature<{ readonly method: 'rc' | 'fetch_remote_config' }> {
  /** Asks the server. A full answer replaces what is remembered, a partial one is added to it. */
  async fetch(target: Target, query?: RemoteConfigQuery, awaited = true): Promise<Fetched<RemoteConfigValues>> {
    const { reporter } = this.port;
    const wanted = optionsOf(reporter, 'fetchRemoteConfig', query) ?? {};
    if (!this.port.isAllowed(target, 'remote-config')) return { ok: false, reason: 'no consent to remote-config' };
    const only = {
      ...keysField(reporter, 'fetchRemoteConfig.keys', wanted.keys),
      ...keysField(reporter, 'fetchRemoteConfig.omitKeys', wanted.omitKeys, 'omit_keys'),
    };
    const fields = {
      method: this.settings.method,
      ...only,
      ...(wanted.enrol === true ? { oi: '1' } : {}),
      ...(this.port.isAllowed(target, 'sessions')
        ? { metrics: JSON.stringify({ ...this.port.metrics, ...target.metrics }, storable) }
        : {}),
    };
    let answer = await this.port.query(target, { path: '/o/sdk', fields, awaited });
    if (!answer.ok && answer.status === 400 && /invalid method/i.test(answer.message)) {
      // Servers before 24 know only the older name (docs/protocol.md §10.1).
      const older = { ...fields, method: 'fetch_remote_config' };
      answer = await this.port.query(target, { path: '/o/sdk', fields: older, awaited });
    }
    if (!answer.ok) return { ok: false, reason: answer.message };
    const { value } = answer;
    if (!isObject(value)) return { ok: false, reason: 'the answer is no set of values' };
    const state = this.port.stateOf(target.deviceId);
    const partial = Object.keys(only).length > 0;
    state.remoteConfig = Object.freeze({ ...(partial ? state.remoteConfig : undefined), ...value });
    return { ok: true, value: state.remoteConfig };
  }

  /** What was fetched last; empty before. */
  values(target: Target): RemoteConfigValues {
    return this.port.peekState(target.deviceId)?.remoteConfig ?? EMPTY;
  }

  forget(target: Target): void {
    const state = this.port.peekState(target.deviceId);
    if (state !== undefined) state.remoteConfig = undefined;
  }
}

/** A/B tests of remote config values (docs/protocol.md §10.2). */
export class AbTesting extends Feature {
  /** Takes part in the tests of these values. */
  async enrol(target: Target, keys: readonly string[]): Promise<Fetched<unknown>> {
    const field = keysField(this.port.reporter, 'abTests.enrol.keys', keys);
    if (field['keys'] === undefined) return { ok: false, reason: 'enrolling needs the keys of values' };
    return this.#ask(target, '/o/sdk', 'ab', field);
  }

  /** Chooses a variant oneself. */
  async enrolVariant(target: Target, key: unknown, variant: unknown): Promise<Fetched<unknown>> {
    for (const [argument, value] of Object.entries({ key, variant })) {
      if (textFrom(value) !== undefined) continue;
      const where = `abTests.enrolVariant.${argument}`;
      tellMisfit(this.port.reporter, where, 'a non-empty text', value, 'nothing is asked');
      return { ok: false, reason: `${argument} is missing` };
    }
    return this.#ask(target, '/i', 'ab_enroll_variant', { key: String(key), variant: String(variant) });
  }

  /** Leaves the tests of these values, without keys all of them. */
  optOut(target: Target, keys?: readonly string[]): Promise<Fetched<unknown>> {
    return this.#ask(target, '/i', 'ab_opt_out', keysField(this.port.reporter, 'abTests.optOut.keys', keys));
  }

  variants(target: Target, keys?: readonly string[]): Promise<Fetched<unknown>> {
    const field = keysField(this.port.reporter, 'abTests.fetchVariants.keys', keys);
    return this.#ask(target, '/o/sdk', 'ab_fetch_variants', field);
  }

  experiments(target: Target): Promise<Fetched<unknown>> {
    return this.#ask(target, '/o/sdk', 'ab_fetch_experiments', {});
  }

  #ask(target: Target, path: '/o/sdk' | '/i', method: string, fields: Fields): Promise<Fetched<unknown>> {
    return this.ask(target, 'remote-config', { path, fields: { method, ...fields } });
  }
}

/** Names as a field, if there are any. As JSON text: a server ignores real lists (docs/protocol.md §13 row 57). */
function keysField(reporter: Reporter, where: string, keys: unknown, field = 'keys'): Fields {
  const names = (argumentOf(reporter, where, keys, TEXTS) ?? []).filter((name) => name !== '');
  return names.length === 0 ? {} : { [field]: `[${names.map(jsonString).join(',')}]` };
}
