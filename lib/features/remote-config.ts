import { argumentOf, isObject, optionsOf, SECONDS, tellMisfit, textFrom, thrownName } from '../check.js';
import type { RemoteConfigCallback } from '../config/options.js';
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
  /** Seconds an earlier answer to the same question may be old; 0 asks anew. @default the client's `remoteConfigMaxAge` */
  readonly maxAge?: number | undefined;
}

/** Remote config values by their keys, as the server sent them. */
export type RemoteConfigValues = Readonly<Record<string, unknown>>;

type Fields = Readonly<Record<string, string>>;
interface Asked {
  /** What tells it from others. */
  readonly question: string;
  readonly fields: Fields;
  /** Seconds an earlier answer may be old. */
  readonly maxAge: number;
  readonly awaited: boolean;
}

/** Answers that other processes of a fleet got. Neither fails, and neither takes long. */
export interface SharedAnswers {
  /** @param maxAge seconds it may be old */
  get(question: string, maxAge: number): Promise<RemoteConfigValues | undefined>;
  /** @param maxAge seconds it is kept */
  set(question: string, values: RemoteConfigValues, maxAge: number): void;
}

interface RemoteConfigSettings {
  readonly method: 'rc' | 'fetch_remote_config';
  /** Seconds an answer holds. */
  readonly maxAge: number;
  /** Asked before the server is. */
  readonly shared?: SharedAnswers | undefined;
}

const EMPTY: RemoteConfigValues = Object.freeze({});
// Questions are few, and made of code; those that are made of data must not fill the memory.
const MOST_QUESTIONS = 20;

/** Values an operator sets on the server (docs/protocol.md §10.1), remembered for each device for a time. */
export class RemoteConfig extends Feature<RemoteConfigSettings> {
  /** Questions under way: whoever asks the same meanwhile gets the same answer. */
  readonly #running = new Map<string, Promise<Fetched<RemoteConfigValues>>>();

  /** What the server says, now or lately. A full answer replaces what is remembered, a partial one is added to it. */
  async fetch(target: Target, query?: RemoteConfigQuery, awaited = true): Promise<Fetched<RemoteConfigValues>> {
    const { reporter, clock } = this.port;
    const wanted = optionsOf(reporter, 'fetchRemoteConfig', query) ?? {};
    const agrees = this.agrees(target, 'remote-config');
    if (agrees === false || !(await agrees)) return { ok: false, reason: 'no consent to remote-config' };
    const only = {
      ...keysField(reporter, 'fetchRemoteConfig.keys', wanted.keys),
      ...keysField(reporter, 'fetchRemoteConfig.omitKeys', wanted.omitKeys, 'omit_keys'),
    };
    const outcome = "the client's setting holds";
    const maxAge = this.argument('fetchRemoteConfig.maxAge', wanted.maxAge, SECONDS, outcome) ?? this.settings.maxAge;
    const enrol = wanted.enrol === true ? { oi: '1' } : {};
    // For whom, too: what was said to an id that became part of another one is no answer for that one.
    const question = JSON.stringify([target.deviceId, only, enrol]);
    const known = this.port.peekState(target.deviceId)?.remoteConfig;
    const askedAt = known?.asked.get(question);
    if (known !== undefined && askedAt !== undefined && clock.monotonic() - askedAt < maxAge * 1000) {
      return { ok: true, value: known.values };
    }
    let running = this.#running.get(question);
    if (running === undefined) {
      running = this.#fetch(target, { question, fields: { ...only, ...enrol }, maxAge, awaited });
      this.#running.set(question, running);
      const forget = () => this.#running.delete(question);
      running.then(forget, forget);
    }
    return running;
  }

  /** Fetches what an option asks for, and tells it if that is a function. */
  fetchOwn(target: Target, told: boolean | RemoteConfigCallback): void {
    if (told === false) return;
    void this.fetch(target, {}, false).then((answer) => {
      if (typeof told !== 'function') return;
      const error = answer.ok ? undefined : new Error(answer.reason);
      try {
        told(error, this.values(target));
      } catch (thrown) {
        const name = thrownName(thrown);
        this.port.reporter.warn('remoteConfig', `remoteConfig: the callback threw ${name}; what was fetched holds.`);
      }
    });
  }

  /** What was fetched last; empty before. */
  values(target: Target): RemoteConfigValues {
    return this.port.peekState(target.deviceId)?.remoteConfig?.values ?? EMPTY;
  }

  forget(target: Target): void {
    const state = this.port.peekState(target.deviceId);
    if (state !== undefined) state.remoteConfig = undefined;
  }

  async #fetch(target: Target, asked: Asked): Promise<Fetched<RemoteConfigValues>> {
    const { deviceId } = target;
    const { question, fields, maxAge } = asked;
    const { shared } = this.settings;
    const found = shared && maxAge > 0 ? await shared.get(question, maxAge) : undefined;
    const answer: Fetched<RemoteConfigValues> =
      found === undefined ? await this.#ask(target, asked) : { ok: true, value: found };
    if (!answer.ok) return answer;
    if (found === undefined) shared?.set(question, answer.value, this.settings.maxAge);
    const known = this.port.peekState(deviceId)?.remoteConfig;
    const partial = 'keys' in fields || 'omit_keys' in fields;
    const values = Object.freeze({ ...(partial ? known?.values : undefined), ...answer.value });
    const times = [...(known?.asked ?? []), [question, this.port.clock.monotonic()] as const].slice(-MOST_QUESTIONS);
    // The person may have got another id meanwhile.
    if (target.deviceId === deviceId) this.port.stateOf(deviceId).remoteConfig = { values, asked: new Map(times) };
    return { ok: true, value: values };
  }

  async #ask(target: Target, { fields: named, awaited }: Asked): Promise<Fetched<RemoteConfigValues>> {
    const fields = {
      method: this.settings.method,
      ...named,
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
    if (!isObject(answer.value)) return { ok: false, reason: 'the answer is no set of values' };
    return { ok: true, value: answer.value };
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
