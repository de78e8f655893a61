import type { Fetched } from '../features/feedback.js';
import type { Core } from './compose.js';
import { containedAsync } from './contained.js';
import type { ScopeTarget } from './scope-target.js';

/** A/B tests of remote config values, for one device (docs/protocol.md §10.2). Nothing here ever rejects. */
export class AbTests {
  readonly #core: Core;
  readonly #target: ScopeTarget;

  /** @internal */
  constructor(core: Core, target: ScopeTarget) {
    this.#core = core;
    this.#target = target;
  }

  /** Takes part in the tests of these values. */
  enrol(keys: readonly string[]): Promise<Fetched<unknown>> {
    return containedAsync(this.#core, 'abTests.enrol', () => this.#core.abTesting.enrol(this.#target, keys));
  }

  /** Chooses a variant for this device. */
  enrolVariant(key: string, variant: string): Promise<Fetched<unknown>> {
    return containedAsync(this.#core, 'abTests.enrolVariant', () =>
      this.#core.abTesting.enrolVariant(this.#target, key, variant),
    );
  }

  /** Leaves the tests of these values; without keys all of them. */
  optOut(keys?: readonly string[]): Promise<Fetched<unknown>> {
    return containedAsync(this.#core, 'abTests.optOut', () => this.#core.abTesting.optOut(this.#target, keys));
  }

  /** Variants by key, as the server sends them. */
  fetchVariants(keys?: readonly string[]): Promise<Fetched<unknown>> {
    return containedAsync(this.#core, 'abTests.fetchVariants', () => this.#core.abTesting.variants(this.#target, keys));
  }

  /** Running experiments, as the server sends them. */
  fetchExperiments(): Promise<Fetched<unknown>> {
    return containedAsync(this.#core, 'abTests.fetchExperiments', () => this.#core.abTesting.experiments(this.#target));
  }
}
