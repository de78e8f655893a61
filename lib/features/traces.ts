import { AMOUNT, amountOf, isObject, member, namesOf, numberOf, tellMisfit } from '../check.js';
import { truncate } from '../config/limits.js';
import { jsonString } from '../protocol/json-text.js';
import { timestampBefore } from '../protocol/timestamp.js';
import { Feature, type FeaturePort, type Loose, type Target } from './feature.js';
import { Measurements } from './measurements.js';
import { storedName } from './segmentation-text.js';

type Measurement = 'durationMs' | 'responseTimeMs' | 'responseCode' | 'requestPayloadSize' | 'responsePayloadSize';
/** The spellings of the wire and of the official SDK. */
type WireMember = 'stz' | 'etz' | 'apm_metrics' | 'app_metrics';
type TraceInput = Loose<'type' | 'name' | 'startedAt' | 'metrics' | Measurement | WireMember>;

const METRIC_KEY = /^[A-Za-z][A-Za-z0-9_]{0,31}$/;
const LONGEST_NAME = 2048;
const BYTES = { ...AMOUNT, expected: 'a number of bytes' };
/** Over thirty years: whoever gives more gave a time of day in place of a duration. */
const LONGEST_MS = 1e12;

/** Application performance traces: one a request, under `apm_metrics` (docs/protocol.md §7). */
export class Traces extends Feature {
  report(target: Target, input: TraceInput): void {
    const { port } = this;
    const trace = isObject(input) ? fromWire(input) : {};
    const { type } = trace;
    const name = typeof trace.name === 'string' ? storedName(trace.name, LONGEST_NAME) : '';
    const took = numberOf(type === 'network' ? trace.responseTimeMs : trace.durationMs);
    const code = type === 'network' ? numberOf(trace.responseCode) : 0;
    if ((type !== 'network' && type !== 'device') || name === '' || took === undefined || code === undefined) {
      const needed = 'a name, the type "device" with durationMs or "network" with responseTimeMs and responseCode';
      return this.refuse('reportTrace', `a trace needs ${needed}`, 'it is dropped');
    }
    if (took >= LONGEST_MS) {
      return this.refuse('reportTrace.duration', `a trace lasts milliseconds, got ${took}`, 'it is dropped');
    }
    if (!port.admits(target, 'apm')) return;
    const timestamp = port.stamp();
    const ms = rounded(took);
    const metrics = type === 'network' ? this.#networkMetrics(ms, code, trace) : this.#deviceMetrics(ms, trace.metrics);
    const outcome = 'the time before the end is used';
    const given = this.argument('reportTrace.startedAt', trace.startedAt, timestampBefore(timestamp), outcome);
    const stz = given ?? Math.round(timestamp - ms);
    // The end has to lie after the start, also for what took less than a millisecond.
    const etz = Math.max(Math.round(stz + ms), stz + 1);
    const kind = `"type":"${type}","name":${jsonString(name)}`;
    this.request(target, 'apm', `"apm":{${kind},"apm_metrics":{${metrics}},"stz":${stz},"etz":${etz}}`, timestamp);
  }

  #networkMetrics(ms: number, code: number, trace: TraceInput): string {
    const known = code >= 100 && code < 600 ? Math.trunc(code) : 0;
    const received = this.#size('responsePayloadSize', trace.responsePayloadSize);
    const sent = this.#size('requestPayloadSize', trace.requestPayloadSize);
    return `"response_code":${known},"response_payload_size":${received},"request_payload_size":${sent},"response_time":${ms}`;
  }

  #deviceMetrics(ms: number, metrics: unknown): string {
    if (metrics !== undefined && !isObject(metrics)) {
      tellMisfit(this.port.reporter, 'reportTrace.metrics', 'an object of numbers', metrics, 'they are left out');
    }
    let text = `"duration":${ms}`;
    for (const key of namesOf(metrics).slice(0, this.port.limits.maxSegmentationValues)) {
      if (key === 'duration') continue;
      const number = amountOf(member(metrics, key));
      if (number !== undefined && METRIC_KEY.test(key)) text += `,"${key}":${rounded(number)}`;
      else {
        const problem = 'must be a number under a name of letters, digits and _; it is left out';
        this.warn('reportTrace.metric', `metric "${truncate(key, 40)}" ${problem}`);
      }
    }
    return text;
  }

  #size(argument: string, value: unknown): number {
    return Math.max(0, Math.round(this.argument(`reportTrace.${argument}`, value, BYTES, '0 is used') ?? 0));
  }
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
  // Beyond that a number has no fractions, and the product might have no end.
  return Math.max(0, value < 1e12 ? Math.round(value * 1000) / 1000 : value);
}

/** Device traces measured between two calls. */
export function timedTraces(port: FeaturePort, traces: Traces): Measurements<unknown> {
  return new Measurements(port, 'Trace', (target, key, ms, metrics) => {
    const startedAt = port.clock.now() - ms;
    traces.report(target, { type: 'device', name: key, startedAt, durationMs: ms, metrics });
  });
}
