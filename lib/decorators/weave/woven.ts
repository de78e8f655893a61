import type { WeaveRecord } from '../metadata.js';
import type { Advice, Method } from './advice.js';
import type { Site } from './site.js';

/** Everything that stands on one wrapper. Mutable while the class is being defined, then only read. */
export interface Woven {
  readonly original: Method;
  readonly site: Site;
  readonly advices: Advice[];
  readonly records: WeaveRecord[];
  /** Some advice wants the duration. */
  timed: boolean;
  /** Some advice names its client. */
  named: boolean;
  /** Some advice keeps state from `enter` to `settled`. */
  stateful: boolean;
  /** Some advice opens a context around the call. */
  contextual: boolean;
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

export function newWoven(original: Method, site: Site): Woven {
  return { original, site, advices: [], records: [], timed: false, named: false, stateful: false, contextual: false };
}

export function addAdvice(woven: Woven, advice: Advice, record: WeaveRecord): void {
  woven.advices.push(advice);
  woven.records.push(record);
  woven.timed ||= advice.timed === true;
  woven.named ||= advice.client !== undefined;
  woven.stateful ||= advice.stateful === true;
  woven.contextual ||= advice.context !== undefined;
}
