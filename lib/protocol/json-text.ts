// Characters JSON must escape, and lone surrogates, which are no text in any encoding and reach the server mangled.
// biome-ignore lint/suspicious/noControlCharactersInRegex: the control characters are the point
const NEEDS_CARE = /["\\\u0000-\u001f\ud800-\udfff]/;

/** Whether a text stands in JSON as it is, between quotes. */
function isPlain(text: string): boolean {
  return !NEEDS_CARE.test(text);
}

/** A text without what a Countly server's database refuses, for which it loses whole batches: NUL and half characters. */
export function storableText(text: string): string {
  return isPlain(text) ? text : text.toWellFormed().replaceAll('\0', '');
}

/** For `JSON.parse` and `JSON.stringify`: makes names and texts {@link storableText}. */
export function storable(_name: string, value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const names = Object.keys(value);
  if (names.every((name) => storableText(name) === name)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [storableText(name), member]));
}

// A database document has an end (docs/protocol.md §17.1); nothing that a server counts is nested as far as this.
const DEEPEST = 20;

/** Whether a plain value is nested deeper than a server's database takes it. */
export function isTooDeep(value: unknown, room = DEEPEST): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return room === 0 || Object.values(value).some((member) => isTooDeep(member, room - 1));
}

/** A {@link storableText} as JSON. Almost all are plain; for those this is several times cheaper than `JSON.stringify`. */
export function jsonString(text: string): string {
  return isPlain(text) ? `"${text}"` : JSON.stringify(storableText(text));
}
