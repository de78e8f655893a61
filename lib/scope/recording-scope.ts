import { Breadcrumbs } from '../features/device-state.js';
import type { ConsentFeature } from '../protocol/consent-feature.js';
import type { Core } from './compose.js';
import { contained, failed } from './contained.js';
import type {
  CrashOptions,
  EventOptions,
  NetworkTraceOptions,
  OpenView,
  RunningEvent,
  RunningTrace,
  ScopeApi,
  TraceReport,
  ViewOptions,
} from './scope-api.js';
import type { ScopeTarget } from './scope-target.js';

/** What is recorded while code runs: events, views, errors and traces of one device. No call throws or waits. */
export class RecordingScope implements ScopeApi {
  /** @internal */
  protected readonly core: Core;
  /** @internal */
  protected readonly target: ScopeTarget;

  /** @internal */
  constructor(core: Core, target: ScopeTarget) {
    this.core = core;
    this.target = target;
  }

  get deviceId(): string {
    return this.target.deviceId;
  }

  /** Whether entries of this feature are recorded for this device now. */
  isAllowed(feature: ConsentFeature): boolean {
    return this.core.port.isAllowed(this.target, feature);
  }

  /** @internal A decorator's callback failed: told once, to the client's logger. */
  warn(key: string, message: string): void {
    this.core.reporter.warn(key, message);
  }

  /** Records an event (docs/protocol.md §4). */
  addEvent(key: string, options?: EventOptions): void {
    try {
      this.core.events.add(this.target, key, options);
    } catch (error) {
      failed(this.core, 'addEvent', error);
    }
  }

  /**
   * Starts a timed event. End it with the returned handle, or by its key with `endEvent`. Any number may run at once under
   * one key.
   */
  startEvent(key: string): RunningEvent {
    const { core, target } = this;
    const timer = contained(core, 'startEvent', undefined, () => core.timedEvents.start(target, key));
    return {
      key,
      end: (options) =>
        contained(core, 'endEvent', undefined, () => timer && core.timedEvents.end(target, timer, options)),
      cancel: () => void timer?.stop(),
    };
  }

  /**
   * Ends a timed event by its key and records it with its duration. Of several under one key the one started last ends
   * first. Within `client.run` those of the running unit of work are looked at first, then those of the device.
   */
  endEvent(key: string, options?: Omit<EventOptions, 'dur'>): void {
    contained(this.core, 'endEvent', undefined, () => this.core.timedEvents.endByKey(this.target, key, options));
  }

  /** Forgets the timed event of this key that was started last. Returns whether there was one. */
  cancelEvent(key: string): boolean {
    return contained(this.core, 'cancelEvent', false, () => this.core.timedEvents.cancelByKey(this.target, key));
  }

  /** Records a view; the device's view before it ends (docs/protocol.md §4.4). */
  trackView(name: string, options?: ViewOptions): OpenView {
    const { core, target } = this;
    const view = contained(core, 'trackView', undefined, () => core.views.start(target, name, options?.segmentation));
    return {
      name: view?.name ?? (typeof name === 'string' ? name : ''),
      end: (durationSeconds) =>
        contained(core, 'trackView', undefined, () => view && core.views.end(target, view, durationSeconds)),
    };
  }

  /** Remembers a line that the next crash report carries. */
  addBreadcrumb(text: string): void {
    try {
      if (!this.isAllowed('crashes')) return;
      const { maxBreadcrumbCount, maxValueSize } = this.core.port.limits;
      const work = this.core.port.workOf(this.target);
      work.breadcrumbs ??= new Breadcrumbs();
      work.breadcrumbs.add(text, maxBreadcrumbCount, maxValueSize);
    } catch (error) {
      failed(this.core, 'addBreadcrumb', error);
    }
  }

  /** Reports an error, with the breadcrumbs of this scope (docs/protocol.md §6). Anything that can be thrown is taken. */
  logError(error: unknown, options?: CrashOptions): void {
    contained(this.core, 'logError', undefined, () => this.core.crashes.report(this.target, error, options ?? {}));
  }

  /** Reports a trace of the application's performance (docs/protocol.md §7). */
  reportTrace(trace: TraceReport): void {
    try {
      this.core.traces.report(this.target, trace);
    } catch (error) {
      failed(this.core, 'reportTrace', error);
    }
  }

  /** Starts a device trace. End it with the returned handle, or by its name with `endTrace`. */
  startTrace(name: string): RunningTrace {
    const { core, target } = this;
    const timer = contained(core, 'startTrace', undefined, () => core.timedTraces.start(target, name));
    return {
      name,
      end: (metrics) =>
        contained(core, 'endTrace', undefined, () => timer && core.timedTraces.end(target, timer, metrics)),
      cancel: () => void timer?.stop(),
    };
  }

  /** Ends the trace of this name that was started last, with further measurements. */
  endTrace(name: string, metrics?: Readonly<Record<string, number>>): void {
    contained(this.core, 'endTrace', undefined, () => this.core.timedTraces.endByName(this.target, name, metrics));
  }

  /** Forgets the trace of this name that was started last. Returns whether there was one. */
  cancelTrace(name: string): boolean {
    return contained(this.core, 'cancelTrace', false, () => this.core.timedTraces.cancelByName(this.target, name));
  }

  cancelAllTraces(): void {
    contained(this.core, 'cancelAllTraces', undefined, () => this.core.timedTraces.cancelAll(this.target));
  }

  /** Reports a network trace that has just ended. */
  recordNetworkTrace(trace: NetworkTraceOptions): void {
    contained(this.core, 'recordNetworkTrace', undefined, () =>
      this.core.traces.report(this.target, { ...trace, type: 'network' }),
    );
  }
}
