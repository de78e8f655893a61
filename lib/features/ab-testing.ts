import { tellMisfit, textFrom } from '../check.js';
import type { FeaturePort, Query, Target } from './feature.js';
import type { Fetched } from './feedback.js';
import { keysText } from './remote-config.js';

/** A/B tests of remote config values (docs/protocol.md §10.2). */
export class AbTesting {
  readonly #port: FeaturePort;

  constructor(port: FeaturePort) {
    this.#port = port;
  }

  /** Takes part in the tests of these values. */
  enrol(target: Target, keys: readonly string[]): Promise<Fetched<unknown>> {
    const text = keysText(this.#port.reporter, 'abTests.enrol', 'keys', keys);
    if (text === undefined) return Promise.resolve({ ok: false, reason: 'enrolling needs the keys of values' });
    return this.#ask(target, '/o/sdk', { method: 'ab', keys: text });
  }

  /** Chooses a variant oneself. */
  enrolVariant(target: Target, key: unknown, variant: unknown): Promise<Fetched<unknown>> {
    for (const [argument, value] of Object.entries({ key, variant })) {
      if (textFrom(value) !== undefined) continue;
      const wanted = { expected: 'a non-empty text', outcome: 'nothing is asked' };
      tellMisfit(this.#port.reporter, { call: 'abTests.enrolVariant', argument, value, ...wanted });
      return Promise.resolve({ ok: false, reason: `${argument} is missing` });
    }
    return this.#ask(target, '/i', { method: 'ab_enroll_variant', key: String(key), variant: String(variant) });
  }

  /** Leaves the tests of these values, without keys all of them. */
  optOut(target: Target, keys?: readonly string[]): Promise<Fetched<unknown>> {
    const text = keysText(this.#port.reporter, 'abTests.optOut', 'keys', keys);
    return this.#ask(target, '/i', { method: 'ab_opt_out', ...(text === undefined ? {} : { keys: text }) });
  }

  variants(target: Target, keys?: readonly string[]): Promise<Fetched<unknown>> {
    const text = keysText(this.#port.reporter, 'abTests.fetchVariants', 'keys', keys);
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
