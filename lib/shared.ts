/**
 * One of each for the process, also when the package is installed twice. The name changes with the shape of what it stands
 * for: copies of different versions must not read each other's.
 */
export function shared<T>(name: string, make: () => T): T {
  const slots = globalThis as unknown as Record<symbol, T | undefined>;
  const key = Symbol.for(`countly-weave.${name}`);
  slots[key] ??= make();
  return slots[key];
}
