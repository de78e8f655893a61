import { type Clock, systemClock } from '../clock.js';
import type { CountlyOptions } from '../config/options.js';
import { resolveOptions } from '../config/resolve.js';
import { scopeStore } from '../context/scope-store.js';
import { Breadcrumbs } from '../features/breadcrumbs.js';
import type { LedgerState } from '../outbox/ledger.js';
import type { FlushResult } from '../outbox/outbox.js';
import type { ConsentFeature } from '../protocol/consent-feature.js';
import { type Core, compose } from './compose.js';
import { contextScope, type RegisteredClient, registerClient, unregisterClient } from './current.js';
import { sanitizeDeviceId } from './device-id.js';
import { DeviceScope, type ScopeInit } from './device-scope.js';
import { addProcessHooks, type HookedClient, removeProcessHooks } from './process-hooks.js';
import type { CrashOptions, EventOptions, OpenView, RunningEvent, TraceReport, ViewOptions } from './scope-api.js';

/** How long a flush may take. */
export interface FlushOptions {
  /** Milliseconds. @default 10000 for `flush`, the option `shutdownTimeout` for `close` */
  readonly timeout?: number;
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
export class Countly implements RegisteredClient {
  readonly name: string;
  readonly #core: Core;
  readonly #own: DeviceScope;
  readonly #hooks: HookedClient;
  #cancelExpiry: () => void = () => {};
  #closing: Promise<FlushResult> | undefined;

  /**
   * Makes a client without registering it: decorators find it only through Nest, or through a scope.
   * @throws CountlyConfigError with every problem of the options at once
   */
  constructor(options: CountlyOptions, clock: Clock = systemClock) {
    const resolved = resolveOptions(options);
    this.name = resolved.name;
    this.#core = compose(resolved, clock);
    const { device } = this.#core;
    this.#own = this.#scope({ deviceId: device.id, idType: device.type });
    this.#hooks = this.#processHooks();
    if (resolved.disabled) return;
    this.#core.outbox.open();
    addProcessHooks(this.#hooks);
    this.#expireLater();
    if (resolved.consent.length > 0) this.giveConsent(...resolved.consent);
  }

  /**
   * Makes a client and registers it under its name, so that decorators find it. A disabled one is not registered:
   * woven methods then run as if they were not woven.
   * @throws CountlyConfigError with every problem of the options at once
   */
  static init(options: CountlyOptions): Countly {
    const client = new Countly(options);
    if (!client.#core.options.disabled) registerClient(client);
    return client;
  }

  get deviceId(): string {
    return this.#own.deviceId;
  }

  /** False for a client that was made with `disabled`. */
  get enabled(): boolean {
    return !this.#core.options.disabled;
  }

  /**
   * The scope of a device. An id that cannot be one (empty, longer than 256 characters, with control characters, the
   * zero UUID) gives a scope whose entries are counted as dropped.
   */
  device(deviceId: string): DeviceScope {
    const id = sanitizeDeviceId(deviceId);
    if (id === undefined) {
      this.#core.reporter.warn(
        'device',
        `device: an id must be a text of 1 to 256 printable characters, got ${typeof deviceId}; what is recorded under it is dropped.`,
      );
    }
    return this.#scope({ deviceId: id ?? '' });
  }

  /** The scope the running code belongs to, if it is one of this client; else the process's own device. */
  current(): DeviceScope {
    const scope = contextScope();
    return scope instanceof DeviceScope && scope.client === this ? scope : this.#own;
  }

  /** Makes a scope current for `fn` and for everything it starts: awaits, timers, streams, event emitters. */
  run<T>(scope: ScopeInit | DeviceScope, fn: () => T): T {
    return scopeStore.run(scope instanceof DeviceScope ? scope : this.scope(scope), fn);
  }

  /** A scope with breadcrumbs of its own, as `run` enters it. */
  scope(init: ScopeInit): DeviceScope {
    const consent = init.consent === undefined ? undefined : new Set(init.consent);
    const breadcrumbs = new Breadcrumbs();
    const tz = init.timezoneOffset;
    const id = init.deviceId === undefined ? undefined : (sanitizeDeviceId(init.deviceId) ?? '');
    const { device } = this.#core;
    const scope = this.#scope({
      deviceId: id ?? device.id,
      idType: id === undefined ? device.type : 0,
      tz,
      consent,
      breadcrumbs,
    });
    if (consent !== undefined && scope.deviceId !== '') this.#core.consent.apply(scope, consent);
    return scope;
  }

  isAllowed(feature: ConsentFeature): boolean {
    return this.#own.isAllowed(feature);
  }

  /** See `DeviceScope.addEvent`; for the process's own device. */
  addEvent(key: string, options?: EventOptions): void {
    this.#own.addEvent(key, options);
  }

  startEvent(key: string): RunningEvent {
    return this.#own.startEvent(key);
  }

  trackView(name: string, options?: ViewOptions): OpenView {
    return this.#own.trackView(name, options);
  }

  addBreadcrumb(text: string): void {
    this.#own.addBreadcrumb(text);
  }

  logError(error: unknown, options?: CrashOptions): void {
    this.#own.logError(error, options);
  }

  reportTrace(trace: TraceReport): void {
    this.#own.reportTrace(trace);
  }

  giveConsent(...features: readonly ConsentFeature[]): void {
    this.#own.giveConsent(...features);
  }

  removeConsent(...features: readonly ConsentFeature[]): void {
    this.#own.removeConsent(...features);
  }

  /** Where every accepted entry is now. */
  stats(): ClientStats {
    return { ...this.#core.outbox.stats(), devices: this.#core.states.size };
  }

  /** Delivers what was accepted so far. Never rejects; the result says what is still pending after the timeout. */
  flush(options?: FlushOptions): Promise<FlushResult> {
    return this.#core.outbox.flush(options?.timeout ?? DEFAULT_FLUSH_MS);
  }

  /**
   * Ends views on display, delivers, and releases files, sockets and timers. What could not be delivered stays on disk
   * for the next start. Later calls return the same result.
   */
  close(options?: FlushOptions): Promise<FlushResult> {
    this.#closing ??= this.#close(options?.timeout ?? this.#core.options.shutdownTimeout);
    return this.#closing;
  }

  async #close(timeout: number): Promise<FlushResult> {
    unregisterClient(this);
    this.#cancelExpiry();
    this.#core.states.clear();
    const result = await this.#core.outbox.close(timeout);
    removeProcessHooks(this.#hooks);
    await this.#core.transport.close();
    return result;
  }

  #scope(seed: {
    deviceId: string;
    idType?: 0 | 1;
    tz?: number | undefined;
    consent?: ReadonlySet<ConsentFeature> | undefined;
    breadcrumbs?: Breadcrumbs;
  }): DeviceScope {
    return new DeviceScope(this, this.#core, {
      deviceId: seed.deviceId,
      idType: seed.idType ?? 0,
      tz: seed.tz,
      consent: seed.consent,
      breadcrumbs: seed.breadcrumbs,
    });
  }

  #expireLater(): void {
    this.#cancelExpiry = this.#core.clock.after(EXPIRE_EVERY_MS, () => {
      this.#core.states.expire();
      this.#expireLater();
    });
  }

  #processHooks(): HookedClient {
    const { outbox, options } = this.#core;
    let triedAt = -1;
    return {
      handleSignals: options.handleSignals,
      fatal: (error) => options.trackErrors && this.#own.logError(error, { fatal: true }),
      saveSync: () => outbox.saveSync(),
      hasPending: () => {
        const { accepted, pending } = outbox.stats();
        return pending > 0 && accepted !== triedAt;
      },
      deliver: () => {
        triedAt = outbox.stats().accepted;
        return outbox.flush(options.shutdownTimeout);
      },
    };
  }
}
