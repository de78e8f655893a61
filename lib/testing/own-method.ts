import 'reflect-metadata';
import { inspect } from 'node:util';
import type { Method } from '../decorators/weave/advice.js';
import { kindOf, type ResultKind } from '../decorators/weave/results.js';
import type { Woven } from '../decorators/weave/woven.js';
import { collectUnhandled, macrotask } from './transparency-probes.js';

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
interface End {
  readonly threw: boolean;
  readonly value: unknown;
}

/** One call, seen from its caller and from the method itself. */
interface Observation {
  readonly self: unknown;
  readonly args: readonly unknown[];
  readonly outside: End;
  /** Nothing when the method was not reached. */
  readonly inside: { readonly self: unknown; readonly args: readonly unknown[]; readonly end: End } | undefined;
  /** How often one call from outside reached the method. */
  readonly reached: number;
}

/** Calls a function and keeps how that ended. */
function call(fn: Method, self: unknown, args: readonly unknown[]): End {
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
function observe({ wrapper, woven, instance, args }: OwnMethod, tap?: (value: unknown) => void): Observation {
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

/** Undefined when the property holds, else what was found. */
export type OwnCheck = (own: OwnMethod) => string | undefined | Promise<string | undefined>;

const MARK: unique symbol = Symbol('countly-weave.transparency');
const SLOWEST_MS = 5000;
/** The method that starts the work of a lazy result. */
const STARTERS: Partial<Record<ResultKind, 'then' | 'subscribe'>> = { thenable: 'then', observable: 'subscribe' };

const isObject = (value: unknown): value is object =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';
const kind = (value: unknown): ResultKind => (isObject(value) ? kindOf(value) : 'settled');
const ignore = (): void => {};

export const OWN_CHECKS: Readonly<Record<string, OwnCheck>> = {
  'name, length, source text and properties'({ wrapper, woven: { face } }) {
    if (wrapper.name !== face.name) return `the name is ${wrapper.name}, not ${face.name}`;
    if (wrapper.length !== face.length) return `the length is ${wrapper.length}, not ${face.length}`;
    if (String(wrapper) !== String(face)) return 'the source text is another';
    const lost = Reflect.ownKeys(face).filter((key) => !Object.hasOwn(wrapper, key));
    return lost.length === 0 ? undefined : `the function lost ${lost.map(String).join(', ')}`;
  },

  metadata({ wrapper, woven: { face, original } }) {
    // Over an inherited method a subclass has metadata of its own.
    if (face !== original) return undefined;
    const keys = Reflect.getMetadataKeys(face) as unknown[];
    const here = Reflect.getMetadataKeys(wrapper) as unknown[];
    if (keys.length !== here.length || keys.some((key) => !here.includes(key))) return 'its keys differ on both sides';
    const other = keys.find((key) => Reflect.getMetadata(key, face) !== Reflect.getMetadata(key, wrapper));
    if (other !== undefined) return `${String(other)} differs on both sides`;
    for (const [side, one, two] of [
      ['wrapper', wrapper, face],
      ['original', face, wrapper],
    ] as const) {
      Reflect.defineMetadata(MARK, side, one);
      const seen: unknown = Reflect.getMetadata(MARK, two);
      Reflect.deleteMetadata(MARK, one);
      if (seen !== side) return `what is written on the ${side} later is not seen on the other side`;
    }
    return undefined;
  },

  'this, arguments and result': async (own) => {
    let touched = 0;
    const seen = observe(own, (value) => {
      const starter = STARTERS[kind(value)];
      if (starter !== undefined) countStarts(value as object, starter, () => touched++);
    });
    const { inside, outside } = seen;
    if (inside === undefined) return 'the method was not called';
    if (seen.reached !== 1) return `the method was called ${seen.reached} times`;
    if (!Object.is(inside.self, seen.self)) return '`this` is another object';
    if (inside.args.length !== seen.args.length || inside.args.some((arg, i) => !Object.is(arg, seen.args[i]))) {
      return 'the arguments are others';
    }
    if (inside.end.threw !== outside.threw) return outside.threw ? 'it throws' : 'what it threw was swallowed';
    if (outside.threw) return Object.is(inside.end.value, outside.value) ? undefined : 'another value is thrown';
    // A promise must not be left alone for a turn: its rejection would be told as unhandled.
    if (STARTERS[kind(inside.end.value)] !== undefined) await macrotask();
    if (touched > 0) return 'lazy work was started that nobody asked for';
    return compareResults(inside.end.value, outside.value, () => touched);
  },

  'rejections nobody handles': async (own) => {
    const first = observe(own);
    if (first.outside.threw || kind(first.outside.value) !== 'promise') return undefined;
    const [{ status }] = await Promise.allSettled([first.outside.value]);
    if (status === 'fulfilled') return undefined;
    let forgotten: Observation | undefined;
    const reasons = await collectUnhandled(async () => {
      forgotten = observe(own);
      await settled(forgotten.outside.value);
    });
    if (!inspect(forgotten?.outside.value, { depth: 0 }).includes('<rejected>')) return undefined;
    return reasons.length === 1 ? undefined : `a forgotten rejection is reported ${reasons.length} times`;
  },

  'the same end as without decorators': async (own) => {
    const bare = await nameEnd(call(own.woven.original, own.instance(), own.args()));
    const decorated = await nameEnd(observe(own).outside);
    return bare === decorated ? undefined : `it ${decorated}, and without decorators it ${bare}`;
  },
};

async function compareResults(inside: unknown, outside: unknown, starts: () => number): Promise<string | undefined> {
  const same = Object.is(inside, outside);
  switch (kind(inside)) {
    case 'promise': {
      if (!isObject(outside) || Object.getPrototypeOf(outside) !== Object.getPrototypeOf(inside)) {
        return 'a promise came back as something else';
      }
      const [before, after] = await Promise.allSettled([inside, outside]);
      if (before.status !== after.status) return `a promise that is ${before.status} came back as ${after.status}`;
      const outcome = (end: PromiseSettledResult<unknown>) => (end.status === 'fulfilled' ? end.value : end.reason);
      return Object.is(outcome(before), outcome(after)) ? undefined : `a promise is ${after.status} with another value`;
    }
    case 'observable': {
      if (!isObject(outside) || Object.getPrototypeOf(outside) !== Object.getPrototypeOf(inside)) {
        return 'an Observable came back as something else';
      }
      const stream = outside as { subscribe(observer: object): { unsubscribe(): void } };
      stream.subscribe({ error: ignore }).unsubscribe();
      return starts() === 1 ? undefined : `one subscription made ${starts()}`;
    }
    case 'thenable': {
      if (!same) return 'a query came back as another object';
      const counted = Object.hasOwn(inside as object, 'then');
      await Promise.resolve(outside).then(ignore, ignore);
      return counted && starts() !== 1 ? `awaiting the query once started it ${starts()} times` : undefined;
    }
    default:
      return same ? undefined : 'another value came back';
  }
}

/** Counts how often lazy work is started. What cannot be covered is left alone. */
function countStarts(lazy: object, starter: 'then' | 'subscribe', started: () => void): void {
  const start = (lazy as Record<string, unknown>)[starter] as (...args: unknown[]) => unknown;
  const own = Object.getOwnPropertyDescriptor(lazy, starter);
  if (own === undefined ? !Object.isExtensible(lazy) : own.configurable === false) return;
  const counting = function (this: unknown, ...args: unknown[]): unknown {
    started();
    return Reflect.apply(start, this, args);
  };
  Object.defineProperty(lazy, starter, { value: counting, writable: true, configurable: true });
}

/** Waits for a promise without handling it. */
async function settled(promise: unknown): Promise<void> {
  const until = performance.now() + SLOWEST_MS;
  while (inspect(promise, { depth: 0 }).includes('<pending>') && performance.now() < until) await macrotask();
}

async function nameEnd({ threw, value }: End): Promise<string> {
  if (threw) return `throws ${nameValue(value)}`;
  if (kind(value) !== 'promise') return `returns ${nameValue(value)}`;
  const [end] = await Promise.allSettled([value]);
  return end.status === 'fulfilled'
    ? `fulfils with ${nameValue(end.value)}`
    : `rejects with ${nameValue(end.reason as unknown)}`;
}

function nameValue(value: unknown): string {
  if (!isObject(value)) return typeof value;
  const maker = (value as { constructor?: { name?: unknown } }).constructor;
  return `an object of ${String(maker?.name)}`;
}
