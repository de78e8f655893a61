import { isDeepStrictEqual } from 'node:util';
import { isObject } from '../check.js';
import type { RemoteConfigValues } from '../features/remote-config.js';
import type { DeviceScope } from '../scope/device-scope.js';
import type { ProviderSettings } from './provider-options.js';

/** What is known of a person's flags, and since when. */
export interface Flags {
  readonly values: RemoteConfigValues;
  /** `fresh`: just said by the server. `cached`: said lately. `stale`: said once, and the server does not answer now. */
  readonly state: 'fresh' | 'cached' | 'stale';
  /** Names and values of the variants of A/B tests, by flag. */
  readonly variants: Readonly<Record<string, unknown>>;
}

/** Why there are no flags: the person did not agree to be asked about, or the server said nothing. */
export type NoFlags = { readonly refused: 'consent' | 'disabled' } | { readonly failed: string };

const NONE: Readonly<Record<string, unknown>> = Object.freeze({});

/** Asks for the flags of people: remote config, and the variants of A/B tests that decided it. */
export class FlagSource {
  readonly #settings: ProviderSettings;
  /** By the answer they came with: both are forgotten together. */
  readonly #variants = new WeakMap<RemoteConfigValues, Promise<Readonly<Record<string, unknown>>>>();

  constructor(settings: ProviderSettings) {
    this.#settings = settings;
  }

  async of(scope: DeviceScope): Promise<Flags | NoFlags> {
    if (!scope.isAllowed('remote-config')) return { refused: 'consent' };
    const { maxAge, timeout, abTests } = this.#settings;
    const known = scope.getRemoteConfig();
    const isKnown = Object.keys(known).length > 0;
    const asked = scope.fetchRemoteConfig({ maxAge, enrol: abTests });
    const answer = await within(asked, timeout);
    if (answer === undefined || !answer.ok) {
      if (!isKnown) return { failed: answer?.ok === false ? answer.reason : `no answer within ${timeout} ms` };
      return { values: known, state: 'stale', variants: await this.#variantsOf(scope, known) };
    }
    const { value: values } = answer;
    const state = values === known ? 'cached' : 'fresh';
    return { values, state, variants: await this.#variantsOf(scope, values) };
  }

  async #variantsOf(scope: DeviceScope, values: RemoteConfigValues): Promise<Readonly<Record<string, unknown>>> {
    const { abTests, timeout } = this.#settings;
    if (!abTests) return NONE;
    let asked = this.#variants.get(values);
    if (asked === undefined) {
      asked = scope.abTests
        .fetchVariants()
        .then((answer) => (answer.ok && isObject(answer.value) ? answer.value : NONE));
      this.#variants.set(values, asked);
    }
    return (await within(asked, timeout)) ?? NONE;
  }
}

/** The variant that has this value: a test lists its variants as `{ name, value }`. */
export function variantOf(
  variants: Readonly<Record<string, unknown>>,
  key: string,
  value: unknown,
): string | undefined {
  const list = Object.hasOwn(variants, key) ? variants[key] : undefined;
  if (!Array.isArray(list)) return undefined;
  const found = (list as unknown[]).find((one) => isObject(one) && isDeepStrictEqual(one['value'], value));
  const name = isObject(found) ? found['name'] : undefined;
  return typeof name === 'string' ? name : undefined;
}

/** Undefined when it takes too long; nothing that is asked here ever rejects. */
function within<T>(work: Promise<T>, ms: number): Promise<T | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), ms);
    timer.unref();
    void work.then((value) => {
      clearTimeout(timer);
      resolve(value);
    });
  });
}
