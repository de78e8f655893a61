import type { WeaveRecord } from '../metadata.js';
import type { Advice, Method } from './advice.js';
import type { Site } from './site.js';

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

const KEY = Symbol.for('countly-weave.woven.1');
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
