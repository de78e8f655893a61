import type {
  ConsentFeature,
  CrashOptions,
  EventOptions,
  OpenView,
  RunningEvent,
  ScopeApi,
  TraceReport,
  ViewOptions,
} from '../../lib/index.js';
import type { RegisteredClient } from '../../lib/internal.js';

/**
 * Whatever a test has put in place of the client, as decorated methods need it: what it has is called, what it has not does
 * nothing, and what it throws stays inside.
 */
export class ClientDouble implements RegisteredClient {
  readonly name: string;
  readonly #given: object;

  constructor(given: object, name: string) {
    this.#given = given;
    this.name = name;
  }

  get deviceId(): string {
    const { deviceId } = this.#given as { readonly deviceId?: unknown };
    return typeof deviceId === 'string' ? deviceId : 'double';
  }

  device(deviceId: string): ScopeApi {
    const scope = this.#call('device', deviceId);
    return typeof scope === 'object' && scope !== null ? new ClientDouble(scope, this.name) : this;
  }

  isAllowed(feature: ConsentFeature): boolean {
    return this.#call('isAllowed', feature) !== false;
  }

  addEvent(key: string, options?: EventOptions): void {
    this.#call('addEvent', key, ...given(options));
  }

  startEvent(key: string): RunningEvent {
    const running = this.#call('startEvent', key) as RunningEvent | undefined;
    return running ?? { key, end() {}, cancel() {} };
  }

  trackView(name: string, options?: ViewOptions): OpenView {
    const view = this.#call('trackView', name, ...given(options)) as OpenView | undefined;
    return { name, id: '', pause() {}, resume() {}, addSegmentation() {}, end() {}, ...view };
  }

  addBreadcrumb(text: string): void {
    this.#call('addBreadcrumb', text);
  }

  logError(error: unknown, options?: CrashOptions): void {
    this.#call('logError', error, ...given(options));
  }

  reportTrace(trace: TraceReport): void {
    this.#call('reportTrace', trace);
  }

  #call(method: keyof ScopeApi | 'device', ...args: readonly unknown[]): unknown {
    try {
      const own = (this.#given as Readonly<Record<string, unknown>>)[method];
      return typeof own === 'function' ? (Reflect.apply(own, this.#given, args) as unknown) : undefined;
    } catch {
      return undefined;
    }
  }
}

/** Expectations of a test name the arguments that matter. */
function given(options: object | undefined): readonly object[] {
  return options === undefined ? [] : [options];
}
