import {
  type ContextScope,
  type RegisteredClient,
  registerClient,
  scopeStore,
  unregisterClient,
} from '../../lib/scope/current.js';
import type {
  CrashOptions,
  EventOptions,
  OpenView,
  RunningEvent,
  ScopeApi,
  TraceReport,
  ViewOptions,
} from '../../lib/scope/scope-api.js';

/** One call of a scope, as a test wants to compare it. */
export type Recorded =
  | { readonly kind: 'event'; readonly deviceId: string; readonly key: string; readonly options: EventOptions }
  | { readonly kind: 'view'; readonly deviceId: string; readonly name: string; readonly options: ViewOptions }
  | {
      readonly kind: 'view-end';
      readonly deviceId: string;
      readonly name: string;
      readonly seconds: number | undefined;
    }
  | { readonly kind: 'crash'; readonly deviceId: string; readonly error: unknown; readonly options: CrashOptions }
  | { readonly kind: 'trace'; readonly deviceId: string; readonly trace: TraceReport }
  | { readonly kind: 'breadcrumb'; readonly deviceId: string; readonly text: string }
  | { readonly kind: 'told'; readonly deviceId: string; readonly call: string; readonly args: readonly unknown[] };

/** Calls that say something of the person; kept as they came. */
const TOLD = [
  ...['beginSession', 'endSession', 'userDetails', 'changeId', 'reportConversion', 'reportFeedback'],
  ...['reportNps', 'reportSurvey', 'giveConsent', 'removeConsent', 'startEvent', 'endEvent', 'cancelEvent'],
] as const;

class RecordingScope implements ScopeApi {
  readonly deviceId: string;
  protected readonly log: Recorded[];

  /** Changes of properties, as calls on `userData`. */
  readonly userData = new Proxy(
    {},
    {
      get:
        (_, name) =>
        (...args: unknown[]) =>
          this.#tell(`userData.${String(name)}`, args),
    },
  );

  constructor(deviceId: string, log: Recorded[]) {
    this.deviceId = deviceId;
    this.log = log;
    for (const call of TOLD)
      if (!(call in this)) Object.assign(this, { [call]: (...args: unknown[]) => this.#tell(call, args) });
  }

  #tell(call: string, args: readonly unknown[]): void {
    this.log.push({ kind: 'told', deviceId: this.deviceId, call, args });
  }

  isAllowed(): boolean {
    return true;
  }

  addEvent(key: string, options: EventOptions = {}): void {
    this.log.push({ kind: 'event', deviceId: this.deviceId, key, options });
  }

  startEvent(key: string): RunningEvent {
    this.#tell('startEvent', [key]);
    return { key, end: () => this.addEvent(key), cancel: () => this.#tell('cancelEvent', [key]) };
  }

  trackView(name: string, options: ViewOptions = {}): OpenView {
    const { deviceId, log } = this;
    log.push({ kind: 'view', deviceId, name, options });
    const end = (seconds?: number) => void log.push({ kind: 'view-end', deviceId, name, seconds });
    return { name, id: 'view', pause: () => {}, resume: () => {}, addSegmentation: () => {}, end };
  }

  addBreadcrumb(text: string): void {
    this.log.push({ kind: 'breadcrumb', deviceId: this.deviceId, text });
  }

  logError(error: unknown, options: CrashOptions = {}): void {
    this.log.push({ kind: 'crash', deviceId: this.deviceId, error, options });
  }

  reportTrace(trace: TraceReport): void {
    this.log.push({ kind: 'trace', deviceId: this.deviceId, trace });
  }
}

class RecordingDevice extends RecordingScope implements ContextScope {
  readonly client: RecordingClient;

  constructor(deviceId: string, client: RecordingClient) {
    super(deviceId, client.records);
    this.client = client;
  }
}

/** A client that keeps what decorators hand to it, registered like a real one. */
export class RecordingClient extends RecordingScope implements RegisteredClient {
  readonly name: string;
  readonly warnings: string[] = [];
  readonly #devices = new Map<string, RecordingDevice>();

  constructor(name = 'default') {
    super('process-device', []);
    this.name = name;
  }

  get records(): Recorded[] {
    return this.log;
  }

  device(deviceId: string): RecordingDevice {
    const known = this.#devices.get(deviceId) ?? new RecordingDevice(deviceId, this);
    this.#devices.set(deviceId, known);
    return known;
  }

  run<T>(deviceId: string, work: () => T): T {
    return scopeStore.run(this.device(deviceId), work);
  }

  warn(_key: string, message: string): void {
    this.warnings.push(message);
  }

  register(): this {
    registerClient(this);
    return this;
  }

  unregister(): void {
    unregisterClient(this);
  }

  of<Kind extends Recorded['kind']>(kind: Kind): Extract<Recorded, { kind: Kind }>[] {
    return this.records.filter((record) => record.kind === kind) as Extract<Recorded, { kind: Kind }>[];
  }

  clear(): void {
    this.records.length = 0;
    this.warnings.length = 0;
  }
}
