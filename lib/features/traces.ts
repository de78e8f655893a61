import { isObject, member, namesOf, numberFrom, tellMisfit } from '../check.js';
import { truncate } from '../config/limits.js';
import { callerTimestamp } from '../protocol/timestamp.js';
import type { FeaturePort, Target } from './feature.js';
import { type Answer, answerText, TraceHeads } from './trace-heads.js';

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

/** Application performance traces: one a request, under `apm_metrics` (docs/protocol.md §7). */
export class Traces {
  readonly #port: FeaturePort;
  readonly #heads = new TraceHeads();

  constructor(port: FeaturePort) {
    this.#port = port;
  }

  report(target: Target, input: TraceInput): void {
    const port = this.#port;
    const trace = isObject(input) ? fromWire(input) : {};
    const { type } = trace;
    const network = type === 'network';
    const took = numberFrom(network ? trace.responseTimeMs : trace.durationMs);
    const code = network ? numberFrom(trace.responseCode) : 0;
    const head = network || type === 'device' ? this.#heads.of(type, trace.name) : undefined;
    if (took === undefined || code === undefined || head === undefined) {
      port.reporter.warn(
        'reportTrace',
        'reportTrace: a trace needs a name, the type "device" with durationMs or "network" with responseTimeMs and responseCode; it is dropped.',
      );
      return port.refuse('invalid');
    }
    if (!port.admits(target, 'apm')) return;
    const timestamp = port.stamp();
    const ms = rounded(took);
    let opening: string;
    let metrics: string;
    if (network) {
      const answer = this.#answer(code, trace);
      const asBefore = head.upToTime(answer);
      opening = asBefore ?? head.begin;
      metrics = asBefore === undefined ? answerText(answer) + ms : String(ms);
    } else {
      opening = head.upToDuration();
      metrics = ms + this.#moreMetrics(trace.metrics);
    }
    const stz = this.#start(trace, timestamp, ms);
    // The end has to lie after the start, also for what took less than a millisecond.
    const etz = Math.max(Math.round(stz + ms), stz + 1);
    const rest = `${metrics}},"stz":${stz},"etz":${etz}}`;
    port.recordParts(target, 'request', 'apm', timestamp, port.offsetOf(target, timestamp), opening, rest, '');
  }

  #start({ startedAt }: TraceInput, timestamp: number, took: number): number {
    const start = startedAt === undefined ? undefined : callerTimestamp(startedAt, timestamp);
    if (startedAt !== undefined && start === undefined) {
      this.#tell('startedAt', 'milliseconds (13 digits)', startedAt, 'the time before the end is used');
    }
    return start ?? Math.round(timestamp - took);
  }

  #answer(code: number, trace: TraceInput): Answer {
    return {
      code: code >= 100 && code < 600 ? Math.trunc(code) : 0,
      received: this.#size('responsePayloadSize', trace.responsePayloadSize),
      sent: this.#size('requestPayloadSize', trace.requestPayloadSize),
    };
  }

  /** The further metrics of a device trace. */
  #moreMetrics(metrics: unknown): string {
    let text = '';
    if (metrics !== undefined && !isObject(metrics)) {
      this.#tell('metrics', 'an object of numbers', metrics, 'they are left out');
    }
    for (const key of namesOf(metrics).slice(0, this.#port.limits.maxSegmentationValues)) {
      if (key === 'duration') continue;
      const number = numberFrom(member(metrics, key));
      if (number !== undefined && METRIC_KEY.test(key)) text += `,"${key}":${rounded(number)}`;
      else
        this.#port.reporter.warn(
          `reportTrace.${key}`,
          `reportTrace: metric "${truncate(key, 40)}" must be a number under a name of letters, digits and _; it is left out.`,
        );
    }
    return text;
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
