import type { WeaveRecord } from '../metadata.js';
import type { Advice, Method } from './advice.js';

/** Where a decorator stands. One site a woven method; names are resolved when first needed. */
export class Site {
  readonly methodName: string;
  readonly key: string | symbol;
  readonly isStatic: boolean;
  /** The prototype or class the method was declared on; unknown in the standard dialect. */
  readonly owner: object | undefined;
  #lastClass: unknown;
  #lastLayer = '';

  constructor(key: string | symbol, isStatic = false, owner?: object) {
    this.key = key;
    this.methodName = typeof key === 'symbol' ? `[${key.description ?? 'symbol'}]` : key;
    this.isStatic = isStatic;
    this.owner = owner;
  }

  className(instance: unknown): string {
    const declaring = classOf(instance) ?? (typeof this.owner === 'function' ? this.owner : classOf(this.owner));
    return typeof declaring?.name === 'string' ? declaring.name : '';
  }

  /** `Class.method`: the default event key and the name of a layer that an error crosses. */
  layer(instance: unknown): string {
    const declaring = classOf(instance);
    if (declaring !== undefined && declaring === this.#lastClass) return this.#lastLayer;
    const name = this.className(instance);
    const layer = name === '' ? this.methodName : `${name}.${this.methodName}`;
    this.#lastClass = declaring;
    this.#lastLayer = layer;
    return layer;
  }
}

function classOf(instance: unknown): { readonly name: unknown } | undefined {
  if (typeof instance === 'function') return instance;
  if (typeof instance !== 'object' || instance === null) return undefined;
  try {
    const candidate: unknown = instance.constructor;
    return typeof candidate === 'function' && candidate !== Object ? candidate : undefined;
  } catch {
    return undefined;
  }
}

/** Everything that stands on one wrapper. */
export interface Woven {
  /** What the wrapper calls. The transparency kit looks over its shoulder for the length of one call. */
  original: Method;
  /** What the wrapper stands in for: the original, or the inherited method that a subclass takes over. */
  readonly face: Method;
  readonly site: Site;
  readonly advices: Advice[];
  readonly records: WeaveRecord[];
  /** See `recordingOf`; forgotten when another advice comes. */
  recording: Method | undefined;
  /** How many calls have ended with the method itself; -1 once one went on. Counted as far as it matters. */
  endedAtOnce: number;
}

const KEY = Symbol.for('countly-weave.woven.2');
type GlobalSlot = { [KEY]?: WeakMap<object, Woven> };
const slot = globalThis as GlobalSlot;
// Shared by all installed copies, so that the decorators of two copies still make one wrapper.
slot[KEY] ??= new WeakMap();
const wovenBy = slot[KEY];

/** What stands on this function, when it is one of our wrappers. */
export function wovenOf(fn: unknown): Woven | undefined {
  return typeof fn === 'function' ? wovenBy.get(fn) : undefined;
}

export function rememberWoven(wrapper: Method, woven: Woven): void {
  wovenBy.set(wrapper, woven);
}

export function newWoven(original: Method, face: Method, site: Site): Woven {
  return { original, face, site, advices: [], records: [], recording: undefined, endedAtOnce: 0 };
}

export function addAdvice(woven: Woven, advice: Advice, record: WeaveRecord): void {
  woven.advices.push(advice);
  woven.records.push(record);
  woven.recording = undefined;
}
