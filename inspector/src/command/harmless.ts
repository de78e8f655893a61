/** Controls, marks of the direction of writing, ends of lines: what others have named does nothing to a terminal. */
const POWERS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A text of one line as it may be printed. */
export function harmless(text: string): string {
  return text.replace(POWERS, (found) => `\\u{${(found.codePointAt(0) ?? 0).toString(16)}}`);
}
