import type { ConfigProblem } from '../../lib/index.js';

/** A request this process sends, as far as it may become a name. */
export interface OutgoingRequest {
  readonly method: string;
  /** With the port, unless it is the usual one. */
  readonly host: string;
  /** Without query and fragment. */
  readonly path: string;
}

/** Settings of traces of outgoing requests. */
export interface OutgoingTraceOptions {
  /** Share of the requests that are reported, from 0 to 1. @default 1 */
  readonly sample?: number | undefined;
  /** Hosts that are left out: `metadata.internal`, `localhost:4318`, or `*.internal` for every host below. */
  readonly ignoreHosts?: readonly string[] | undefined;
  /**
   * Name of the trace; `undefined` leaves the request out. Must not contain ids: every name becomes a line in Countly.
   * @default method, host and path, where segments that look like ids become `:id`
   */
  readonly name?: ((request: OutgoingRequest) => string | undefined) | undefined;
}

/** Settings of traces beside those of incoming requests (`networkTraces`). */
export interface ModuleTraceOptions {
  /**
   * Report a network trace for every request that code in a scope sends with `fetch`, undici or `node:http`; deliveries
   * to Countly never.
   * @default false
   */
  readonly outgoing?: boolean | OutgoingTraceOptions | undefined;
}

const HOST = /^(\*\.)?[a-z0-9_.-]+(:\d{1,5})?$|^\[[0-9a-f:]+\](:\d{1,5})?$/i;

/** @internal whether a value is a list of hosts and host patterns. */
export function isHostList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((host) => typeof host === 'string' && HOST.test(host));
}

/** @internal What is wrong with the option `traces`. */
export function traceProblems(value: unknown): ConfigProblem[] {
  if (value === undefined) return [];
  if (!isObject(value)) return [problem('traces', 'an object such as { outgoing: true }', value)];
  const problems: ConfigProblem[] = Object.keys(value)
    .filter((key) => key !== 'outgoing')
    .map((key) => problem(`traces.${key}`, 'no such option; there is "outgoing"', value[key]));
  const { outgoing } = value;
  if (outgoing === undefined || typeof outgoing === 'boolean') return problems;
  if (!isObject(outgoing)) return [...problems, problem('traces.outgoing', 'true, false or an object', outgoing)];
  const { sample, ignoreHosts, name } = outgoing;
  if (sample !== undefined && !(typeof sample === 'number' && sample >= 0 && sample <= 1)) {
    problems.push(problem('traces.outgoing.sample', 'a number from 0 to 1', sample));
  }
  if (ignoreHosts !== undefined && !isHostList(ignoreHosts)) {
    const expected = 'a list of host names such as "localhost:4318" or "*.internal"';
    problems.push(problem('traces.outgoing.ignoreHosts', expected, ignoreHosts));
  }
  if (name !== undefined && typeof name !== 'function') {
    problems.push(problem('traces.outgoing.name', 'a function', name));
  }
  return problems;
}

/** @internal */
export function outgoingSettings(options: ModuleTraceOptions | undefined): OutgoingTraceOptions | undefined {
  const outgoing = options?.outgoing;
  return typeof outgoing === 'object' ? outgoing : outgoing === true ? {} : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function problem(option: string, expected: string, value: unknown): ConfigProblem {
  return { option, expected, actual: `${JSON.stringify(value) ?? 'a value'} (${typeof value})`.slice(0, 200) };
}
