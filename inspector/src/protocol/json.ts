export type JsonObject = Record<string, unknown>;

/** True for `{}`-like values; arrays and `null` are not objects here. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A parameter a server accepts both as JSON text and as a real JSON value. */
export type Part = { state: 'absent' } | { state: 'broken'; text: string } | { state: 'read'; value: unknown };

/** Reads `metrics`, `crash`, `consent`, … the way their consumers on the server do. */
export function readPart(value: unknown): Part {
  if (value === undefined || value === null || value === '') return { state: 'absent' };
  if (typeof value !== 'string') return { state: 'read', value };
  try {
    return { state: 'read', value: JSON.parse(value) as unknown };
  } catch {
    return { state: 'broken', text: value };
  }
}

/** The part as an object, or `undefined` when it is absent, broken or of another type. */
export function readObject(value: unknown): JsonObject | undefined {
  const part = readPart(value);
  return part.state === 'read' && isObject(part.value) ? part.value : undefined;
}

/** Text of a scalar; `undefined` for everything else. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return undefined;
}

/** A finite number given as number or numeric text; `undefined` for everything else. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

/** A short rendering for messages: never more than `max` characters. */
export function show(value: unknown, max = 60): string {
  const text = typeof value === 'string' ? `"${value}"` : (JSON.stringify(value) ?? String(value));
  return text.length > max ? `${text.slice(0, max)}…` : text;
}
