import { EventEmitter } from 'node:events';
import { Duplex, PassThrough, Readable, Stream, Transform, Writable } from 'node:stream';
import { either, flag, listOf, object, plainText } from '../config/schema.js';
import { CountlyDecoratorError } from '../errors.js';
import { checkOptions, type OptionRules } from './check-options.js';
import { weaveMetadataOf } from './metadata.js';
import type { EventDecoratorOptions } from './options.js';
import { ReportErrors, type ReportErrorsOptions } from './report-errors.js';
import { Trace, type TraceOptions } from './trace.js';
import { TimedEvent } from './track-event.js';
import type { Method, WeaveKind } from './weave/advice.js';
import { applyWeaving, type Weaving, weavingOf } from './weave/method-decorator.js';
import { Site } from './weave/woven.js';

/** Options of `@Instrument`. */
export interface InstrumentOptions {
  /** A device trace of every method, as `@Trace` does. @default true */
  readonly trace?: boolean | Omit<TraceOptions, 'name'>;
  /** A crash report of every failure, as `@ReportErrors` does. @default true */
  readonly errors?: boolean | ReportErrorsOptions;
  /** A timed event of every method under `ClassName.methodName`, as `@TimedEvent` does. @default false */
  readonly events?: boolean | Omit<EventDecoratorOptions, 'key'>;
  /** Names of the methods to take. @default all */
  readonly only?: readonly string[];
  /** Names of methods to leave out. */
  readonly except?: readonly string[];
  /** Also methods of parent classes, up to the first class of the language or of Node.js. @default true */
  readonly inherited?: boolean;
  /** Also static methods. @default true */
  readonly statics?: boolean;
}

const switchOrOptions = either(flag, { ...object, expected: 'an object of options' });
const names = listOf('a list of method names', plainText);
const INSTRUMENT_RULES: OptionRules = {
  trace: switchOrOptions,
  errors: switchOrOptions,
  events: switchOrOptions,
  only: names,
  except: names,
  inherited: flag,
  statics: flag,
};

/** A class decorator for both dialects. */
export type ClassWeaver = <Class extends abstract new (...args: never[]) => unknown>(
  target: Class,
  context?: ClassDecoratorContext<Class>,
) => void;

/**
 * Applies `@Trace`, `@ReportErrors` and, when asked, `@TimedEvent` to all methods of a class. A method that carries one
 * of these decorators itself keeps its own. Accessors and fields are left alone.
 *
 * @param options - see {@link InstrumentOptions}
 * @throws {@link CountlyDecoratorError} at decoration: on anything but a class, or for a wrong option
 *
 * @example
 * ```ts
 * import { Instrument } from 'countly-weave';
 *
 * \@Instrument({ except: ['health'] })
 * class Orders {
 *   async place(): Promise<void> {}
 *   health(): boolean {
 *     return true;
 *   }
 * }
 * ```
 */
export function Instrument(options: InstrumentOptions = {}): ClassWeaver {
  checkOptions('@Instrument', options, INSTRUMENT_RULES);
  const weavings = weavingsOf(options);
  return (target: unknown, context?: { readonly kind?: unknown }) => {
    const isClass = typeof target === 'function' && typeof context !== 'string' && typeof context !== 'symbol';
    if (!isClass || (context?.kind !== undefined && context.kind !== 'class')) {
      throw new CountlyDecoratorError(
        '@Instrument stands on something that is not a class. On a method use @Trace, @ReportErrors or @TimedEvent.',
      );
    }
    const withParents = options.inherited !== false;
    weaveAll(target.prototype as object, false, weavings, options, withParents);
    if (options.statics !== false) weaveAll(target, true, weavings, options, withParents);
  };
}

function weavingsOf(options: InstrumentOptions): readonly (Weaving & { readonly kinds: readonly WeaveKind[] })[] {
  const chosen: (Weaving & { readonly kinds: readonly WeaveKind[] })[] = [];
  const add = (decorator: object, kinds: readonly WeaveKind[]): void => {
    const weaving = weavingOf(decorator);
    if (weaving !== undefined) chosen.push({ ...weaving, kinds });
  };
  const given = <Options extends object>(option: boolean | Options | undefined): Options =>
    typeof option === 'object' ? option : ({} as Options);
  if (options.trace !== false) add(Trace(given(options.trace)), ['trace']);
  if (options.errors !== false) add(ReportErrors(given(options.errors)), ['error']);
  if (options.events !== undefined && options.events !== false) {
    add(TimedEvent(given(options.events)), ['timed-event', 'event']);
  }
  return chosen;
}

function weaveAll(
  holder: object,
  isStatic: boolean,
  weavings: ReturnType<typeof weavingsOf>,
  options: InstrumentOptions,
  withParents: boolean,
): void {
  for (const { key, descriptor, isInherited } of methodsOf(holder, withParents)) {
    if (options.only !== undefined && !options.only.includes(String(key))) continue;
    if (options.except?.includes(String(key)) === true) continue;
    const present = weaveMetadataOf(descriptor.value).map((record) => record.kind);
    let method = descriptor.value as Method;
    let takeOver = isInherited;
    for (const weaving of weavings) {
      if (weaving.kinds.some((kind) => present.includes(kind))) continue;
      method = applyWeaving(
        weaving,
        method,
        new Site(key, isStatic, holder),
        takeOver ? parentCall(holder, key) : undefined,
      );
      takeOver = false;
    }
    if (method !== descriptor.value) Object.defineProperty(holder, key, { ...descriptor, value: method });
  }
}

/** Asks the parent class at every call, as `super.method()` does: what is patched there later still works. */
function parentCall(holder: object, key: string | symbol): Method {
  return function (this: unknown, ...args: unknown[]) {
    const parent = Object.getPrototypeOf(holder) as object;
    return Reflect.apply(Reflect.get(parent, key, this) as Method, this, args);
  };
}

/** A method found on an object or its parents. */
interface FoundMethod {
  readonly key: string | symbol;
  readonly descriptor: PropertyDescriptor;
  /** It was found on a parent, not on the object itself. */
  readonly isInherited: boolean;
}

const NODE_CLASSES = [EventEmitter, Stream, Readable, Writable, Duplex, Transform, PassThrough];
const FOREIGN = new Set<unknown>(NODE_CLASSES.flatMap((base) => [base, base.prototype as unknown]));
const WELL_KNOWN = new Set<string | symbol>(
  Object.getOwnPropertyNames(Symbol)
    .map((name) => (Symbol as unknown as Record<string, unknown>)[name])
    .filter((value) => typeof value === 'symbol'),
);

/**
 * The methods of a prototype or class, nearest first, each name once. Ends at the first parent that belongs to the
 * language or to Node.js: a class that extends `EventEmitter` wants its own methods watched, not `emit`. Accessors,
 * nested classes, the constructor and the engine's own protocols (`Symbol.iterator` and the like) are no methods here.
 */
function methodsOf(holder: object, withParents: boolean): FoundMethod[] {
  const found: FoundMethod[] = [];
  const seen = new Set<string | symbol>(['constructor', 'prototype', 'length', 'name', 'caller', 'arguments']);
  let level: object | null = holder;
  while (level !== null && (level === holder || (withParents && !isForeign(level)))) {
    for (const key of Reflect.ownKeys(level)) {
      if (seen.has(key)) continue;
      seen.add(key);
      const descriptor = Object.getOwnPropertyDescriptor(level, key);
      if (descriptor === undefined || WELL_KNOWN.has(key) || !isMethod(descriptor)) continue;
      found.push({ key, descriptor, isInherited: level !== holder });
    }
    level = Object.getPrototypeOf(level) as object | null;
  }
  return found;
}

function isMethod({ value, configurable }: PropertyDescriptor): boolean {
  return typeof value === 'function' && configurable === true && !sourceOf(value).startsWith('class');
}

function isForeign(level: object): boolean {
  if (level === Function.prototype || level === Object.prototype || FOREIGN.has(level)) return true;
  const owner: unknown = typeof level === 'function' ? level : level.constructor;
  return typeof owner === 'function' && sourceOf(owner).includes('[native code]');
}

function sourceOf(fn: object): string {
  return Function.prototype.toString.call(fn);
}
