import { type Limits, truncate } from '../config/limits.js';

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
