import type { EntryDraft } from './entry.js';

/** Characters of an entry's body, which need not be put together for it. */
export function bodyLength(entry: EntryDraft): number {
  const { opening, rest, time } = entry;
  if (opening === undefined || rest === undefined || time === undefined) return entry.body.length;
  return opening.length + rest.length + time.length;
}

/** A text with an entry's body behind it. */
export function withBody(text: string, entry: EntryDraft): string {
  const { opening, rest, time } = entry;
  if (opening === undefined || rest === undefined || time === undefined) return text + entry.body;
  return text + opening + rest + time;
}
