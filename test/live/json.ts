/** Whether a parsed value is an object or a list, whose members can be looked at. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** A member along a path of names; undefined where there is none. */
export function memberOf(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((at, name) => (isRecord(at) && Object.hasOwn(at, name) ? at[name] : undefined), value);
}

/** A number along a path of names; undefined for anything else. */
export function numberAt(value: unknown, ...path: readonly string[]): number | undefined {
  const found = memberOf(value, ...path);
  return typeof found === 'number' ? found : undefined;
}

/** The objects of a list along a path of names. */
export function recordsAt(value: unknown, ...path: readonly string[]): Record<string, unknown>[] {
  const found = memberOf(value, ...path);
  return Array.isArray(found) ? found.filter(isRecord) : [];
}
