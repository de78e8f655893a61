import { argumentOf, isObject, member, NUMBER, namesOf, numberOf, tellMisfit } from '../check.js';
import { truncate } from '../config/limits.js';
import { jsonString } from '../protocol/json-text.js';
import { timestampBefore } from '../protocol/timestamp.js';
import type { FeaturePort, Target } from './feature.js';
import { Measurements } from './measurements.js';

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

const METRIC_KEY = /^[A-Za-z][A-Za-z0-9_]{0,31}$/;
const LONGEST_NAME = 2048;
const BYTES = { ...NUMBER, expected: 'a number of bytes' };

/** Application performance traces: one a request, under `apm_metrics` (docs/protocol.md §7). */
export class Traces {
  readonly #port: FeaturePort;

  constructor(port: FeaturePort) {
    this.#port = port;
  }

  report(target: Target, input: TraceInput): void {
    const port = this.#port;
    const trace = isObject(input) ? fromWire(input) : {};
    const { type } = trace;
    const name = traceName(trace.name);
    const took = numberOf(type === 'network' ? trace.responseTimeMs : trace.durationMs);
    const code = type === 'network' ? numberOf(trace.responseCode) : 0;
    if ((type !== 'network' && type !== 'device') || name === '' || took === undefined || code === undefined) {
      port.reporter.warn(
        'reportTrace',
        'reportTrace: a trace needs a name, the type "device" with durationMs or "network" with responseTimeMs and responseCode; it is dropped.',
      );
      return port.refuse('invalid');
    }
    if (!port.admits(target, 'apm')) return;
    const timestamp = port.stamp();
    const ms = rounded(took);
    const metrics = type === 'network' ? this.#networkMetrics(ms, code, trace) : this.#deviceMetrics(ms, trace.metrics);
    const stz = this.#start(trace, timestamp, ms);
    // The end has to lie after the start, also for what took less than a millisecond.
    const etz = Math.max(Math.round(stz + ms), stz + 1);
    const body = `"apm":{"type":"${type}","name":${jsonString(name)},"apm_metrics":{${metrics}},"stz":${stz},"etz":${etz}}`;
    port.record(target, { kind: 'request', feature: 'apm', timestamp, body });
  }

  #start({ startedAt }: TraceInput, timestamp: number, took: number): number {
    const outcome = 'the time before the end is used';
    const kind = timestampBefore(timestamp);
    return (
      argumentOf(this.#port.reporter, 'reportTrace.startedAt', startedAt, kind, outcome) ?? Math.round(timestamp - took)
    );
  }

  #networkMetrics(ms: number, code: number, trace: TraceInput): string {
    const known = code >= 100 && code < 600 ? Math.trunc(code) : 0;
    const received = this.#size('responsePayloadSize', trace.responsePayloadSize);
    const sent = this.#size('requestPayloadSize', trace.requestPayloadSize);
    return `"response_code":${known},"response_payload_size":${received},"request_payload_size":${sent},"response_time":${ms}`;
  }

  #deviceMetrics(ms: number, metrics: unknown): string {
    if (metrics !== undefined && !isObject(metrics)) {
      tellMisfit(this.#port.reporter, 'reportTrace.metrics', 'an object of numbers', metrics, 'they are left out');
    }
    let text = `"duration":${ms}`;
    for (const key of namesOf(metrics).slice(0, this.#port.limits.maxSegmentationValues)) {
      if (key === 'duration') continue;
      const number = numberOf(member(metrics, key));
      if (number !== undefined && METRIC_KEY.test(key)) text += `,"${key}":${rounded(number)}`;
      else
        this.#port.reporter.warn(
          'reportTrace.metric',
          `reportTrace: metric "${truncate(key, 40)}" must be a number under a name of letters, digits and _; it is left out.`,
        );
    }
    return text;
  }

  #size(argument: string, value: unknown): number {
    const bytes = argumentOf(this.#port.reporter, `reportTrace.${argument}`, value, BYTES, '0 is used') ?? 0;
    return Math.max(0, Math.round(bytes));
  }
}

/** A name without what a server does not take (docs/protocol.md §7); empty when nothing is left. */
function traceName(name: unknown): string {
  if (typeof name !== 'string') return '';
  return truncate(name.replace(/[.\0]/g, '').replace(/^\$+/, ''), LONGEST_NAME);
}

/** A trace as Countly's own SDKs write it, in our words: `stz`, `etz` and `apm_metrics`, also as `app_metrics`. */
function fromWire(input: TraceInput): TraceInput {
  const metrics = input.apm_metrics ?? input.app_metrics;
  if (metrics === undefined && input.stz === undefined) return input;
  const stz = numberOf(input.stz);
  const etz = numberOf(input.etz);
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

/** Device traces measured between two calls. */
export function timedTraces(port: FeaturePort, traces: Traces): Measurements<unknown> {
  return new Measurements(port, { noun: 'Trace', argument: 'name', kept: 'traces' }, (target, { key, ms }, metrics) => {
    const startedAt = port.clock.now() - ms;
    traces.report(target, { type: 'device', name: key, startedAt, durationMs: ms, metrics });
  });
}
