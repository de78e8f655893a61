import { Breadcrumbs } from '../features/breadcrumbs.js';
import type { Target } from '../features/feature.js';
import type { ConsentFeature } from '../protocol/consent-feature.js';
import type { DeviceIdType } from '../protocol/entry.js';
import type { Core } from './compose.js';
import type { ContextScope, RegisteredClient } from './current.js';
import type { CrashOptions, EventOptions, OpenView, RunningEvent, TraceReport, ViewOptions } from './scope-api.js';

/** What is known of the person or unit of work a scope stands for. */
export interface ScopeInit {
  /** Whom entries are recorded under. @default the process's own device */
  readonly deviceId?: string | undefined;
  /** Features this person agreed to; needs `requireConsent`. @default what the device agreed to before */
  readonly consent?: Iterable<ConsentFeature> | undefined;
  /** The person's time zone: minutes east of UTC. @default the client's `timezoneOffset` */
  readonly timezoneOffset?: number | undefined;
}

/** @internal how a scope is made; users get theirs from `client.device` or `client.run`. */
export interface ScopeSeed {
  readonly deviceId: string;
  readonly idType: DeviceIdType;
  readonly tz: number | undefined;
  readonly consent: ReadonlySet<ConsentFeature> | undefined;
  /** The breadcrumbs of this unit of work; without them the device's own are used. */
  readonly breadcrumbs: Breadcrumbs | undefined;
}

/**
 * Everything that can be recorded for one device. Cheap to make: what has to be remembered between calls lives in the
 * client, not here.
 *
 * @example
 * ```ts
 * import { Countly } from 'countly-weave';
 *
 * const countly = Countly.init({ url: 'http://127.0.0.1:6010', appKey: 'shop' });
 * countly.device('visitor-17').addEvent('signup', { segmentation: { plan: 'pro' } });
 * ```
 */
export class DeviceScope implements ContextScope, Target {
  readonly client: RegisteredClient;
  readonly deviceId: string;
  readonly idType: DeviceIdType;
  readonly tz: number | undefined;
  readonly consent: ReadonlySet<ConsentFeature> | undefined;
  readonly #core: Core;
  readonly #breadcrumbs: Breadcrumbs | undefined;

  /** @internal */
  constructor(client: RegisteredClient, core: Core, seed: ScopeSeed) {
    this.client = client;
    this.#core = core;
    this.deviceId = seed.deviceId;
    this.idType = seed.idType;
    this.tz = seed.tz;
    this.consent = seed.consent;
    this.#breadcrumbs = seed.breadcrumbs;
  }

  isAllowed(feature: ConsentFeature): boolean {
    return !this.#core.options.disabled && this.#core.consent.isAllowed(this, feature);
  }

  /** Records an event (contract §4). */
  addEvent(key: string, options?: EventOptions): void {
    this.#core.events.add(this, key, options);
  }

  /** Starts a timed event; its `end` records the event with the time since now. */
  startEvent(key: string): RunningEvent {
    const { clock, events } = this.#core;
    const startedAt = clock.monotonic();
    let running = true;
    return {
      key,
      end: (options) => {
        if (!running) return;
        running = false;
        events.add(this, key, { ...options, dur: (clock.monotonic() - startedAt) / 1000 });
      },
      cancel: () => {
        running = false;
      },
    };
  }

  /** Records a view; the device's view before it ends (contract §4.4). */
  trackView(name: string, options?: ViewOptions): OpenView {
    const view = this.#core.views.start(this, name, options?.segmentation);
    let open = view !== undefined;
    return {
      name: view?.name ?? String(name),
      end: (durationSeconds) => {
        if (open && view !== undefined) this.#core.views.end(this, view, durationSeconds);
        open = false;
      },
    };
  }

  /** Remembers a line that the next crash report carries. */
  addBreadcrumb(text: string): void {
    if (!this.isAllowed('crashes')) return;
    const { limits } = this.#core.options;
    let own = this.#breadcrumbs;
    if (own === undefined) {
      const state = this.#core.states.of(this.deviceId);
      state.breadcrumbs ??= new Breadcrumbs();
      own = state.breadcrumbs;
    }
    own.add(text, limits.maxBreadcrumbCount, limits.maxValueSize);
  }

  /** Reports an error, with the breadcrumbs of this scope (contract §6). Anything that can be thrown is taken. */
  logError(error: unknown, options?: CrashOptions): void {
    const breadcrumbs = this.#breadcrumbs ?? this.#core.states.peek(this.deviceId)?.breadcrumbs;
    this.#core.crashes.report(this, error, breadcrumbs, options);
  }

  /** Reports a trace of the application's performance (contract §7). */
  reportTrace(trace: TraceReport): void {
    this.#core.traces.report(this, trace);
  }

  /** The person agrees to these features. Without `requireConsent` it changes nothing. */
  giveConsent(...features: readonly ConsentFeature[]): void {
    this.#core.consent.give(this, features);
  }

  /** The person withdraws: what waits of these features is removed, then the server is told. */
  removeConsent(...features: readonly ConsentFeature[]): void {
    this.#core.consent.remove(this, features);
  }
}
