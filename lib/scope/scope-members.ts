import type { Fetched, Target } from '../features/feature.js';
import type { ProfileOperator } from '../features/profile-changes.js';
import type { AbTesting } from '../features/remote-config.js';
import type { ScopeApi } from './scope-api.js';
import { contained, containedAsync } from './scope-parts.js';

type Scalar = string | number | boolean;

/**
 * Changes of a person's custom properties (docs/protocol.md §5). They wait for each other and leave with `save`, after five
 * seconds, or when there are a hundred; two operators on one property go out in two requests, in their order.
 *
 * @example
 * ```ts
 * import { Countly } from 'countly-weave';
 *
 * const countly = Countly.init({ url: 'http://127.0.0.1:6010', appKey: 'shop' });
 * const { userData } = countly.device('visitor-17');
 * userData.set('plan', 'pro');
 * userData.increment('logins');
 * userData.save();
 * ```
 */
export class UserData {
  readonly #scope: ScopeApi;

  /** @internal */
  constructor(scope: ScopeApi) {
    this.#scope = scope;
  }

  /** Sets the value, in place of any before. */
  set(property: string, value: Scalar | readonly Scalar[]): void {
    this.#change('$set', property, value);
  }

  /** Sets the value if the server has none yet. */
  setOnce(property: string, value: Scalar | readonly Scalar[]): void {
    this.#change('$setOnce', property, value);
  }

  /** Removes the property. */
  unset(property: string): void {
    this.#change('$set', property, '');
  }

  /** Adds one. */
  increment(property: string): void {
    this.#change('$inc', property, 1);
  }

  /** Adds a number, which may be negative. */
  incrementBy(property: string, value: number): void {
    this.#change('$inc', property, value);
  }

  /** Multiplies a number. */
  multiply(property: string, value: number): void {
    this.#change('$mul', property, value);
  }

  /** Keeps the larger of both numbers. */
  max(property: string, value: number): void {
    this.#change('$max', property, value);
  }

  /** Keeps the smaller of both numbers. */
  min(property: string, value: number): void {
    this.#change('$min', property, value);
  }

  /** Adds to a list. */
  push(property: string, value: Scalar | readonly Scalar[]): void {
    this.#change('$push', property, value);
  }

  /** Adds to a list what it does not have yet. */
  pushUnique(property: string, value: Scalar | readonly Scalar[]): void {
    this.#change('$addToSet', property, value);
  }

  /** Removes from a list. */
  pull(property: string, value: Scalar | readonly Scalar[]): void {
    this.#change('$pull', property, value);
  }

  /** Sends the changes. */
  save(): void {
    contained(this.#scope, 'userData.save', ({ profile }, target) => profile.save(target));
  }

  #change(operator: ProfileOperator, property: string, value: unknown): void {
    contained(this.#scope, 'userData', ({ profile }, target) => profile.change(target, operator, property, value));
  }
}

/** A/B tests of remote config values, for one device (docs/protocol.md §10.2). Nothing here ever rejects. */
export class AbTests {
  readonly #ask: (
    call: string,
    work: (tests: AbTesting, target: Target) => Promise<Fetched<unknown>>,
  ) => Promise<Fetched<unknown>>;

  /** @internal */
  constructor(scope: ScopeApi) {
    this.#ask = (call, work) =>
      containedAsync(scope, `abTests.${call}`, ({ abTesting }, target) => work(abTesting, target));
  }

  /** Takes part in the tests of these values. */
  enrol(keys: readonly string[]): Promise<Fetched<unknown>> {
    return this.#ask('enrol', (tests, target) => tests.enrol(target, keys));
  }

  /** Chooses a variant for this device. */
  enrolVariant(key: string, variant: string): Promise<Fetched<unknown>> {
    return this.#ask('enrolVariant', (tests, target) => tests.enrolVariant(target, key, variant));
  }

  /** Leaves the tests of these values; without keys all of them. */
  optOut(keys?: readonly string[]): Promise<Fetched<unknown>> {
    return this.#ask('optOut', (tests, target) => tests.optOut(target, keys));
  }

  /** Variants by key, as the server sends them. */
  fetchVariants(keys?: readonly string[]): Promise<Fetched<unknown>> {
    return this.#ask('fetchVariants', (tests, target) => tests.variants(target, keys));
  }

  /** Running experiments, as the server sends them. */
  fetchExperiments(): Promise<Fetched<unknown>> {
    return this.#ask('fetchExperiments', (tests, target) => tests.experiments(target));
  }
}
