import { argumentOf, FLAG, member, optionsOf, tellMisfit } from '../check.js';
import { Breadcrumbs } from '../features/device-state.js';
import type { Target } from '../features/feature.js';
import type { ViewHandle, Views } from '../features/views.js';
import type { ConsentFeature, Segmentation } from '../protocol/entry.js';
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
import { contained, partsOf } from './scope-parts.js';
import { type Hold, holdOf, inTransaction } from './transaction.js';

/** What is recorded while code runs: events, views, errors and traces of one device. No call throws or waits. */
export class RecordingScope implements ScopeApi {
  /** Whom entries are recorded for; empty for nobody. */
  get deviceId(): string {
    return partsOf(this).target.deviceId;
  }

  /** Whether entries of this feature are recorded for this device now. */
  isAllowed(feature: ConsentFeature): boolean {
    const { core, target } = partsOf(this);
    return core.port.isAllowed(target, feature);
  }

  /** @internal A decorator's callback failed: told once, to the client's logger. */
  warn(key: string, message: string): void {
    partsOf(this).core.reporter.warn(key, message);
  }

  /** @internal A record that a strict catalogue drops: it counts as accepted and dropped. */
  refuse(reason: 'invalid'): void {
    partsOf(this).core.port.refuse(reason);
  }

  /** Records an event (docs/protocol.md §4). */
  addEvent(key: string, options?: EventOptions): void {
    contained(this, 'addEvent', ({ events }, target) => events.add(target, key, options));
  }

  /**
   * Starts a timed event. End it with the returned handle, by its key with `endEvent`, or with its block: `using event = …`.
   * Any number may run at once under one key.
   */
  startEvent(key: string): RunningEvent & Disposable {
    const timer = contained(this, 'startEvent', ({ timedEvents }, target) => timedEvents.start(target, key));
    return disposable({
      key,
      end: (options) =>
        contained(this, 'endEvent', ({ timedEvents }, target) => timer && timedEvents.end(target, timer, options)),
      cancel: () => void timer?.stop(),
    });
  }

  /**
   * Ends a timed event by its key and records it with its duration. Of several under one key the one started last ends
   * first. Within `client.run` those of the running unit of work are looked at first, then those of the device.
   */
  endEvent(key: string, options?: Omit<EventOptions, 'dur'>): void {
    contained(this, 'endEvent', ({ timedEvents }, target) => timedEvents.endByKey(target, key, options));
  }

  /** Forgets the timed event of this key that was started last. Returns whether there was one. */
  cancelEvent(key: string): boolean {
    return contained(this, 'cancelEvent', ({ timedEvents }, target) => timedEvents.cancelByKey(target, key)) ?? false;
  }

  /** Records a view; the view on display before it ends (docs/protocol.md §4.4). With `using` it ends with its block. */
  trackView(name: string, options?: ViewOptions): OpenView & Disposable {
    const view = contained(this, 'trackView', ({ views, reporter }, target) => {
      const { segmentation, parallel } = optionsOf(reporter, 'trackView', options) ?? {};
      const beside = argumentOf(reporter, 'trackView.parallel', parallel, FLAG, 'false is used') ?? false;
      return views.start(target, name, segmentation, beside);
    });
    const act = (work: (views: Views, opened: ViewHandle, target: Target) => void) =>
      contained(this, 'trackView', ({ views }, target) => view && work(views, view, target));
    return disposable({
      name: view?.name ?? (typeof name === 'string' ? name : ''),
      id: view?.id ?? '',
      pause: () => act((views, opened, target) => views.pause(target, opened)),
      resume: () => act((views, opened, target) => views.resume(target, opened)),
      addSegmentation: (segmentation) =>
        act((views, opened, target) => views.addSegments(target, opened, segmentation)),
      end: (durationSeconds) => act((views, opened, target) => views.end(target, opened, durationSeconds)),
    });
  }

  /** Records a view that lies beside others: `trackView` with `parallel`. */
  startView(name: string, options?: Omit<ViewOptions, 'parallel'>): OpenView & Disposable {
    return this.trackView(name, { segmentation: member(options, 'segmentation') as Segmentation, parallel: true });
  }

  /** Remembers a line that the next crash report carries. */
  addBreadcrumb(text: string): void {
    contained(this, 'addBreadcrumb', ({ port, reporter }, target) => {
      if (typeof text !== 'string') {
        tellMisfit(reporter, 'addBreadcrumb.text', 'a text', text, 'what it says as a text is used');
      }
      // They leave with a crash report, of which another process may know that it is agreed to.
      if (!port.isAllowed(target, 'crashes') && !port.isShared(target.deviceId)) return;
      const { maxBreadcrumbCount, maxValueSize } = port.limits;
      const work = port.workOf(target);
      work.breadcrumbs ??= new Breadcrumbs();
      work.breadcrumbs.add(text, maxBreadcrumbCount, maxValueSize);
    });
  }

  /** Reports an error, with the breadcrumbs of this scope (docs/protocol.md §6). Anything that can be thrown is taken. */
  logError(error: unknown, options?: CrashOptions): void {
    contained(this, 'logError', ({ crashes }, target) => crashes.report(target, error, options ?? {}));
  }

  /** Reports a trace of the application's performance (docs/protocol.md §7). */
  reportTrace(trace: TraceReport): void {
    contained(this, 'reportTrace', ({ traces }, target) => traces.report(target, trace));
  }

  /** Starts a device trace. End it with the returned handle, by its name with `endTrace`, or with its block: `using trace = …`. */
  startTrace(name: string): RunningTrace & Disposable {
    const timer = contained(this, 'startTrace', ({ timedTraces }, target) => timedTraces.start(target, name));
    return disposable({
      name,
      end: (metrics) =>
        contained(this, 'endTrace', ({ timedTraces }, target) => timer && timedTraces.end(target, timer, metrics)),
      cancel: () => void timer?.stop(),
    });
  }

  /** Ends the trace of this name that was started last, with further measurements. */
  endTrace(name: string, metrics?: Readonly<Record<string, number>>): void {
    contained(this, 'endTrace', ({ timedTraces }, target) => timedTraces.endByKey(target, name, metrics));
  }

  /** Forgets the trace of this name that was started last. Returns whether there was one. */
  cancelTrace(name: string): boolean {
    return contained(this, 'cancelTrace', ({ timedTraces }, target) => timedTraces.cancelByKey(target, name)) ?? false;
  }

  /** Forgets all running traces of this device. */
  cancelAllTraces(): void {
    contained(this, 'cancelAllTraces', ({ timedTraces }, target) => timedTraces.cancelAll(target));
  }

  /** Reports a network trace that has just ended. */
  recordNetworkTrace(trace: NetworkTraceOptions): void {
    contained(this, 'recordNetworkTrace', ({ traces }, target) => traces.report(target, { ...trace, type: 'network' }));
  }

  /**
   * Runs `fn`; what it and all it calls record – events, user details and properties, conversions, feedback, of whatever
   * client – leaves when it ends well. When it throws or rejects, that is dropped and counted as `rolled_back`. Within
   * another transaction it waits for the end of that one, too. Views, sessions, crashes, traces, consent and changes of the
   * device id leave at once: they happened all the same.
   *
   * What is held is in memory alone: at most 10 000 entries and a quarter of `maxQueuedBytes`, beyond which the oldest are
   * dropped as `overflow`. A process that ends before the transaction loses it.
   *
   * @param fn - the work; what it returns comes back, a promise when it settles. A second way to fail is `hold.rollback()`.
   * @throws what `fn` throws, and a `TypeError` when it is no function
   *
   * @example
   * ```ts
   * import { Countly } from 'countly-weave';
   *
   * declare const database: { transaction<T>(work: () => Promise<T>): Promise<T> };
   * const countly = Countly.init({ url: 'http://127.0.0.1:6010', appKey: 'shop' });
   *
   * await countly.transaction(() =>
   *   database.transaction(async () => {
   *     countly.addEvent('order_placed', { sum: 12.5 });
   *   }),
   * );
   * ```
   */
  transaction<T>(fn: (hold: Hold) => PromiseLike<T>): Promise<T>;
  transaction<T>(fn: (hold: Hold) => T): T;
  transaction(fn: (hold: Hold) => unknown): unknown {
    return inTransaction(fn, partsOf(this).target);
  }

  /**
   * Holds what is recorded through this scope from now on until it is known whether it came true: for transactions that no
   * function surrounds. Holds the same as `countly.transaction`, with the same bounds.
   *
   * @example
   * ```ts
   * import { Countly } from 'countly-weave';
   *
   * const countly = Countly.init({ url: 'http://127.0.0.1:6010', appKey: 'shop' });
   * const visitor = countly.device('visitor-17');
   * const hold = visitor.hold();
   * try {
   *   visitor.addEvent('order_placed');
   *   hold.commit();
   * } finally {
   *   hold.rollback(); // does nothing after a commit
   * }
   * ```
   */
  hold(): Hold {
    return holdOf(partsOf(this).target);
  }
}

/** What has begun ends with its block: for `using`. */
function disposable<Handle extends { end(details?: never): void }>(handle: Handle): Handle & Disposable {
  return Object.assign(handle, { [Symbol.dispose]: () => handle.end() });
}
