import { member } from '../check.js';
import { type Limits, truncate } from '../config/limits.js';

// Far more than the limits ever keep; splitting a text of megabytes into lines would hold the host up.
const MAX_STACK = 100_000;
// One text for server-side grouping, whatever was thrown.
const UNREADABLE = 'Thrown value that cannot be read';

/** What the official SDK says of an error, with the limits on every line (fault 20). Never throws, never empty. */
export function crashText(error: unknown, limits: Limits): string {
  const lines = textOf(error).slice(0, MAX_STACK).split('\n').slice(0, limits.maxStackTraceLinesPerThread);
  const text = lines.map((line) => truncate(line, limits.maxStackTraceLineLength)).join('\n');
  // A server drops a crash without a text (docs/protocol.md §13 row 38).
  return text.trim() === '' ? UNREADABLE : text;
}

function textOf(error: unknown): string {
  try {
    if (typeof error !== 'object' || error === null) return String(error);
    const stack = member(error, 'stack');
    if (stack !== undefined) return String(stack);
    return [
      ['name', '', ':'],
      ['message', '', '\n'],
      ['fileName', 'in ', '\n'],
      ['lineNumber', 'on ', ''],
      ['columnNumber', ':', ''],
    ]
      .map(([name = '', before, after]) => {
        const value = member(error, name);
        return value === undefined ? '' : `${before}${value}${after}`;
      })
      .join('');
  } catch {
    return UNREADABLE;
  }
}
