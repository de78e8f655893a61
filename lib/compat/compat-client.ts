import { attempted, member } from '../check.js';
import { systemClock } from '../clock.js';
import type { Dialect } from '../config/dialect.js';
import { type Limits, truncate } from '../config/limits.js';
import type { CountlyOptions } from '../config/options.js';
import { cutStack, errorText } from '../features/crashes.js';
import { segmentationText } from '../features/segmentation-text.js';
import type { ConsentFeature } from '../protocol/entry.js';
import { storable } from '../protocol/json-text.js';
import { ClientWith } from '../scope/countly.js';
import { registerClient } from '../scope/current.js';
import { sanitizeDeviceId } from '../scope/device-id.js';
import { createScope, type DeviceScope } from '../scope/device-scope.js';
import type { CrashOptions } from '../scope/scope-api.js';
import { contained, partsOf } from '../scope/scope-parts.js';
import { ScopeTarget } from '../scope/scope-target.js';

import { BULK_DIALECT, clientDialect } from './options.js';

/**
 * The client behind the official names: what it sends by itself is what the official SDK sends. All that the compat needs
 * of the client's inside is here.
 */
export class CompatClient extends ClientWith {
  readonly #startedAt = systemClock.monotonic();
  /** What crashes carry when they have no segments of their own. */
  crashSegments: unknown;

  constructor(options: CountlyOptions, dialect: Dialect) {
    super(options, systemClock, dialect);
  }

  /** Makes a client that decorators find. */
  static start(options: CountlyOptions): CompatClient {
    const client = new CompatClient(options, clientDialect(options));
    if (client.enabled) registerClient(client);
    return client;
  }

  /** Makes a client whose requests name their devices: its own never appears, and a fixed id keeps it off the disk. */
  static forOthers(options: CountlyOptions): CompatClient {
    return new CompatClient({ ...options, deviceId: 'others', durability: 'memory' }, BULK_DIALECT);
  }

  /** A scope whose requests say of themselves what the caller says, and nothing more; consent is the caller's matter. */
  untold(deviceId: unknown, timezoneOffset?: number): DeviceScope {
    const id = sanitizeDeviceId(deviceId) ?? '';
    const target = new ScopeTarget({ deviceId: id, idType: 9 }, undefined, { tz: timezoneOffset });
    return createScope(partsOf(this).core, target, this);
  }

  /** Removes what waits of features that a device took back. */
  purge(deviceId: string, features: readonly ConsentFeature[]): void {
    partsOf(this).core.port.purge(deviceId, new Set(features));
  }

  /** An uncaught error reads as the official SDK's; what decorators report is the client's own kind. */
  override logError(error: unknown, options?: CrashOptions): void {
    if (options?.fatal === true) this.reportCrash(error, true);
    else super.logError(error, options);
  }

  /** The crash report of the official SDK. Takes the breadcrumbs with it. */
  reportCrash(error: unknown, fatal: boolean, segments?: unknown): void {
    contained(this, 'log_error', ({ port }, target) => {
      if (!port.admits(target, 'crashes')) return;
      const { limits, metrics, reporter } = port;
      const work = port.peekState(this.deviceId);
      const logs = work?.breadcrumbs?.text();
      if (work !== undefined) work.breadcrumbs = undefined;
      const crash = {
        _os: metrics['_os'] ?? '',
        _os_version: metrics['_os_version'] ?? '',
        _error: crashText(error, limits),
        _app_version: metrics['_app_version'] ?? '',
        _run: Math.floor((systemClock.monotonic() - this.#startedAt) / 1000),
        _not_os_specific: true,
        _javascript: true,
        _logs: logs || undefined,
        _nonfatal: !fatal,
      };
      const custom = segmentationText(segments || this.crashSegments, { limits, reporter, call: 'log_error' });
      const text = JSON.stringify(crash, storable);
      const body = `"crash":${text.slice(0, -1)},"_custom":${custom ?? '{}'}}`;
      port.record(target, { kind: 'request', feature: 'crashes', timestamp: port.stamp(), body });
    });
  }
}

// Far more than the limits ever keep; splitting a text of megabytes into lines would hold the host up.
const MAX_STACK = 100_000;
// One text for server-side grouping, whatever was thrown.
const UNREADABLE = 'Thrown value that cannot be read';

/** What the official SDK says of an error, with the limits on every line (fault 20). Never throws, never empty. */
function crashText(error: unknown, limits: Limits): string {
  const whole = attempted(() => textOf(error)) ?? UNREADABLE;
  const lines = whole.slice(0, MAX_STACK).split('\n').slice(0, limits.maxStackTraceLinesPerThread);
  const text = lines.map((line) => truncate(line, limits.maxStackTraceLineLength)).join('\n');
  if (text.trim() !== '') return text;
  // A server drops a crash without a text (docs/protocol.md §13 row 38).
  return cutStack(errorText(error, limits).stack, limits) || UNREADABLE;
}

function textOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const part = (name: string, before = '', after = ''): string => {
    const value = member(error, name);
    return value === undefined ? '' : `${before}${value}${after}`;
  };
  if (member(error, 'stack') !== undefined) return part('stack');
  const place = part('fileName', 'in ', '\n') + part('lineNumber', 'on ') + part('columnNumber', ':');
  return part('name', '', ':') + part('message', '', '\n') + place;
}
