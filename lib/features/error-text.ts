import { type Limits, truncate } from '../config/limits.js';

/** What a crash report says of a thrown value. */
export interface ErrorText {
  /** `TypeError: x is undefined`; stable, because the server groups by it. */
  readonly name: string;
  readonly type: string;
  /** The stack, cut to the limits, and after a blank line those of its causes: only the first block groups (contract §6). */
  readonly stack: string;
}

const MAX_CAUSES = 5;

/** Describes anything that can be thrown; never throws itself, whatever getters the value has. */
export function errorText(thrown: unknown, limits: Limits): ErrorText {
  const first = describe(thrown);
  const blocks = [cut(first.stack, limits)];
  const seen = new Set<unknown>([thrown]);
  for (let cause = causeOf(thrown); cause !== undefined && blocks.length <= MAX_CAUSES; cause = causeOf(cause)) {
    if (seen.has(cause)) break;
    seen.add(cause);
    blocks.push(cut(`Caused by: ${describe(cause).stack}`, limits));
  }
  return { ...first, name: truncate(first.name, limits.maxStackTraceLineLength), stack: blocks.join('\n\n') };
}

function describe(thrown: unknown): ErrorText {
  try {
    if (thrown instanceof Error || isErrorLike(thrown)) {
      const type = textOf(thrown.name) ?? 'Error';
      const message = textOf(thrown.message) ?? '';
      const name = message === '' ? type : `${type}: ${firstLine(message)}`;
      return { type, name, stack: textOf(thrown.stack) ?? name };
    }
    const text = `Thrown ${thrown === null ? 'null' : typeof thrown}: ${typeof thrown === 'object' ? (JSON.stringify(thrown) ?? '') : String(thrown)}`;
    return { type: 'NonError', name: firstLine(text), stack: text };
  } catch {
    return { type: 'NonError', name: 'Thrown value that cannot be read', stack: 'Thrown value that cannot be read' };
  }
}

function isErrorLike(value: unknown): value is { name?: unknown; message: unknown; stack?: unknown } {
  return typeof value === 'object' && value !== null && 'message' in value && typeof value.message === 'string';
}

function causeOf(thrown: unknown): unknown {
  try {
    return typeof thrown === 'object' && thrown !== null && 'cause' in thrown ? (thrown.cause ?? undefined) : undefined;
  } catch {
    return undefined;
  }
}

function cut(stack: string, limits: Limits): string {
  return stack
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .slice(0, limits.maxStackTraceLinesPerThread)
    .map((line) => truncate(line, limits.maxStackTraceLineLength))
    .join('\n');
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
