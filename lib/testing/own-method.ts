import type { Method } from '../decorators/weave/advice.js';
import type { Woven } from '../decorators/weave/woven.js';

/** A user's woven method, and how to call it. */
export interface OwnMethod {
  /** What the class has under the name of the method. */
  readonly wrapper: Method;
  readonly woven: Woven;
  /** The object to call it on and what to give it, anew for each call. */
  readonly instance: () => unknown;
  readonly args: () => readonly unknown[];
}

/** How a call ended: with what it returned, or with what it threw. */
export interface End {
  readonly threw: boolean;
  readonly value: unknown;
}

/** One call, seen from its caller and from the method itself. */
export interface Observation {
  readonly self: unknown;
  readonly args: readonly unknown[];
  readonly outside: End;
  /** Nothing when the method was not reached. */
  readonly inside: { readonly self: unknown; readonly args: readonly unknown[]; readonly end: End } | undefined;
  /** How often one call from outside reached the method. */
  readonly reached: number;
}

/** Calls a function and keeps how that ended. */
export function call(fn: Method, self: unknown, args: readonly unknown[]): End {
  try {
    return { threw: false, value: Reflect.apply(fn, self, args) };
  } catch (error) {
    return { threw: true, value: error };
  }
}

/**
 * Calls the woven method once and looks at the call from both sides. Both sides of one call are compared, not two calls:
 * so a method may well give the time or a random number.
 *
 * @param tap - sees the result before the wrapper does
 */
export function observe({ wrapper, woven, instance, args }: OwnMethod, tap?: (value: unknown) => void): Observation {
  const self = instance();
  const given = args();
  const { original } = woven;
  let inside: Observation['inside'];
  let reached = 0;
  let depth = 0;
  const watching = function (this: unknown, ...got: unknown[]): unknown {
    // A method that calls itself is not called twice from outside.
    if (depth > 0) return Reflect.apply(original, this, got);
    reached++;
    depth++;
    const end = call(original, this, got);
    depth--;
    inside ??= { self: this, args: got, end };
    if (end.threw) throw end.value;
    tap?.(end.value);
    return end.value;
  };
  const outside = withOriginal(woven, watching, () => call(wrapper, self, given));
  return { self, args: given, outside, inside, reached };
}

/** Puts a function in place of the original for the length of one call, and sends what is recorded to nobody's client. */
function withOriginal<T>(woven: Woven, stand: Method, work: () => T): T {
  const { original } = woven;
  const advices = [...woven.advices];
  const put = (fn: Method, list: typeof advices): void => {
    woven.original = fn;
    woven.advices.splice(0, woven.advices.length, ...list);
    woven.recording = undefined;
  };
  put(
    stand,
    advices.map((advice) => ({ ...advice, client: undefined })),
  );
  try {
    return work();
  } finally {
    put(original, advices);
  }
}
