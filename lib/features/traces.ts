import { truncate } from '../config/limits.js';
import { jsonString } from '../protocol/json-text.js';
import type { FeaturePort, Target } from './feature.js';

/** Loosely typed on purpose: plain JavaScript callers pass anything, and nothing may throw. */
export interface TraceInput {
  readonly type?: unknown;
  readonly name?: unknown;
  readonly startedAt?: unknown;
  readonly durationMs?: unknown;
  readonly responseTimeMs?: unknown;
  readonly responseCode?: unknown;
  readonly requestPayloadSize?: unknown;
  readonly responsePayloadSize?: unknown;
  readonly metrics?: Readonly<Record<string, unknown>>;
}

const MAX_NAME = 2048;
const METRIC_KEY = /^[A-Za-z][A-Za-z0-9_]{0,31}$/;

/** Application performance traces: one a request, under `apm_metrics` (contract §7). */
export class Traces {
  readonly #port: FeaturePort;

  constructor(port: FeaturePort) {
    this.#port = port;
  }

  report(target: Target, trace: TraceInput): void {
    const port = this.#port;
    const metrics = trace.type === 'network' ? networkMetrics(trace) : this.#deviceMetrics(trace);
    if (metrics === undefined || typeof trace.name !== 'string' || trace.name === '') {
      port.reporter.warn(
        'reportTrace',
        'reportTrace: a trace needs a name, the type "device" with durationMs or "network" with responseTimeMs and responseCode; it is dropped.',
      );
      port.refuse('invalid');
      return;
    }
    if (!port.isAllowed(target, 'apm')) {
      port.refuse('consent');
      return;
    }
    const timestamp = port.stamp();
    const took = Math.max(finite(trace.type === 'network' ? trace.responseTimeMs : trace.durationMs) ?? 0, 0);
    const stz = Math.round(finite(trace.startedAt) ?? timestamp - took);
    // The end has to lie after the start, also for what took less than a millisecond.
    const etz = Math.max(Math.round(stz + took), stz + 1);
    const name = truncate(trace.name.replace(/^\$+/, '').replaceAll('.', ''), MAX_NAME) || 'unnamed';
    port.record(
      target,
      'request',
      'apm',
      timestamp,
      `"apm":{"type":"${trace.type}","name":${jsonString(name)},"apm_metrics":{${metrics}},"stz":${stz},"etz":${etz}}`,
    );
  }

  #deviceMetrics(trace: TraceInput): string | undefined {
    const duration = finite(trace.durationMs);
    if (trace.type !== 'device' || duration === undefined) return undefined;
    let text = `"duration":${rounded(duration)}`;
    for (const [key, value] of Object.entries(trace.metrics ?? {})) {
      const number = finite(value);
      if (number !== undefined && METRIC_KEY.test(key) && key !== 'duration') text += `,"${key}":${rounded(number)}`;
      else
        this.#port.reporter.warn(
          `reportTrace.${key}`,
          `reportTrace: metric "${key}" must be a number under a name of letters, digits and _; it is left out.`,
        );
    }
    return text;
  }
}

function networkMetrics(trace: TraceInput): string | undefined {
  const time = finite(trace.responseTimeMs);
  const code = finite(trace.responseCode);
  if (time === undefined || code === undefined) return undefined;
  const size = (value: unknown) => Math.max(0, Math.round(finite(value) ?? 0));
  return (
    `"response_time":${rounded(time)},"response_payload_size":${size(trace.responsePayloadSize)}` +
    `,"request_payload_size":${size(trace.requestPayloadSize)},"response_code":${code >= 100 && code < 600 ? Math.trunc(code) : 0}`
  );
}

function finite(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** Milliseconds to the microsecond, never negative. */
function rounded(value: number): number {
  return Math.max(0, Math.round(value * 1000) / 1000);
}
