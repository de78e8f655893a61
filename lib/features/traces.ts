import { truncate } from '../config/limits.js';
import { jsonString } from '../protocol/json-text.js';
import { callerTimestamp } from '../protocol/timestamp.js';
import { isObject, tellMisfit } from './argument.js';
import type { FeaturePort, Target } from './feature.js';
import { member, namesOf, numberFrom } from './read-input.js';

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
  readonly metrics?: unknown;
  /** The spellings of the wire and of the official SDK. */
  readonly stz?: unknown;
  readonly etz?: unknown;
  readonly apm_metrics?: unknown;
  readonly app_metrics?: unknown;
}

const MAX_NAME = 2048;
const METRIC_KEY = /^[A-Za-z][A-Za-z0-9_]{0,31}$/;

/** Application performance traces: one a request, under `apm_metrics` (contract §7). */
export class Traces {
  readonly #port: FeaturePort;

  constructor(port: FeaturePort) {
    this.#port = port;
  }

  report(target: Target, input: TraceInput): void {
    const port = this.#port;
    const trace = isObject(input) ? fromWire(input) : {};
    const metrics = trace.type === 'network' ? this.#networkMetrics(trace) : this.#deviceMetrics(trace);
    const name = typeof trace.name === 'string' ? trace.name.replaceAll('.', '').replace(/^\$+/, '') : '';
    if (metrics === undefined || name === '') {
      port.reporter.warn(
        'reportTrace',
        'reportTrace: a trace needs a name, the type "device" with durationMs or "network" with responseTimeMs and responseCode; it is dropped.',
      );
      return port.refuse('invalid');
    }
    if (!port.admits(target, 'apm')) return;
    const timestamp = port.stamp();
    const took = Math.max(numberFrom(trace.type === 'network' ? trace.responseTimeMs : trace.durationMs) ?? 0, 0);
    const start = trace.startedAt === undefined ? undefined : callerTimestamp(trace.startedAt, timestamp);
    if (trace.startedAt !== undefined && start === undefined) {
      this.#tell('startedAt', 'milliseconds (13 digits)', trace.startedAt, 'the time before the end is used');
    }
    const stz = start ?? Math.round(timestamp - took);
    // The end has to lie after the start, also for what took less than a millisecond.
    const etz = Math.max(Math.round(stz + took), stz + 1);
    port.record(
      target,
      'request',
      'apm',
      timestamp,
      `"apm":{"type":"${trace.type}","name":${jsonString(truncate(name, MAX_NAME))},"apm_metrics":{${metrics}},"stz":${stz},"etz":${etz}}`,
    );
  }

  #deviceMetrics(trace: TraceInput): string | undefined {
    const duration = numberFrom(trace.durationMs);
    if (trace.type !== 'device' || duration === undefined) return undefined;
    let text = `"duration":${rounded(duration)}`;
    if (trace.metrics !== undefined && !isObject(trace.metrics)) {
      this.#tell('metrics', 'an object of numbers', trace.metrics, 'they are left out');
    }
    for (const key of namesOf(trace.metrics).slice(0, this.#port.limits.maxSegmentationValues)) {
      if (key === 'duration') continue;
      const number = numberFrom(member(trace.metrics, key));
      if (number !== undefined && METRIC_KEY.test(key)) text += `,"${key}":${rounded(number)}`;
      else
        this.#port.reporter.warn(
          `reportTrace.${key}`,
          `reportTrace: metric "${truncate(key, 40)}" must be a number under a name of letters, digits and _; it is left out.`,
        );
    }
    return text;
  }

  #networkMetrics(trace: TraceInput): string | undefined {
    const time = numberFrom(trace.responseTimeMs);
    const code = numberFrom(trace.responseCode);
    if (time === undefined || code === undefined) return undefined;
    const sent = this.#size('requestPayloadSize', trace.requestPayloadSize);
    const received = this.#size('responsePayloadSize', trace.responsePayloadSize);
    return (
      `"response_time":${rounded(time)},"response_payload_size":${received}` +
      `,"request_payload_size":${sent},"response_code":${code >= 100 && code < 600 ? Math.trunc(code) : 0}`
    );
  }

  #size(argument: string, value: unknown): number {
    const bytes = value === undefined ? 0 : numberFrom(value);
    if (bytes === undefined) this.#tell(argument, 'a number of bytes', value, '0 is used');
    return Math.max(0, Math.round(bytes ?? 0));
  }

  #tell(argument: string, expected: string, value: unknown, outcome: string): void {
    tellMisfit(this.#port.reporter, { call: 'reportTrace', argument, expected, value, outcome });
  }
}

/** A trace as Countly's own SDKs write it, in our words: `stz`, `etz` and `apm_metrics`, also as `app_metrics`. */
function fromWire(input: TraceInput): TraceInput {
  const metrics = input.apm_metrics ?? input.app_metrics;
  if (metrics === undefined && input.stz === undefined) return input;
  const stz = numberFrom(input.stz);
  const etz = numberFrom(input.etz);
  const between = stz === undefined || etz === undefined ? undefined : etz - stz;
  return {
    type: input.type,
    name: input.name,
    startedAt: input.startedAt ?? stz,
    durationMs: input.durationMs ?? member(metrics, 'duration') ?? between,
    responseTimeMs: input.responseTimeMs ?? member(metrics, 'response_time') ?? between,
    responseCode: input.responseCode ?? member(metrics, 'response_code'),
    requestPayloadSize: input.requestPayloadSize ?? member(metrics, 'request_payload_size'),
    responsePayloadSize: input.responsePayloadSize ?? member(metrics, 'response_payload_size'),
    metrics: input.metrics ?? metrics,
  };
}

/** Milliseconds to the microsecond, never negative. */
function rounded(value: number): number {
  return Math.max(0, Math.round(value * 1000) / 1000);
}
