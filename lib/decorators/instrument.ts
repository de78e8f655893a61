import { EventEmitter } from 'node:events';
import { Duplex, PassThrough, Readable, Stream, Transform, Writable } from 'node:stream';
import { either, flag, listOf, object, plainText } from '../config/schema.js';
import { CountlyDecoratorError } from '../errors.js';
import { checkOptions, type EventDecoratorOptions, type OptionRules } from './options.js';
import { ReportErrors, type ReportErrorsOptions } from './report-errors.js';
import { Trace, type TraceOptions } from './trace.js';
import { TimedEvent } from './track-event.js';
import type { Method, WeaveKind } from './weave/advice.js';
import { applyWeaving, weavingOf } from './weave/method-decorator.js';
import { membersOf, Site, weaveMetadataOf } from './weave/woven.js';

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
    weaveAll(target.prototype as object, false, weavings, options);
    if (options.statics !== false) weaveAll(target, true, weavings, options);
  };
}

function weavingsOf({ trace = true, errors = true, events = false }: InstrumentOptions) {
  const given = <Options extends object>(option: true | Options): Options =>
    option === true ? ({} as Options) : option;
  const chosen: readonly (readonly [object | false, ...WeaveKind[]])[] = [
    [trace && Trace(given(trace)), 'trace'],
    [errors && ReportErrors(given(errors)), 'error'],
    [events && TimedEvent(given(events)), 'timed-event', 'event'],
  ];
  return chosen.flatMap(([decorator, ...kinds]) => {
    const weaving = decorator === false ? undefined : weavingOf(decorator);
    return weaving === undefined ? [] : { ...weaving, kinds };
  });
}

function weaveAll(
  holder: object,
  isStatic: boolean,
  weavings: ReturnType<typeof weavingsOf>,
  { only, except, inherited = true }: InstrumentOptions,
): void {
  const isEnd = (level: object): boolean => !inherited || isForeign(level);
  for (const [key, { isInherited, ...descriptor }] of membersOf(holder, isEnd)) {
    if (!isMethod(key, descriptor)) continue;
    if (only?.includes(String(key)) === false || except?.includes(String(key)) === true) continue;
    const present = weaveMetadataOf(descriptor.value).map(({ kind }) => kind);
    let method = descriptor.value as Method;
    for (const weaving of weavings) {
      if (weaving.kinds.some((kind) => present.includes(kind))) continue;
      const isParents = isInherited && method === descriptor.value;
      const callee = isParents ? parentCall(holder, key) : undefined;
      method = applyWeaving(weaving, method, new Site(key, isStatic, holder), callee);
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

const NODE_CLASSES = [EventEmitter, Stream, Readable, Writable, Duplex, Transform, PassThrough];
const FOREIGN = new Set<unknown>(NODE_CLASSES.flatMap((base) => [base, base.prototype as unknown]));
/** Of functions, or of the engine's own protocols: `Symbol.iterator` and the like. */
const NO_METHODS = new Set<unknown>([
  ...['prototype', 'length', 'name', 'caller', 'arguments'],
  ...Object.getOwnPropertyNames(Symbol).map((name) => (Symbol as unknown as Record<string, unknown>)[name]),
]);

/** Accessors and nested classes are none. */
function isMethod(key: string | symbol, { value, configurable }: PropertyDescriptor): boolean {
  return (
    !NO_METHODS.has(key) && typeof value === 'function' && configurable === true && !sourceOf(value).startsWith('class')
  );
}

/** Of the language or of Node.js: of a class that extends `EventEmitter` its own methods are wanted, not `emit`. */
function isForeign(level: object): boolean {
  if (level === Function.prototype || level === Object.prototype || FOREIGN.has(level)) return true;
  const owner: unknown = typeof level === 'function' ? level : level.constructor;
  return typeof owner === 'function' && sourceOf(owner).includes('[native code]');
}

function sourceOf(fn: object): string {
  return Function.prototype.toString.call(fn);
}
