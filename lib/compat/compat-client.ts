import { type Clock, systemClock } from '../clock.js';
import type { Dialect } from '../config/dialect.js';
import type { CountlyOptions } from '../config/options.js';
import { segmentationText } from '../features/segmentation-text.js';
import type { ConsentFeature } from '../protocol/consent-feature.js';
import { jsonString } from '../protocol/json-text.js';
import { contained } from '../scope/contained.js';
import { Countly as Client } from '../scope/countly.js';
import { registerClient } from '../scope/current.js';
import { sanitizeDeviceId } from '../scope/device-id.js';
import { DeviceScope } from '../scope/device-scope.js';
import type { CrashOptions } from '../scope/scope-api.js';
import { ScopeTarget } from '../scope/scope-target.js';
import { crashText } from './crash-text.js';

/** The client behind the official names: what it sends by itself is what the official SDK sends. */
export class CompatClient extends Client {
  readonly #startedAt = Math.floor(systemClock.monotonic() / 1000);
  #crashSegments: unknown;

  constructor(options: CountlyOptions, dialect: Dialect, clock: Clock = systemClock) {
    super(options, clock, dialect);
  }

  /** Makes a client that decorators find. */
  static start(options: CountlyOptions, dialect: Dialect): CompatClient {
    const client = new CompatClient(options, dialect);
    if (client.enabled) registerClient(client);
    return client;
  }

  /** A scope whose requests say of themselves what the caller says, and nothing more; consent is the caller's matter. */
  untold(deviceId: unknown, timezoneOffset?: number): DeviceScope {
    const id = sanitizeDeviceId(deviceId) ?? '';
    return new DeviceScope(
      this.core,
      new ScopeTarget({ deviceId: id, idType: 9 }, undefined, { tz: timezoneOffset }),
      this,
    );
  }

  /** Removes what waits of features that a device took back. */
  purge(deviceId: string, features: readonly ConsentFeature[]): void {
    this.core.port.purge(deviceId, new Set(features));
  }

  /** What crashes carry when they have no segments of their own. */
  useCrashSegments(segments: unknown): void {
    this.#crashSegments = segments;
  }

  /** An uncaught error reads as the official SDK's; what decorators report is the client's own kind. */
  override logError(error: unknown, options?: CrashOptions): void {
    if (options?.fatal === true) this.reportCrash(error, true);
    else super.logError(error, options);
  }

  /** The crash report of the official SDK. Takes the breadcrumbs with it. */
  reportCrash(error: unknown, fatal: boolean, segments?: unknown): void {
    contained(this.core, 'log_error', undefined, () => {
      const { port } = this.core;
      if (!port.admits(this.target, 'crashes')) return;
      const { limits, metrics, reporter } = port;
      const work = port.peekState(this.deviceId);
      const logs = work?.breadcrumbs?.text();
      if (work !== undefined) work.breadcrumbs = undefined;
      const custom = segmentationText(segments || this.#crashSegments, { limits, reporter, call: 'log_error' });
      const members = [
        `"_os":${jsonString(metrics['_os'] ?? '')}`,
        `"_os_version":${jsonString(metrics['_os_version'] ?? '')}`,
        `"_error":${jsonString(crashText(error, limits))}`,
        `"_app_version":${jsonString(metrics['_app_version'] ?? '')}`,
        `"_run":${Math.floor(systemClock.monotonic() / 1000) - this.#startedAt}`,
        '"_not_os_specific":true,"_javascript":true',
        ...(logs ? [`"_logs":${jsonString(logs)}`] : []),
        `"_nonfatal":${!fatal},"_custom":${custom ?? '{}'}`,
      ];
      const body = `"crash":{${members.join(',')}}`;
      port.record(this.target, { kind: 'request', feature: 'crashes', timestamp: port.stamp(), body });
    });
  }
}
