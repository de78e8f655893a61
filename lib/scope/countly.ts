import { inspect } from 'node:util';
import { optionsOf } from '../check.js';
import { type Clock, systemClock } from '../clock.js';
import { type Dialect, OWN_DIALECT } from '../config/dialect.js';
import type { CountlyOptions } from '../config/options.js';
import { resolveOptions } from '../config/resolve.js';
import type { ServerSettings } from '../features/server-settings.js';
import type { FleetView } from '../outbox/fleet.js';
import { type FlushOptions, type FlushResult, timeoutOf, withDeadline } from '../outbox/flush.js';
import type { LedgerState } from '../outbox/ledger.js';
import type { ConsentFeature } from '../protocol/entry.js';
import { SDK_NAME, SDK_VERSION } from '../protocol/head.js';
import { type Core, compose, EXPIRE_EVERY_MS } from './compose.js';
import { contextScope, registerClient, scopeStore, unregisterClient } from './current.js';
import { closeText } from './debug-story.js';
import { TEMPORARY_ID } from './device-id.js';
import { createScope, DeviceScope, isScope } from './device-scope.js';
import { checkedId, createTarget } from './new-target.js';
import { addProcessHooks, type HookedClient, removeProcessHooks } from './process-hooks.js';
import type { ScopeInit, Segmentation } from './scope-api.js';
import { contained, partsOf, setParts } from './scope-parts.js';
import { ScopeTarget } from './scope-target.js';
import type { MakeSharedHouse } from './shared-visitors.js';

/** A snapshot of a client: the ledger, how much it keeps in memory, and whether things move. */
export interface ClientStats extends LedgerState {
  /** Device states in memory. */
  readonly devices: number;
  /** When the server last accepted something: milliseconds since the epoch. Undefined before. */
  readonly lastDeliveryAt: number | undefined;
  /** Milliseconds since the oldest entry that still waits was recorded. Undefined while nothing waits. */
  readonly oldestPendingAge: number | undefined;
  /** Entries that wait for the end of a transaction. They are accepted, or dropped, with its end. */
  readonly held: number;
}

const DEFAULT_FLUSH_MS = 10_000;

/**
 * A client of one application on a Countly server. It records for any number of devices. Calls on it mean the device of the
 * scope that runs (`run`, a request in Nest); outside of any, and always on `processDevice`, the process's own device.
 *
 * @example
 * ```ts
 * import { Countly } from 'countly-weave';
 *
 * const countly = Countly.init({ url: 'http://127.0.0.1:6010', appKey: 'shop', appVersion: '1.4.2' });
 * countly.run({ deviceId: 'visitor-17' }, () => {
 *   // Everything started here – awaits, timers, streams – belongs to visitor-17.
 *   countly.addEvent('checkout', { sum: 12.5, segmentation: { currency: 'EUR' } });
 * });
 * countly.processDevice.addEvent('started');
 * void countly.close();
 * ```
 */
export class Countly extends DeviceScope implements AsyncDisposable {
  /** The name it is registered under. */
  readonly name: string;
  readonly #hooks: HookedClient;
  #trackErrors: boolean;
  #state: 'open' | 'closing' | 'closed' = 'open';
  #closing: Promise<FlushResult> | undefined;
  private own: DeviceScope | undefined;

  /**
   * Makes a client without registering it: decorators find it only through Nest, or through a scope.
   * @throws CountlyConfigError with every problem of the options at once
   */
  constructor(options?: CountlyOptions);
  constructor(options: CountlyOptions = {}, clock = systemClock, dialect = OWN_DIALECT, visitors?: MakeSharedHouse) {
    super();
    const resolved = resolveOptions(options);
    const core = compose(resolved, clock, dialect, visitors);
    setParts(this, { core, target: core.own, client: this, follows: dialect.followsScope });
    this.name = resolved.name;
    this.#trackErrors = resolved.trackErrors;
    this.#hooks = {
      core,
      fatal: (error) => this.#trackErrors && this.logError(error, { fatal: true }),
    };
    if (resolved.disabled) return;
    core.start();
    addProcessHooks(this.#hooks);
    this.#expireLater(core);
    if (resolved.session === 'automatic') this.beginSession();
    core.fetchOwnRemoteConfig();
  }

  /**
   * Makes a client and registers it under its name, so that decorators find it. A disabled one is not registered:
   * woven methods then run as if they were not woven.
   * @throws CountlyConfigError with every problem of the options at once
   */
  static init(options: CountlyOptions = {}): Countly {
    const client = new Countly(options);
    if (client.enabled) registerClient(client, (problem) => client.warn('name', problem));
    return client;
  }

  /** False for a client that was made with `disabled`. */
  get enabled(): boolean {
    return !partsOf(this).core.options.disabled;
  }

  /** The name this SDK has on the server. */
  get sdkName(): string {
    return SDK_NAME;
  }

  /** Version of this SDK, as the server lists it. */
  get sdkVersion(): string {
    return SDK_VERSION;
  }

  /** What the operator of the server set for SDKs (docs/protocol.md §10.5), as far as it is known and valid. */
  get serverSettings(): ServerSettings {
    return partsOf(this).core.serverConfig.settings;
  }

  /**
   * The scope of a device. An id that cannot be one (empty, longer than 256 characters, with control characters, the
   * zero UUID) gives a scope whose entries are counted as dropped.
   */
  device(deviceId: string): DeviceScope {
    const { core } = partsOf(this);
    const id = checkedId(core.reporter, 'device', deviceId);
    return createScope(core, new ScopeTarget({ deviceId: id, idType: 0 }), this);
  }

  /** The scope the running code belongs to, if it is one of this client; else the client. */
  current(): DeviceScope {
    const scope = contextScope();
    return isScope(scope) && scope.client === this ? scope : this;
  }

  /** Makes a scope current for `fn` and for everything it starts: awaits, timers, streams, event emitters. */
  run<T>(scope: ScopeInit | DeviceScope, fn: () => T): T {
    return scopeStore.run(isScope(scope) ? scope : this.scope(scope), fn);
  }

  /** A scope with breadcrumbs and timers of its own, as `run` enters it. */
  scope(init: ScopeInit): DeviceScope {
    const { core } = partsOf(this);
    return createScope(core, createTarget(core, init), this);
  }

  /** Names several features at once, for `giveConsent`, `removeConsent` and `checkConsent`. */
  groupFeatures(groups: Readonly<Record<string, ConsentFeature | readonly ConsentFeature[]>>): void {
    contained(this, 'groupFeatures', ({ consent }) => consent.group(groups));
  }

  /** Segments that every view carries from now on, in place of those so far. */
  setViewSegmentation(segmentation: Segmentation): void {
    contained(this, 'setViewSegmentation', ({ views }) =>
      views.useSegments('setViewSegmentation', segmentation, false),
    );
  }

  /** Segments that every view carries from now on, beside those so far. */
  updateViewSegmentation(segmentation: Segmentation): void {
    contained(this, 'updateViewSegmentation', ({ views }) =>
      views.useSegments('updateViewSegmentation', segmentation, true),
    );
  }

  /** The process's own device, whatever scope runs. */
  get processDevice(): DeviceScope {
    const { core } = partsOf(this);
    this.own ??= createScope(core, core.own, this);
    return this.own;
  }

  /** Holds everything of the own device until its `setId` or `changeId` names it. */
  useTemporaryId(): void {
    this.processDevice.changeId(TEMPORARY_ID);
  }

  /**
   * Reports uncaught exceptions as fatal crashes from now on, as the option `trackErrors` does from the start.
   * @param segments what every crash report of this client carries from now on
   */
  trackErrors(segments?: Segmentation): void {
    this.#trackErrors = true;
    const { crashes, reporter } = partsOf(this).core;
    const known = optionsOf(reporter, 'trackErrors', segments);
    if (known !== undefined) crashes.useSegments(known);
  }

  /** Reports how long the process took until now, as the trace `app_start` (docs/protocol.md §7). */
  reportAppStart(): void {
    const durationMs = process.uptime() * 1000;
    const startedAt = Math.round(partsOf(this).core.clock.now() - durationMs);
    this.processDevice.reportTrace({ type: 'device', name: 'app_start', startedAt, durationMs });
  }

  /** What is known of the fleet this client belongs to; undefined without the option `fleet`. */
  get fleet(): FleetView | undefined {
    return partsOf(this).core.fleet;
  }

  /** Where every accepted entry is now. With `fleet`, what the fleet took over counts as delivered. */
  stats(): ClientStats {
    const { outbox, ledger, states, progress, port } = partsOf(this).core;
    return {
      ...ledger(),
      devices: states.size,
      lastDeliveryAt: progress.lastDeliveryAt,
      oldestPendingAge: outbox.oldestPendingAge(),
      held: port.held.size,
    };
  }

  /**
   * Delivers what was accepted so far. Never rejects; the result says what is still pending after the timeout, or when the
   * client was closed meanwhile.
   */
  async flush(options?: FlushOptions): Promise<FlushResult> {
    const { core } = partsOf(this);
    core.profile.saveAll();
    const timeout = timeoutOf(core.reporter, 'flush', options, DEFAULT_FLUSH_MS);
    return core.flush(timeout, (left, since) => core.outbox.flush(left, since));
  }

  /**
   * Ends sessions and views, delivers, and releases files, sockets and timers, all of it within the timeout. What could not
   * be delivered stays on disk for the next start. Later calls return the same result.
   */
  close(options?: FlushOptions): Promise<FlushResult> {
    const { core } = partsOf(this);
    this.#closing ??= this.#close(core, timeoutOf(core.reporter, 'close', options, core.options.shutdownTimeout));
    return this.#closing;
  }

  async #close(core: Core, timeout: number): Promise<FlushResult> {
    const until = core.clock.monotonic() + timeout;
    this.#state = 'closing';
    unregisterClient(this);
    core.stop();
    core.profile.saveAll();
    // The own device was there until now; the others until they were last seen.
    core.departures.endOwn();
    core.states.clear();
    const result = await core.flush(timeout, (left, since) => {
      core.visitors?.abandon();
      core.visitors?.stop();
      return core.outbox.close(left, since);
    });
    removeProcessHooks(this.#hooks);
    await core.watch?.close();
    // A transport of the user's own may break its contract; what it holds is its own.
    const close = async () => core.transport.close();
    await withDeadline(core.clock, Math.max(0, until - core.clock.monotonic()), ({ reached }) =>
      Promise.race([reached, close().catch(() => {})]),
    );
    core.clock.stop();
    core.reporter.debug(() => closeText(this.name, core.outbox.stats()));
    this.#state = 'closed';
    return result;
  }

  /** `close()`, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** @internal What `console.log` shows: neither app key nor salt. */
  override [inspect.custom](): string {
    const { core } = partsOf(this);
    const state = core.options.disabled ? 'disabled' : this.#state;
    return `Countly ${inspect({ name: this.name, url: withoutCredentials(core.options.url), state })}`;
  }

  #expireLater(core: Core): void {
    core.clock.after(EXPIRE_EVERY_MS, () => {
      core.states.expire();
      this.#expireLater(core);
    });
  }
}

/** A client with another clock, for tests, or another dialect, for the compat layer. */
export const ClientWith = Countly as unknown as new (
  options: CountlyOptions,
  clock: Clock,
  dialect?: Dialect,
  visitors?: MakeSharedHouse,
) => Countly;

function withoutCredentials(url: string): string {
  if (!URL.canParse(url)) return url;
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}
