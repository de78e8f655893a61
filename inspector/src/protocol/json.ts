export type JsonObject = Record<string, unknown>;

/** True for `{}`-like values; arrays and `null` are not objects here. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A parameter a server accepts both as JSON text and as a real JSON value. */
export type Part = { state: 'absent' } | { state: 'broken'; text: string } | { state: 'read'; value: unknown };

/** No SDK nests deeper; what does would overflow the stack of whoever writes it out again. */
const MAX_DEPTH = 200;

/** Reads JSON. Throws `SyntaxError` for what is none, and for what is nested deeper than 200 levels. */
export function parseJson(text: string): unknown {
  const value = JSON.parse(text) as unknown;
  if (isDeeper(text, MAX_DEPTH)) throw new SyntaxError(`JSON is nested deeper than ${MAX_DEPTH} levels`);
  return value;
}

/** True for any JSON, however deep. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Looks at valid JSON once, a character at a time; brackets within texts do not count. */
function isDeeper(text: string, limit: number): boolean {
  if (text.length <= limit) return false;
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    switch (text.charCodeAt(index)) {
      case QUOTE:
        index = endOfText(text, index);
        break;
      case OPEN_ARRAY:
      case OPEN_OBJECT:
        depth += 1;
        if (depth > limit) return true;
        break;
      case CLOSE_ARRAY:
      case CLOSE_OBJECT:
        depth -= 1;
    }
  }
  return false;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Position of the quotation mark that closes the text opened at `start`. */
function endOfText(text: string, start: number): number {
  let index = start + 1;
  while (index < text.length && text.charCodeAt(index) !== QUOTE) {
    index += text.charCodeAt(index) === BACKSLASH ? 2 : 1;
  }
  return index;
}

/** Reads `metrics`, `crash`, `consent`, … the way their consumers on the server do. */
export function readPart(value: unknown): Part {
  if (value === undefined || value === null || value === '') return { state: 'absent' };
  if (typeof value !== 'string') return { state: 'read', value };
  try {
    return { state: 'read', value: parseJson(value) };
  } catch {
    return { state: 'broken', text: value };
  }
}

/** The part as an object, or `undefined` when it is absent, broken or of another type. */
export function readObject(value: unknown): JsonObject | undefined {
  const part = readPart(value);
  return part.state === 'read' && isObject(part.value) ? part.value : undefined;
}

/** What a server makes of a text it takes for an object is bounded by this many letters here. */
const MAX_LETTERS = 200;

/** A text as the object a server stores when it expected one: `{ "0": "a", "1": "b" }`; at most 200 letters of it. */
export function lettersOf(text: string): JsonObject {
  return Object.fromEntries(Object.entries(text.slice(0, MAX_LETTERS).split('')));
}

/** Text of a scalar; `undefined` for everything else. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return undefined;
}

/** Text of any JSON value. Unlike `String` it does not call what a sender may have named `toString`. */
export function stringOf(value: unknown): string {
  return textOf(value) ?? (isObject(value) ? '[object Object]' : (JSON.stringify(value) ?? 'undefined'));
}

/** A finite number given as number or numeric text; `undefined` for everything else. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

/** The whole number a text begins with, as `parseInt` reads it: "12x" is 12. `undefined` when there is none. */
export function leadingInteger(value: unknown): number | undefined {
  const number = Number.parseInt(textOf(value) ?? '', 10);
  return Number.isNaN(number) ? undefined : number;
}

/** A short rendering for messages: never more than `max` characters. */
export function show(value: unknown, max = 60): string {
  const text = typeof value === 'string' ? `"${value.slice(0, max + 1)}"` : (JSON.stringify(value) ?? 'undefined');
  return text.length > max ? `${text.slice(0, max)}…` : text;
}
