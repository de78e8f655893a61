// Characters JSON must escape, and lone surrogates, which are no text in any encoding and reach the server mangled.
// biome-ignore lint/suspicious/noControlCharactersInRegex: the control characters are the point
const NEEDS_CARE = /["\\\u0000-\u001f\ud800-\udfff]/;

/**
 * A string as JSON. Almost every name and value is plain, and for those a scan and a concatenation is several times
 * cheaper than `JSON.stringify`.
 */
export function jsonString(text: string): string {
  return NEEDS_CARE.test(text) ? JSON.stringify(text.toWellFormed()) : `"${text}"`;
}
