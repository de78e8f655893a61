import { type Clock, systemClock } from '../clock.js';
import type { CountlyOptions, RemoteConfigCallback } from '../config/options.js';
import { resolveOptions } from '../config/resolve.js';
import { scopeStore } from '../context/scope-store.js';
import type { ServerSettings } from '../features/server-settings.js';
import type { LedgerState } from '../outbox/ledger.js';
import type { FlushResult } from '../outbox/outbox.js';
import type { ConsentFeature } from '../protocol/consent-feature.js';
import { compose } from './compose.js';
import { contained } from './contained.js';
import { contextScope, type RegisteredClient, registerClient, unregisterClient } from './current.js';
import { sanitizeDeviceId, TEMPORARY_ID } from './device-id.js';
import { DeviceScope, type ScopeInit } from './device-scope.js';
import { addProcessHooks, type HookedClient, removeProcessHooks } from './process-hooks.js';
import type { Segmentation } from './scope-api.js';
import { targetOf } from './scope-init.js';
import { ScopeTarget } from './scope-target.js';

/** How long a flush may take. */
export interface FlushOptions {
  /** Milliseconds. @default 10000 for `flush`, the option `shutdownTimeout` for `close` */
  readonly timeout?: number | undefined;
}

/** A snapshot of a client: the ledger, and how much it keeps in memory. */
export interface ClientStats extends LedgerState {
  /** Device states in memory. */
  readonly devices: number;
}

const DEFAULT_FLUSH_MS = 10_000;
const EXPIRE_EVERY_MS = 30_000;

/**
 * A client of one application on a Countly server. It records for any number of devices, and is itself the scope of
 * the process's own device.
 *
 * @example
 * ```ts
 * import { Countly } from 'countly-weave';
 *
 * const countly = Countly.init({ url: 'http://127.0.0.1:6010', appKey: 'shop', appVersion: '1.4.2' });
 * countly.run({ deviceId: 'visitor-17' }, () => {
 *   // Everything started here – awaits, timers, streams – belongs to visitor-17.
 *   countly.current().addEvent('checkout', { sum: 12.5, segmentation: { currency: 'EUR' } });
 * });
 * void countly.close();
 * ```
 */
export class Countly extends DeviceScope implements RegisteredClient {
  readonly name: string;
  readonly #hooks: HookedClient;
  #trackErrors: boolean;
  #cancelExpiry: () => void = () => {};
  #closing: Promise<FlushResult> | undefined;

  /**
   * Makes a client without registering it: decorators find it only through Nest, or through a scope.
   * @throws CountlyConfigError with every problem of the options at once
   */
  constructor(options: CountlyOptions = {}, clock: Clock = systemClock) {
    const resolved = resolveOptions(options);
    const core = compose(resolved, clock);
    super(core, core.own);
    this.name = resolved.name;
    this.#trackErrors = resolved.trackErrors;
    this.#hooks = this.#processHooks();
    if (resolved.disabled) return;
    core.start();
    addProcessHooks(this.#hooks);
    this.#expireLater();
    if (resolved.session === 'automatic') this.beginSession();
    if (resolved.remoteConfig !== false) this.#fetchRemoteConfig();
  }

  /**
   * Makes a client and registers it under its name, so that decorators find it. A disabled one is not registered:
   * woven methods then run as if they were not woven.
   * @throws CountlyConfigError with every problem of the options at once
   */
  static init(options: CountlyOptions = {}): Countly {
    const client = new Countly(options);
    if (client.enabled) registerClient(client);
    return client;
  }

  /** False for a client that was made with `disabled`. */
  get enabled(): boolean {
    return !this.core.options.disabled;
  }

  /** What the operator of the server set for SDKs (contract §10.5), as far as it is known and valid. */
  get serverSettings(): ServerSettings {
    return this.core.serverConfig.settings;
  }

  /**
   * The scope of a device. An id that cannot be one (empty, longer than 256 characters, with control characters, the
   * zero UUID) gives a scope whose entries are counted as dropped.
   */
  device(deviceId: string): DeviceScope {
    return this.#scope(new ScopeTarget({ deviceId: this.#checkedId('device', deviceId), idType: 0 }));
  }

  /** The scope the running code belongs to, if it is one of this client; else the process's own device. */
  current(): DeviceScope {
    const scope = contextScope();
    return scope instanceof DeviceScope && scope.client === this ? scope : this;
  }

  /** Makes a scope current for `fn` and for everything it starts: awaits, timers, streams, event emitters. */
  run<T>(scope: ScopeInit | DeviceScope, fn: () => T): T {
    return scopeStore.run(scope instanceof DeviceScope ? scope : this.scope(scope), fn);
  }

  /** A scope with breadcrumbs and timers of its own, as `run` enters it. */
  scope(init: ScopeInit): DeviceScope {
    const id = init.deviceId === undefined ? undefined : this.#checkedId('scope', init.deviceId);
    return this.#scope(targetOf(this.core, init, id));
  }

  /** Names several features at once, for `giveConsent`, `removeConsent` and `checkConsent`. */
  groupFeatures(groups: Readonly<Record<string, ConsentFeature | readonly ConsentFeature[]>>): void {
    contained(this.core, 'groupFeatures', undefined, () => this.core.consent.group(groups));
  }

  override changeId(deviceId: string, options?: { readonly merge?: boolean | undefined }): void {
    const before = this.deviceId;
    super.changeId(deviceId, options);
    if (this.deviceId === before || this.core.options.remoteConfig === false) return;
    this.core.remoteConfig.forget(this.target);
    this.#fetchRemoteConfig();
  }

  /** Holds everything of the own device until `setId` or `changeId` names it. */
  useTemporaryId(): void {
    this.changeId(TEMPORARY_ID);
  }

  /**
   * Reports uncaught exceptions as fatal crashes from now on, as the option `trackErrors` does from the start.
   * @param segments what every crash report of this client carries from now on
   */
  trackErrors(segments?: Segmentation): void {
    this.#trackErrors = true;
    if (segments !== undefined) this.core.crashes.useSegments(segments);
  }

  /** Reports how long the process took until now, as the trace `app_start` (contract §7). */
  reportAppStart(): void {
    const durationMs = process.uptime() * 1000;
    const startedAt = Math.round(this.core.clock.now() - durationMs);
    this.reportTrace({ type: 'device', name: 'app_start', startedAt, durationMs });
  }

  /** Where every accepted entry is now. */
  stats(): ClientStats {
    return { ...this.core.outbox.stats(), devices: this.core.states.size };
  }

  /** Delivers what was accepted so far. Never rejects; the result says what is still pending after the timeout. */
  flush(options?: FlushOptions): Promise<FlushResult> {
    this.core.profile.saveAll();
    return this.core.outbox.flush(options?.timeout ?? DEFAULT_FLUSH_MS);
  }

  /**
   * Ends sessions and views, delivers, and releases files, sockets and timers. What could not be delivered stays on disk
   * for the next start. Later calls return the same result.
   */
  close(options?: FlushOptions): Promise<FlushResult> {
    this.#closing ??= this.#close(options?.timeout ?? this.core.options.shutdownTimeout);
    return this.#closing;
  }

  async #close(timeout: number): Promise<FlushResult> {
    const { core } = this;
    unregisterClient(this);
    this.#cancelExpiry();
    core.stop();
    core.profile.saveAll();
    const own = core.states.peek(this.deviceId);
    // The own device was there until now; the others until they were last seen.
    if (own !== undefined) core.views.endCurrent(core.own, own);
    core.sessions.end(core.own);
    core.states.clear();
    const result = await core.outbox.close(timeout);
    removeProcessHooks(this.#hooks);
    await core.transport.close();
    return result;
  }

  #scope(target: ScopeTarget): DeviceScope {
    return new DeviceScope(this.core, target, this);
  }

  #checkedId(call: string, given: unknown): string {
    const id = sanitizeDeviceId(given);
    if (id === undefined) {
      this.core.reporter.warn(
        call,
        `${call}: a device id must be a text of 1 to 256 printable characters, got ${typeof given}; what is recorded under it is dropped.`,
      );
    }
    return id ?? '';
  }

  #fetchRemoteConfig(): void {
    const { remoteConfig: told } = this.core.options;
    void this.core.remoteConfig.fetch(this.core.own, {}, false).then((answer) => {
      if (typeof told !== 'function') return;
      const error = answer.ok ? undefined : new Error(answer.reason);
      contained(this.core, 'remoteConfig', undefined, () =>
        (told as RemoteConfigCallback)(error, this.getRemoteConfig()),
      );
    });
  }

  #expireLater(): void {
    this.#cancelExpiry = this.core.clock.after(EXPIRE_EVERY_MS, () => {
      this.core.states.expire();
      this.#expireLater();
    });
  }

  #processHooks(): HookedClient {
    const { outbox, options, profile } = this.core;
    let triedAt = -1;
    return {
      handleSignals: options.handleSignals,
      fatal: (error) => this.#trackErrors && this.logError(error, { fatal: true }),
      saveSync: () => {
        profile.saveAll();
        outbox.saveSync();
      },
      hasPending: () => {
        const { accepted, pending } = outbox.stats();
        return pending > 0 && accepted !== triedAt;
      },
      deliver: () => {
        triedAt = outbox.stats().accepted;
        return this.flush({ timeout: options.shutdownTimeout });
      },
    };
  }
}
