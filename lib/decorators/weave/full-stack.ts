import { thrownName } from '../../check.js';

/** Far more of the stack than recording takes: 64 kB of a megabyte. */
const ROOM: readonly unknown[] = Object.freeze(new Array<unknown>(8192).fill(0));
/** What V8 throws then; the second is what a regular expression makes of it. */
const FULL: ReadonlySet<string> = new Set(['RangeError', 'SyntaxError']);
/** What could not be recorded where it happened. Few: it takes a call that has ended to get on the list. */
const late: (() => void)[] = [];

/**
 * Whether an error may be of a full stack, with too little of it left. What is begun there fails half-way, wherever that is: it
 * would count and never leave, or count as reported.
 */
export function isStackFull(error: unknown): boolean {
  return FULL.has(thrownName(error)) && !hasRoom();
}

/** Leaves work to the next call that ends with room for it: one further out, or a later one. */
export function recordLate(work: () => void): void {
  late.push(work);
}

/** Does what was left, where there is room. The work contains its own failures. */
export function recordWhatWaits(): void {
  if (late.length === 0 || !hasRoom()) return;
  for (const work of late.splice(0)) work();
}

function hasRoom(): boolean {
  try {
    // A call with so many arguments, which the engine puts there, whatever it makes of the code.
    Reflect.apply(nothing, undefined, ROOM);
    return true;
  } catch {
    return false;
  }
}

function nothing(): void {}
