import type { FeaturePort, Query, Target } from './feature.js';
import type { Fetched } from './feedback.js';
import { listText } from './remote-config.js';

/** A/B tests of remote config values (contract §10.2). */
export class AbTesting {
  readonly #port: FeaturePort;

  constructor(port: FeaturePort) {
    this.#port = port;
  }

  /** Takes part in the tests of these values. */
  enrol(target: Target, keys: readonly string[]): Promise<Fetched<unknown>> {
    const text = listText(keys);
    if (text === undefined) return Promise.resolve({ ok: false, reason: 'enrolling needs the keys of values' });
    return this.#ask(target, '/o/sdk', { method: 'ab', keys: text });
  }

  /** Chooses a variant oneself. */
  enrolVariant(target: Target, key: string, variant: string): Promise<Fetched<unknown>> {
    return this.#ask(target, '/i', { method: 'ab_enroll_variant', key: String(key), variant: String(variant) });
  }

  /** Leaves the tests of these values, without keys all of them. */
  optOut(target: Target, keys?: readonly string[]): Promise<Fetched<unknown>> {
    const text = listText(keys);
    return this.#ask(target, '/i', { method: 'ab_opt_out', ...(text === undefined ? {} : { keys: text }) });
  }

  variants(target: Target, keys?: readonly string[]): Promise<Fetched<unknown>> {
    const text = listText(keys);
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
