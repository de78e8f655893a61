/** Deeper objects are left out: a segmentation is flat, and a deep one was not meant to be one. */
export const MAX_DEPTH = 5;
export const MAX_ITEMS = 100;

/** Says something about a value once; the first text tells one kind of problem from another. */
export type Tell = (problem: string, message: string) => void;

/**
 * What an object without rules says of itself: the primitive that a Decimal or an ObjectId stands for, what a document's
 * `toJSON` shows; else the object.
 */
export function ownWord(object: object): unknown {
  for (const name of ['toJSON', 'valueOf'] as const) {
    try {
      const method: unknown = (object as Partial<Record<string, unknown>>)[name];
      const word: unknown = typeof method === 'function' ? Reflect.apply(method, object, []) : undefined;
      if (name === 'toJSON' ? word !== undefined : word !== null && typeof word !== 'object') return unwrapped(word);
    } catch {
      // One that throws says nothing.
    }
  }
  return object;
}

/** BSON types show themselves as `{ $numberDecimal: '1.5' }`. */
function unwrapped(word: unknown): unknown {
  const entries = typeof word === 'object' && word !== null ? Object.entries(word) : [];
  const [key, value] = entries.length === 1 ? (entries[0] as [string, unknown]) : [];
  return key?.startsWith('$') === true ? value : word;
}

const OPAQUE = [Map, Set, WeakMap, WeakSet, Promise, Date, ArrayBuffer];

/** Objects whose own properties say nothing about them. */
export function isOpaque(object: object): boolean {
  if (Object.getPrototypeOf(object) === Object.prototype) return false;
  return Array.isArray(object) || ArrayBuffer.isView(object) || OPAQUE.some((type) => object instanceof type);
}
