import { freemem, totalmem } from 'node:os';
import { FLAG, isObject, isReference, optionsOf } from '../check.js';
import { type Limits, truncate } from '../config/limits.js';
import { jsonString } from '../protocol/json-text.js';
import { timestampBefore } from '../protocol/timestamp.js';
import { shared } from '../shared.js';
import { Feature, type Loose, type Target, TEXTS } from './feature.js';
import { segmentationText, withDefaults } from './segmentation-text.js';

type Segments = Readonly<Record<string, unknown>>;
type CrashInput = Loose<'fatal' | 'segmentation' | 'layers' | 'timestamp'>;

const megabytes = (bytes: number): number => Math.round(bytes / (1024 * 1024));
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

const context = shared('crash-context.1', () => ({ segments: undefined as (() => Segments) | undefined }));

/** What every crash report of the process says of where it happened, such as the trace it belongs to. */
export function describeCrashes(segments: (() => Segments) | undefined): void {
  context.segments = segments;
}

function contextOfCrash(): Segments {
  try {
    return context.segments?.() ?? NO_SEGMENTS;
  } catch {
    return NO_SEGMENTS;
  }
}

const NO_SEGMENTS: Segments = Object.freeze({});

/** Crash reports, fatal and not (docs/protocol.md §6). */
export class Crashes extends Feature<{ readonly segments: Segments }> {
  readonly #startedAt = this.port.clock.monotonic();
  /** What was reported of an error: should it end the process, that is told of the same person, and in one report. */
  readonly #reported = new WeakMap<object, { readonly target: Target; readonly key: string }>();
  #reports = 0;
  #segments = this.settings.segments;

  /** Segments that every report carries from now on. */
  useSegments(segments: Segments): void {
    this.#segments = segments;
  }

  report(reporting: Target, thrown: unknown, options?: CrashInput): void {
    const { port } = this;
    const input = optionsOf(port.reporter, 'logError', options) ?? {};
    const fatal = this.argument('logError.fatal', input.fatal, FLAG, 'false is used') ?? false;
    const failure = isReference(thrown) ? thrown : undefined;
    const before = fatal && failure !== undefined ? this.#reported.get(failure) : undefined;
    const target = before?.target ?? reporting;
    if (!port.admits(target, 'crashes')) return;
    const error = errorText(thrown, port.limits);
    const fields: string[] = [];
    for (const field of DEVICE_FIELDS) {
      const value = target.metrics?.[field] ?? port.metrics[field];
      if (value) fields.push(`"${field}":${jsonString(truncate(value, port.limits.maxValueSize))}`);
    }
    fields.push(
      `"_name":${jsonString(error.name)},"_type":${jsonString(error.type)},"_error":${jsonString(error.stack)}`,
      // Real booleans: a server takes any other spelling for fatal (docs/protocol.md §13 row 40).
      `"_nonfatal":${!fatal},"_javascript":true,"_not_os_specific":true,"_background":true`,
      `"_run":${Math.round((port.clock.monotonic() - this.#startedAt) / 1000)}`,
      `"_ram_total":${megabytes(totalmem())},"_ram_current":${megabytes(totalmem() - freemem())}`,
    );
    const work = target.work ?? port.peekState(target.deviceId);
    const logs = work?.breadcrumbs?.text();
    if (logs) fields.push(`"_logs":${jsonString(logs)}`);
    const custom = this.#custom(input);
    if (custom !== undefined) fields.push(`"_custom":${custom}`);
    const now = port.stamp();
    // A crash has no time of its own; that of its request counts (docs/protocol.md §6).
    const at = this.argument('logError.timestamp', input.timestamp, timestampBefore(now), 'now is used') ?? now;
    const key = before?.key ?? (failure === undefined || fatal ? undefined : `crash ${++this.#reports}`);
    const rollUp = key === undefined ? undefined : { key, merge: fatal ? asFatal : neverOne };
    if (failure !== undefined && key !== undefined && !fatal) this.#reported.set(failure, { target, key });
    const body = `"crash":{${fields.join(',')}}`;
    port.record(target, { kind: 'request', feature: 'crashes', timestamp: at, body, rollUp });
  }

  #custom(input: CrashInput): string | undefined {
    const { limits, reporter } = this.port;
    const layers = this.argument('logError.layers', input.layers, TEXTS, 'they are left out') ?? [];
    const path = jsonString(truncate(layers.join(' < '), limits.maxValueSize));
    const leading = layers.length === 0 ? '' : `"layers":${path}`;
    const own = input.segmentation;
    // The call's segments come first, so that they are the ones kept when there are too many.
    const usual = withDefaults(contextOfCrash(), this.#segments);
    const segments = isObject(own) ? withDefaults(own, usual) : usual;
    if (own !== undefined && own !== null && !isObject(own)) {
      segmentationText(own, { limits, reporter, call: 'logError' });
    }
    return segmentationText(segments, { limits, reporter, call: 'logError', leading, scalars: true });
  }
}

/** A report that still waits, of an error that now ends the process: with all it says of where that was. */
function asFatal(waiting: string): string | undefined {
  const text = waiting.replace(NONFATAL, '"_nonfatal":false');
  return text === waiting ? undefined : text;
}

// In a text of somebody else's the quotation marks would be escaped.
const NONFATAL = '"_nonfatal":true';

/** Two reports that are not fatal are two. */
function neverOne(): undefined {
  return undefined;
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
    const said = typeof thrown === 'object' ? (JSON.stringify(thrown) ?? '') : String(thrown);
    const text = `Thrown ${thrown === null ? 'null' : typeof thrown}: ${said}`;
    return { type: 'NonError', name: firstLine(text), stack: text };
  } catch {
    const name = 'Thrown value that cannot be read';
    return { type: 'NonError', name, stack: name };
  }
}

function isErrorLike(value: unknown): value is Loose<'name' | 'message' | 'stack'> {
  return value instanceof Error || (isObject(value) && typeof value['message'] === 'string');
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
