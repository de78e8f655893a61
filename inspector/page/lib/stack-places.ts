/** A piece of a stack: text, or the place of a file in it. */
export interface StackPiece {
  readonly text: string;
  readonly place?: { readonly file: string; readonly line: number; readonly column: number };
}

/**
 * An absolute path with a line and a column, as V8 writes it: `/srv/a.ts:1:2`, `file:///srv/a.ts:1:2`. Looked for at the
 * beginning of words only, so that the time grows with the text and not with its square.
 */
const PLACE = /(?<![^\s(])(?:file:\/\/)?(\/[^\s():]+):(\d{1,7}):(\d{1,7})/g;
const MOST_CHARACTERS = 60_000;
const MOST_PLACES = 500;

/** A stack with the places an editor can open apart from the rest. Node's own modules are no files. */
export function placesIn(stack: string): StackPiece[] {
  const text = stack.slice(0, MOST_CHARACTERS);
  const pieces: StackPiece[] = [];
  let end = 0;
  for (const found of text.matchAll(PLACE)) {
    if (pieces.length > 2 * MOST_PLACES) break;
    const [whole, file = '', line, column] = found;
    if (found.index > end) pieces.push({ text: text.slice(end, found.index) });
    pieces.push({ text: whole, place: { file: decoded(file, whole), line: Number(line), column: Number(column) } });
    end = found.index + whole.length;
  }
  return [...pieces, { text: text.slice(end) }];
}

/** In a `file:` address characters are escaped, in a path they are themselves. */
function decoded(file: string, whole: string): string {
  if (!whole.startsWith('file:')) return file;
  try {
    return decodeURIComponent(file);
  } catch {
    return file;
  }
}
