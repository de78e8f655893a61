import {
  type ConsentFeature,
  type CrashOptions,
  type DeviceScope,
  type EventOptions,
  type OpenView,
  type RunningEvent,
  type ScopeApi,
  type Segmentation,
  type TraceReport,
  type ViewOptions,
} from '../../lib/index.js';
import { claimReport, type RegisteredClient, type ScopeDefaults, STANDS_FOR } from '../../lib/internal.js';
import type { CountlyFeatureOptions } from './feature.options.js';

/** The defaults of a feature module as decorated methods meet them. */
export class FeatureDefaults implements ScopeDefaults {
  readonly client: string | undefined;
  readonly #prefix: string;
  readonly #segments: Segmentation | undefined;

  constructor({ client, keyPrefix = '', segmentation }: CountlyFeatureOptions) {
    this.client = client;
    this.#prefix = keyPrefix;
    this.#segments = segmentation;
  }

  apply(scope: ScopeApi): ScopeApi {
    return this.#prefix === '' && this.#segments === undefined ? scope : new FeatureScope(scope, this);
  }

  key(key: string): string {
    return this.#prefix + key;
  }

  with<Options extends { readonly segmentation?: Segmentation | undefined }>(options: Options | undefined): Options {
    const segmentation = { ...this.#segments, ...options?.segmentation };
    return { ...options, segmentation } as Options;
  }
}

/** What a scope may have beside its calls. */
type Warned = ScopeApi &
  Partial<Pick<DeviceScope, 'endEvent'>> & {
    readonly client?: RegisteredClient;
    warn?(key: string, message: string): void;
  };

/** A scope that records with the defaults of a feature module. Code that is called from it never sees it as its own. */
class FeatureScope implements RegisteredClient {
  readonly [STANDS_FOR]: ScopeApi;
  readonly #scope: Warned;
  readonly #defaults: FeatureDefaults;

  constructor(scope: ScopeApi, defaults: FeatureDefaults) {
    this[STANDS_FOR] = scope;
    this.#scope = scope;
    this.#defaults = defaults;
  }

  get deviceId(): string {
    return this.#scope.deviceId;
  }

  get client(): RegisteredClient {
    return new FeatureScope(this.#scope.client ?? this.#scope, this.#defaults);
  }

  /** For a client that stands here in place of a scope of its. */
  get name(): string {
    return (this.#scope as Partial<RegisteredClient>).name ?? '';
  }

  device(deviceId: string): ScopeApi {
    const client = this.#scope as RegisteredClient;
    return new FeatureScope(client.device(deviceId), this.#defaults);
  }

  isAllowed(feature: ConsentFeature): boolean {
    return this.#scope.isAllowed(feature);
  }

  addEvent(key: string, options?: EventOptions): void {
    this.#scope.addEvent(this.#defaults.key(key), this.#defaults.with(options));
  }

  startEvent(key: string): RunningEvent {
    const running = this.#scope.startEvent(this.#defaults.key(key));
    return {
      key: running.key,
      end: (options) => running.end(this.#defaults.with(options)),
      cancel: () => running.cancel(),
    };
  }

  endEvent(key: string, options?: Omit<EventOptions, 'dur'>): void {
    this.#scope.endEvent?.(this.#defaults.key(key), this.#defaults.with(options));
  }

  trackView(name: string, options?: ViewOptions): OpenView {
    return this.#scope.trackView(name, this.#defaults.with(options));
  }

  addBreadcrumb(text: string): void {
    this.#scope.addBreadcrumb(text);
  }

  logError(error: unknown, options?: CrashOptions): void {
    // Observers outside of the method know the other scope, and recognise a thrown text by it.
    claimReport(error, { scope: this.#scope });
    this.#scope.logError(error, options);
  }

  reportTrace(trace: TraceReport): void {
    this.#scope.reportTrace(trace);
  }

  warn(key: string, message: string): void {
    const sink = this.#scope.warn === undefined ? (this.#scope.client as Warned | undefined) : this.#scope;
    sink?.warn?.(key, message);
  }
}
