import { counted, isReference } from '../check.js';
import 'reflect-metadata';
import { inspect } from 'node:util';
import type { Method } from '../decorators/weave/advice.js';
import { kindOf, type ResultKind } from '../decorators/weave/results.js';
import type { Woven } from '../decorators/weave/woven.js';
import { call, collectUnhandled, type End, expect, macrotask } from './transparency-probes.js';

/** A user's woven method, and how to call it. */
export interface OwnMethod {
  /** What the class has under the name of the method. */
  readonly wrapper: Method;
  readonly woven: Woven;
  /** The object to call it on and what to give it, anew for each call. */
  readonly instance: () => unknown;
  readonly args: () => readonly unknown[];
}

/**
 * Calls the woven method once and looks at the call from both sides. Both sides of one call are compared, not two calls:
 * so a method may well give the time or a random number. `tap` sees the result before the wrapper does.
 */
function observe({ wrapper, woven, instance, args }: OwnMethod, tap?: (value: unknown) => void) {
  const self = instance();
  const given = args();
  const { original } = woven;
  let inside: { readonly self: unknown; readonly args: readonly unknown[]; readonly end: End } | undefined;
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
  const deaf = advices.map((advice) => ({ ...advice, client: undefined }));
  put(stand, deaf);
  try {
    return work();
  } finally {
    put(original, advices);
  }
}

const MARK: unique symbol = Symbol('countly-weave.transparency');
const SLOWEST_MS = 5000;
/** The method that starts the work of a lazy result. */
const STARTERS: Partial<Record<ResultKind, 'then' | 'subscribe'>> = { thenable: 'then', observable: 'subscribe' };

const ignore = (): void => {};

/** Each throws when its property does not hold. */
export const OWN_CHECKS: Readonly<Record<string, (own: OwnMethod) => void | Promise<void>>> = {
  'name, length, source text and properties'({ wrapper, woven: { face } }) {
    expect(wrapper.name === face.name, `the name is ${wrapper.name}, not ${face.name}`);
    expect(wrapper.length === face.length, `the length is ${wrapper.length}, not ${face.length}`);
    expect(String(wrapper) === String(face), 'the source text is another');
    const lost = Reflect.ownKeys(face).filter((key) => !Object.hasOwn(wrapper, key));
    expect(lost.length === 0, `the function lost ${lost.map(String).join(', ')}`);
  },

  metadata({ wrapper, woven: { face, original } }) {
    // Over an inherited method a subclass has metadata of its own.
    if (face !== original) return;
    const keys = Reflect.getMetadataKeys(face) as unknown[];
    const here = Reflect.getMetadataKeys(wrapper) as unknown[];
    expect(keys.length === here.length && keys.every((key) => here.includes(key)), 'its keys differ on both sides');
    const other = keys.find((key) => Reflect.getMetadata(key, face) !== Reflect.getMetadata(key, wrapper));
    expect(other === undefined, `${String(other)} differs on both sides`);
    for (const [side, one, two] of [
      ['wrapper', wrapper, face],
      ['original', face, wrapper],
    ] as const) {
      Reflect.defineMetadata(MARK, side, one);
      const seen: unknown = Reflect.getMetadata(MARK, two);
      Reflect.deleteMetadata(MARK, one);
      expect(seen === side, `what is written on the ${side} later is not seen on the other side`);
    }
  },

  'this, arguments and result': async (own) => {
    let touched = 0;
    const { inside, outside, reached, self, args } = observe(own, (value) => {
      const starter = STARTERS[kindOf(value)];
      if (starter !== undefined) countStarts(value as object, starter, () => touched++);
    });
    expect(inside !== undefined, 'the method was not called');
    expect(reached === 1, `the method was called ${counted(reached, 'time')}`);
    expect(Object.is(inside.self, self), '`this` is another object');
    const same = inside.args.length === args.length && inside.args.every((arg, i) => Object.is(arg, args[i]));
    expect(same, 'the arguments are others');
    expect(inside.end.threw === outside.threw, outside.threw ? 'it throws' : 'what it threw was swallowed');
    if (outside.threw) return expect(Object.is(inside.end.value, outside.value), 'another value is thrown');
    // A promise must not be left alone for a turn: its rejection would be told as unhandled.
    if (STARTERS[kindOf(inside.end.value)] !== undefined) await macrotask();
    expect(touched === 0, 'lazy work was started that nobody asked for');
    await compareResults(inside.end.value, outside.value, () => touched);
  },

  'rejections nobody handles': async (own) => {
    if (!(await nameEnd(observe(own).outside)).startsWith('rejects')) return;
    let forgotten: unknown;
    const reasons = await collectUnhandled(async () => {
      forgotten = observe(own).outside.value;
      // Waits for the promise without handling it.
      const until = performance.now() + SLOWEST_MS;
      while (stateOf(forgotten, 'pending') && performance.now() < until) await macrotask();
    });
    if (!stateOf(forgotten, 'rejected')) return;
    expect(reasons.length === 1, `a forgotten rejection is reported ${counted(reasons.length, 'time')}`);
  },

  'the same end as without decorators': async (own) => {
    const bare = await nameEnd(call(own.woven.original, own.instance(), own.args()));
    const decorated = await nameEnd(observe(own).outside);
    expect(bare === decorated, `it ${decorated}, and without decorators it ${bare}`);
  },
};

async function compareResults(inside: unknown, outside: unknown, starts: () => number): Promise<void> {
  const sameClass = isReference(outside) && Object.getPrototypeOf(outside) === Object.getPrototypeOf(inside);
  switch (kindOf(inside)) {
    case 'promise': {
      expect(sameClass, 'a promise came back as something else');
      const [before, after] = await Promise.allSettled([inside, outside]);
      expect(before.status === after.status, `a promise that is ${before.status} came back as ${after.status}`);
      const outcome = (end: PromiseSettledResult<unknown>) => (end.status === 'fulfilled' ? end.value : end.reason);
      return expect(Object.is(outcome(before), outcome(after)), `a promise is ${after.status} with another value`);
    }
    case 'observable': {
      expect(sameClass, 'an Observable came back as something else');
      const stream = outside as { subscribe(observer: object): { unsubscribe(): void } };
      stream.subscribe({ error: ignore }).unsubscribe();
      return expect(starts() === 1, `one subscription made ${starts()}`);
    }
    case 'thenable': {
      expect(inside === outside, 'a query came back as another object');
      const isQuery = Object.hasOwn(inside as object, 'then');
      await Promise.resolve(outside).then(ignore, ignore);
      return expect(!isQuery || starts() === 1, `awaiting the query once started it ${counted(starts(), 'time')}`);
    }
    default:
      expect(Object.is(inside, outside), 'another value came back');
  }
}

/** Counts how often lazy work is started. What cannot be covered is left alone. */
function countStarts(lazy: object, starter: 'then' | 'subscribe', started: () => void): void {
  const start = (lazy as Record<string, unknown>)[starter] as Method;
  const own = Object.getOwnPropertyDescriptor(lazy, starter);
  if (own === undefined ? !Object.isExtensible(lazy) : own.configurable === false) return;
  const counting = function (this: unknown, ...args: unknown[]): unknown {
    started();
    return Reflect.apply(start, this, args);
  };
  Object.defineProperty(lazy, starter, { value: counting, writable: true, configurable: true });
}

const stateOf = (promise: unknown, state: 'pending' | 'rejected'): boolean =>
  inspect(promise, { depth: 0 }).includes(`<${state}>`);

async function nameEnd({ threw, value }: End): Promise<string> {
  if (threw) return `throws ${nameValue(value)}`;
  if (kindOf(value) !== 'promise') return `returns ${nameValue(value)}`;
  const [end] = await Promise.allSettled([value]);
  return end.status === 'fulfilled' ? `fulfils with ${nameValue(end.value)}` : `rejects with ${nameValue(end.reason)}`;
}

function nameValue(value: unknown): string {
  if (!isReference(value)) return typeof value;
  const maker = (value as { constructor?: { name?: unknown } }).constructor;
  return `an object of ${String(maker?.name)}`;
}
