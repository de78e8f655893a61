import { EventEmitter } from 'node:events';
import { Duplex, PassThrough, Readable, Stream, Transform, Writable } from 'node:stream';
import { either, flag, listOf, type Members, object, plainText } from '../config/schema.js';
import { CountlyDecoratorError } from '../errors.js';
import { checkOptions, type EventDecoratorOptions } from './options.js';
import { asWeaving } from './plain.js';
import { ReportErrors, type ReportErrorsOptions } from './report-errors.js';
import { Trace, type TraceOptions } from './trace.js';
import { TimedEvent } from './track-event.js';
import type { Method } from './weave/advice.js';
import { membersOf, Site, weaveMetadataOf } from './weave/woven.js';
import { weaveInto } from './weave/wrapper.js';

/** Options of `@Instrument`. */
export interface InstrumentOptions {
  /** A device trace of every method, as `@Trace` does. @default true */
  readonly trace?: boolean | Omit<TraceOptions, 'name'>;
  /** A crash report of every failure, as `@ReportErrors` does. @default true */
  readonly errors?: boolean | ReportErrorsOptions;
  /** A timed event of every method under `ClassName_methodName`, as `@TimedEvent` does. @default false */
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
const INSTRUMENT_RULES: Members = {
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
 * @throws CountlyDecoratorError at decoration: on anything but a class, or for a wrong option
 *
 * @example
 * ```ts
 * import { Instrument } from 'countly-weave';
 *
 * @Instrument({ except: ['health'] })
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
  const chosen = chosenBy(options);
  return (target: unknown, context?: { readonly kind?: unknown }) => {
    const isClass = typeof target === 'function' && typeof context !== 'string' && typeof context !== 'symbol';
    if (!isClass || (context?.kind !== undefined && context.kind !== 'class')) {
      throw new CountlyDecoratorError(
        '@Instrument stands on something that is not a class. On a method use @Trace, @ReportErrors or @TimedEvent.',
      );
    }
    weaveAll(target.prototype as object, chosen, options);
    if (options.statics !== false) weaveAll(target, chosen, options);
  };
}

/** What is to be woven, and the kinds that stand on a method already when it is not. */
function chosenBy({ trace = true, errors = true, events = false }: InstrumentOptions) {
  const all = [
    { decorator: trace && Trace(trace === true ? {} : trace), kinds: ['trace'] },
    { decorator: errors && ReportErrors(errors === true ? {} : errors), kinds: ['error'] },
    { decorator: events && TimedEvent(events === true ? {} : events), kinds: ['timed-event', 'event'] },
  ];
  return all.filter(({ decorator }) => decorator !== false);
}

function weaveAll(holder: object, chosen: ReturnType<typeof chosenBy>, options: InstrumentOptions): void {
  const { only, except, inherited = true } = options;
  const isEnd = (level: object): boolean => !inherited || isForeign(level);
  for (const [key, { isInherited, ...descriptor }] of membersOf(holder, isEnd)) {
    if (!isMethod(key, descriptor)) continue;
    if (only?.includes(String(key)) === false || except?.includes(String(key)) === true) continue;
    const present: string[] = weaveMetadataOf(descriptor.value).map(({ kind }) => kind);
    const missing = chosen.filter(({ kinds }) => !kinds.some((kind) => present.includes(kind)));
    if (missing.length === 0) continue;
    const site = new Site(key, typeof holder === 'function', holder);
    const callee = isInherited ? parentCall(holder, key) : undefined;
    const weavings = missing.map(({ decorator }) => asWeaving(decorator));
    const value = weaveInto(descriptor.value as Method, site, weavings, callee);
    Object.defineProperty(holder, key, { ...descriptor, value });
  }
}

/** Asks the parent class at every call, as `super.method()` does: what is patched there later still works. */
function parentCall(holder: object, key: string | symbol): Method {
  return function (this: unknown, ...args: unknown[]) {
    const parent = Object.getPrototypeOf(holder) as object;
    return Reflect.apply(Reflect.get(parent, key, this) as Method, this, args);
  };
}

const NODE_CLASSES = [EventEmitter, Stream, Readable, Writable, Duplex, Transform, PassThrough];
const FOREIGN = new Set<unknown>(NODE_CLASSES.flatMap((base) => [base, base.prototype as unknown]));
/** Of functions, or of the engine's own protocols: `Symbol.iterator` and the like. */
const NO_METHODS = new Set<unknown>([
  ...['prototype', 'length', 'name', 'caller', 'arguments'],
  ...Object.getOwnPropertyNames(Symbol).map((name) => (Symbol as unknown as Record<string, unknown>)[name]),
]);

/** Accessors and nested classes are none. */
function isMethod(key: string | symbol, { value, configurable }: PropertyDescriptor): boolean {
  if (NO_METHODS.has(key) || typeof value !== 'function' || configurable !== true) return false;
  return !sourceOf(value).startsWith('class');
}

/** Of the language or of Node.js: of a class that extends `EventEmitter` its own methods are wanted, not `emit`. */
function isForeign(level: object): boolean {
  const owner: unknown = typeof level === 'function' ? level : level.constructor;
  return FOREIGN.has(level) || (typeof owner === 'function' && sourceOf(owner).includes('[native code]'));
}

function sourceOf(fn: object): string {
  return Function.prototype.toString.call(fn);
}
