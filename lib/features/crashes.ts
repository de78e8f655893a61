import { freemem, totalmem } from 'node:os';
import { jsonString } from '../protocol/json-text.js';
import type { Breadcrumbs } from './breadcrumbs.js';
import { errorText } from './error-text.js';
import type { FeaturePort, Target } from './feature.js';
import { segmentationText } from './segmentation-text.js';

export interface CrashInput {
  readonly fatal?: boolean;
  readonly segmentation?: unknown;
  readonly layers?: readonly string[];
}

const MEGABYTE = 1024 * 1024;
const DEVICE_FIELDS = ['_os', '_os_version', '_device', '_app_version', '_cpu', '_architecture'] as const;

/** Crash reports, fatal and not (contract §6). */
export class Crashes {
  readonly #port: FeaturePort;
  readonly #startedAt: number;

  constructor(port: FeaturePort) {
    this.#port = port;
    this.#startedAt = port.clock.monotonic();
  }

  report(target: Target, thrown: unknown, breadcrumbs: Breadcrumbs | undefined, input: CrashInput = {}): void {
    const port = this.#port;
    if (!port.isAllowed(target, 'crashes')) {
      port.refuse('consent');
      return;
    }
    const error = errorText(thrown, port.limits);
    const fields: string[] = [];
    for (const field of DEVICE_FIELDS) {
      const value = port.metrics[field];
      if (value !== undefined) fields.push(`"${field}":${jsonString(value)}`);
    }
    fields.push(
      `"_name":${jsonString(error.name)},"_type":${jsonString(error.type)},"_error":${jsonString(error.stack)}`,
      // Real booleans: a server takes any other spelling for fatal (contract §13 row 40).
      `"_nonfatal":${input.fatal !== true},"_javascript":true,"_not_os_specific":true,"_background":true`,
      `"_run":${Math.round((port.clock.monotonic() - this.#startedAt) / 1000)}`,
      `"_ram_total":${Math.round(totalmem() / MEGABYTE)},"_ram_current":${Math.round((totalmem() - freemem()) / MEGABYTE)}`,
    );
    const logs = breadcrumbs?.text();
    if (logs) fields.push(`"_logs":${jsonString(logs)}`);
    const layers = input.layers?.length
      ? `"layers":${jsonString(input.layers.join(' < ').slice(0, port.limits.maxValueSize))}`
      : '';
    const custom = segmentationText(input.segmentation, port.limits, port.reporter, 'logError', layers);
    if (custom !== undefined) fields.push(`"_custom":${custom}`);
    port.record(target, 'request', 'crashes', port.stamp(), `"crash":{${fields.join(',')}}`);
  }
}
