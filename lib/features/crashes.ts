import { freemem, totalmem } from 'node:os';
import { argumentOf, FLAG, isObject, optionsOf, tellMisfit } from '../check.js';
import { type Limits, truncate } from '../config/limits.js';
import { jsonString } from '../protocol/json-text.js';
import { timestampBefore } from '../protocol/timestamp.js';
import type { FeaturePort, Target } from './feature.js';
import { segmentationText } from './segmentation-text.js';

export interface CrashInput {
  readonly fatal?: unknown;
  readonly segmentation?: unknown;
  readonly layers?: unknown;
  readonly timestamp?: unknown;
}

const MEGABYTE = 1024 * 1024;
const DEVICE_FIELDS = ['_os', '_os_version', '_device', '_app_version', '_cpu', '_architecture'] as const;

/** What a crash report says of a thrown value. */
export interface ErrorText {
  /** `TypeError: x is undefined`; stable, because the server groups by it. */
  readonly name: string;
  readonly type: string;
  /** The stack, cut to the limits, and after a blank line those of its causes: only the first block groups (docs/protocol.md §6). */
  readonly stack: string;
}

const MAX_CAUSES = 5;
// Far more than the limits ever keep; splitting a text of megabytes into lines would hold the host up.
const MAX_STACK = 100_000;
const UNREADABLE: ErrorText = {
  type: 'NonError',
  name: 'Thrown value that cannot be read',
  stack: 'Thrown value that cannot be read',
};

/** Crash reports, fatal and not (docs/protocol.md §6). */
export class Crashes {
  readonly #port: FeaturePort;
  readonly #startedAt: number;
  #segments: Readonly<Record<string, unknown>>;

  constructor(port: FeaturePort, segments: Readonly<Record<string, unknown>>) {
    this.#port = port;
    this.#startedAt = port.clock.monotonic();
    this.#segments = segments;
  }

  /** Segments that every report carries from now on. */
  useSegments(segments: Readonly<Record<string, unknown>>): void {
    this.#segments = segments;
  }

  report(target: Target, thrown: unknown, options?: CrashInput): void {
    const port = this.#port;
    const input = optionsOf(port.reporter, 'logError', options) ?? {};
    if (!port.admits(target, 'crashes')) return;
    const error = errorText(thrown, port.limits);
    const fatal = argumentOf(port.reporter, 'logError.fatal', input.fatal, FLAG, 'false is used') ?? false;
    const fields: string[] = [];
    for (const field of DEVICE_FIELDS) {
      const value = target.metrics?.[field] ?? port.metrics[field];
      if (value) fields.push(`"${field}":${jsonString(value)}`);
    }
    fields.push(
      `"_name":${jsonString(error.name)},"_type":${jsonString(error.type)},"_error":${jsonString(error.stack)}`,
      // Real booleans: a server takes any other spelling for fatal (docs/protocol.md §13 row 40).
      `"_nonfatal":${!fatal},"_javascript":true,"_not_os_specific":true,"_background":true`,
      `"_run":${Math.round((port.clock.monotonic() - this.#startedAt) / 1000)}`,
      `"_ram_total":${Math.round(totalmem() / MEGABYTE)},"_ram_current":${Math.round((totalmem() - freemem()) / MEGABYTE)}`,
    );
    const work = target.work ?? port.peekState(target.deviceId);
    const logs = work?.breadcrumbs?.text();
    if (logs) fields.push(`"_logs":${jsonString(logs)}`);
    const custom = this.#custom(input);
    if (custom !== undefined) fields.push(`"_custom":${custom}`);
    const now = port.stamp();
    // A crash has no time of its own; that of its request counts (docs/protocol.md §6).
    const kind = timestampBefore(now);
    const at = argumentOf(port.reporter, 'logError.timestamp', input.timestamp, kind, 'now is used') ?? now;
    const body = `"crash":{${fields.join(',')}}`;
    port.record(target, { kind: 'request', feature: 'crashes', timestamp: at, body });
  }

  #custom(input: CrashInput): string | undefined {
    const { limits, reporter } = this.#port;
    const layers = Array.isArray(input.layers) ? input.layers.filter((layer) => typeof layer === 'string') : [];
    if (input.layers !== undefined && !Array.isArray(input.layers)) {
      tellMisfit(reporter, 'logError.layers', 'a list of texts', input.layers, 'they are left out');
    }
    const leading =
      layers.length === 0 ? '' : `"layers":${jsonString(truncate(layers.join(' < '), limits.maxValueSize))}`;
    const own = input.segmentation;
    // The call's segments come first, so that they are the ones kept when there are too many.
    const segments = isObject(own) ? withDefaults(own, this.#segments) : this.#segments;
    if (own !== undefined && own !== null && !isObject(own)) {
      segmentationText(own, { limits, reporter, call: 'logError' });
    }
    return segmentationText(segments, { limits, reporter, call: 'logError', leading, scalars: true });
  }
}

function withDefaults(own: Record<string, unknown>, defaults: Readonly<Record<string, unknown>>): unknown {
  try {
    const names = Object.keys(defaults);
    if (names.length === 0) return own;
    const rest = Object.fromEntries(
      names.filter((name) => !Object.hasOwn(own, name)).map((name) => [name, defaults[name]]),
    );
    return { ...own, ...rest };
  } catch {
    return own;
  }
}

/** Describes anything that can be thrown; never throws itself, whatever getters the value has. */
export function errorText(thrown: unknown, limits: Limits): ErrorText {
  const first = describe(thrown);
  const name = truncate(first.name, limits.maxStackTraceLineLength);
  // A server drops a crash without `_error` (docs/protocol.md §13 row 38), so a blank stack is not an option.
  const blocks = [cutStack(first.stack, limits) || cutStack(name, limits) || first.type];
  const seen = new Set<unknown>([thrown]);
  const waiting = causesOf(thrown);
  for (let cause = waiting.shift(); cause !== undefined && blocks.length <= MAX_CAUSES; cause = waiting.shift()) {
    if (seen.has(cause)) continue;
    seen.add(cause);
    blocks.push(cutStack(`Caused by: ${describe(cause).stack}`, limits));
    waiting.unshift(...causesOf(cause));
  }
  return { type: truncate(first.type, limits.maxKeyLength), name, stack: blocks.join('\n\n') };
}

/**
 * A stack with so many lines of so many characters and no blank ones. One long line keeps a Countly server busy for
 * minutes (docs/protocol.md §15.6), whatever kind of line break the others have.
 */
export function cutStack(stack: string, limits: Limits): string {
  return stack
    .slice(0, MAX_STACK)
    .split(/\r\n|[\n\r\u2028\u2029]/)
    .filter((line) => line.trim() !== '')
    .slice(0, limits.maxStackTraceLinesPerThread)
    .map((line) => truncate(line, limits.maxStackTraceLineLength))
    .join('\n');
}

function describe(thrown: unknown): ErrorText {
  try {
    if (isErrorLike(thrown)) {
      const type = textOf(thrown.name) ?? 'Error';
      const message = textOf(thrown.message) ?? '';
      const name = message === '' ? type : `${type}: ${firstLine(message)}`;
      return { type, name, stack: textOf(thrown.stack) ?? name };
    }
    const text = `Thrown ${thrown === null ? 'null' : typeof thrown}: ${typeof thrown === 'object' ? (JSON.stringify(thrown) ?? '') : String(thrown)}`;
    return { type: 'NonError', name: firstLine(text), stack: text };
  } catch {
    return UNREADABLE;
  }
}

function isErrorLike(value: unknown): value is { name?: unknown; message?: unknown; stack?: unknown } {
  if (value instanceof Error) return true;
  return typeof value === 'object' && value !== null && 'message' in value && typeof value.message === 'string';
}

/** The error's `cause`, or the errors an `AggregateError` collects. */
function causesOf(thrown: unknown): unknown[] {
  try {
    if (typeof thrown !== 'object' || thrown === null) return [];
    const { cause, errors } = thrown as { cause?: unknown; errors?: unknown };
    const collected = Array.isArray(errors) ? errors.slice(0, MAX_CAUSES) : [];
    return [cause, ...collected].filter((one) => one !== undefined && one !== null);
  } catch {
    return [];
  }
}

function firstLine(text: string): string {
  return text.slice(0, MAX_STACK).split('\n', 1)[0] ?? '';
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}
