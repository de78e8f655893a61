import type { Fetched } from '../features/feedback.js';
import type { ScopeApi } from './scope-api.js';
import { containedAsync } from './scope-parts.js';

/** A/B tests of remote config values, for one device (docs/protocol.md §10.2). Nothing here ever rejects. */
export class AbTests {
  readonly #scope: ScopeApi;

  /** @internal */
  constructor(scope: ScopeApi) {
    this.#scope = scope;
  }

  /** Takes part in the tests of these values. */
  enrol(keys: readonly string[]): Promise<Fetched<unknown>> {
    return containedAsync(this.#scope, 'abTests.enrol', ({ abTesting }, target) => abTesting.enrol(target, keys));
  }

  /** Chooses a variant for this device. */
  enrolVariant(key: string, variant: string): Promise<Fetched<unknown>> {
    return containedAsync(this.#scope, 'abTests.enrolVariant', ({ abTesting }, target) =>
      abTesting.enrolVariant(target, key, variant),
    );
  }

  /** Leaves the tests of these values; without keys all of them. */
  optOut(keys?: readonly string[]): Promise<Fetched<unknown>> {
    return containedAsync(this.#scope, 'abTests.optOut', ({ abTesting }, target) => abTesting.optOut(target, keys));
  }

  /** Variants by key, as the server sends them. */
  fetchVariants(keys?: readonly string[]): Promise<Fetched<unknown>> {
    return containedAsync(this.#scope, 'abTests.fetchVariants', ({ abTesting }, target) =>
      abTesting.variants(target, keys),
    );
  }

  /** Running experiments, as the server sends them. */
  fetchExperiments(): Promise<Fetched<unknown>> {
    return containedAsync(this.#scope, 'abTests.fetchExperiments', ({ abTesting }, target) =>
      abTesting.experiments(target),
    );
  }
}
