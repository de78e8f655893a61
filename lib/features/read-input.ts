/** A number out of whatever a caller passed; undefined when it is none. Never throws. */
export function numberFrom(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value === 'string' && value.trim() === '') return undefined;
  if (typeof value !== 'string' && typeof value !== 'bigint') return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

/** A non-empty text, or undefined. */
export function textFrom(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : undefined;
}

/** A plain member of an object that may be anything; a getter that throws counts as absent. */
export function member(object: unknown, name: string): unknown {
  try {
    return typeof object === 'object' && object !== null ? (object as Record<string, unknown>)[name] : undefined;
  } catch {
    return undefined;
  }
}

/** The own names of an object; none when it cannot be read. */
export function namesOf(object: unknown): string[] {
  try {
    return typeof object === 'object' && object !== null ? Object.keys(object) : [];
  } catch {
    return [];
  }
}

/** The value of a number or boolean, that there is none, else only the type: a caller's text or object may hold personal data. */
export function shown(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean' || value === null || value === undefined)
    return String(value);
  return isList(value) ? 'a list' : `a value of type ${typeof value}`;
}

/** `Array.isArray`, which throws for a proxy that was revoked. */
export function isList(value: unknown): value is unknown[] {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}
