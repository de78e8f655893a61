import type { Visitor } from '../decorators/recorder.js';
import type { Method } from '../decorators/weave/advice.js';
import { type Woven, wovenOf } from '../decorators/weave/woven.js';
import { weaveInto } from '../decorators/weave/wrapper.js';
import { CountlyError } from '../errors.js';
import { type ContextScope, type RegisteredClient, scopeStore } from '../scope/current.js';
import type { UserData } from '../scope/scope-members.js';
import { OWN_CHECKS, type OwnMethod } from './own-method.js';
import { PROBES, type ProbeTools } from './transparency-probes.js';

/** What `violations` may be given. */
export interface ViolationOptions {
  /** `Observable` of rxjs; with it the kit also tries Observables. */
  readonly Observable?: ProbeTools['Observable'];
}

/** What `assertTransparent` may be given. */
export interface TransparencyOptions extends ViolationOptions {
  /** Look at the static method of that name. @default false */
  readonly static?: boolean;
  /** Makes the object that your method is called on, for every call anew. @default `new Class()`; static: the class */
  readonly instance?: () => unknown;
  /** What your method is called with: a list, or a function that makes one for every call. @default no arguments */
  readonly args?: readonly unknown[] | (() => readonly unknown[]);
  /** Call your method at all. Without, only its decorators are tried, on functions of the kit. @default true */
  readonly run?: boolean;
}

/** A function that puts a wrapper around another. */
export type Wrapping = (original: (...args: never[]) => unknown) => (...args: never[]) => unknown;

/**
 * Shows that the decorators on a method of yours change nothing but what is recorded.
 *
 * First your method runs, with your arguments, up to six times: `this`, arguments, the value that comes back or is thrown,
 * promises and their rejections (handled and not), queries that nobody has started, name, length, source text and
 * metadata must be those of the method without decorators. Then its decorators, with your options, are put on functions
 * that return and throw everything a method can, which shows the cases your method did not run into. Nothing is recorded.
 *
 * @param target - the class
 * @param method - name of a method that carries decorators of this library
 * @throws CountlyError with every violated property, or when the method is not woven
 *
 * @example
 * ```ts
 * import { TimedEvent } from 'countly-weave';
 * import { assertTransparent } from 'countly-weave/testing';
 *
 * class Checkout {
 *   constructor(private readonly shop: string) {}
 *   @TimedEvent('checkout')
 *   async pay(currency: string): Promise<string> { return `${this.shop} ${currency}`; }
 * }
 * await assertTransparent(Checkout, 'pay', { instance: () => new Checkout('Berlin'), args: ['EUR'] });
 * ```
 */
export async function assertTransparent(
  target: abstract new (...args: never[]) => object,
  method: string | symbol,
  options: TransparencyOptions = {},
): Promise<void> {
  const name = `${target.name}.${String(method)}`;
  const holder: object = options.static === true ? target : (target.prototype as object);
  const wrapper: unknown = Reflect.get(holder, method);
  const woven = wovenOf(wrapper);
  if (woven === undefined) {
    const hidden = 'or another decorator above hides it';
    throw misuse(`assertTransparent: ${name} carries no decorator of countly-weave, ${hidden}.`);
  }
  const { args = [], instance = () => (options.static === true ? target : newOf(target)) } = options;
  const own: OwnMethod = {
    wrapper: wrapper as Method,
    woven,
    instance,
    args: typeof args === 'function' ? args : () => [...args],
  };
  const inOwnCalls = options.run === false ? [] : await check(OWN_CHECKS, own);
  const found = [...inOwnCalls, ...(await violations((original) => rewoven(original, woven), options))];
  if (found.length > 0) throw misuse([`${name} is not transparent:`, ...found].join('\n  - '));
}

/**
 * The same properties for any wrapping: gives a line for each one that is violated. Useful to compare other libraries'
 * decorators, and to see that the kit notices.
 */
export async function violations(wrap: Wrapping, options: ViolationOptions = {}): Promise<string[]> {
  return check(PROBES, { wrap: wrap as unknown as ProbeTools['wrap'], Observable: options.Observable });
}

/** Runs checks that throw what they have found; what is recorded meanwhile is forgotten. */
async function check<Subject>(
  checks: Readonly<Record<string, (subject: Subject) => void | Promise<void>>>,
  subject: Subject,
): Promise<string[]> {
  const found: string[] = [];
  for (const [name, holds] of Object.entries(checks)) {
    try {
      await scopeStore.run(deafScope, () => holds(subject));
    } catch (error) {
      found.push(`${name}: ${reasonOf(error)}`);
    }
  }
  return found;
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const misuse = (message: string): CountlyError => new CountlyError('DECORATOR_MISUSE', message);

function newOf(target: abstract new (...args: never[]) => object): object {
  try {
    return Reflect.construct(target as unknown as new () => object, []);
  } catch (error) {
    throw misuse(`new ${target.name}() fails (${reasonOf(error)}); give an option \`instance\` that makes one.`);
  }
}

/** The decorators of a method on another function. Named clients are real ones; here everything is forgotten. */
function rewoven(original: (...args: never[]) => unknown, woven: Woven): (...args: never[]) => unknown {
  const same = { decorator: 'assertTransparent', options: {} };
  const weavings = woven.advices.map((advice) => ({ ...same, advice: () => ({ ...advice, client: undefined }) }));
  return weaveInto(original as unknown as Method, woven.site, weavings) as unknown as (...args: never[]) => unknown;
}

const ignore = (): void => {};

/** A scope that takes everything and keeps nothing. */
export const deafScope: ContextScope & RegisteredClient & Visitor & { warn(): void; endEvent(): void } = {
  name: 'deaf',
  deviceId: 'deaf',
  get client(): RegisteredClient {
    return deafScope;
  },
  device: () => deafScope,
  isAllowed: () => true,
  addEvent: ignore,
  startEvent: (key) => ({ key, end: ignore, cancel: ignore }),
  trackView: (name) => ({ name, id: '', pause: ignore, resume: ignore, addSegmentation: ignore, end: ignore }),
  addBreadcrumb: ignore,
  logError: ignore,
  reportTrace: ignore,
  endEvent: ignore,
  beginSession: ignore,
  endSession: ignore,
  userDetails: ignore,
  get userData(): UserData {
    return new Proxy({} as UserData, { get: () => ignore });
  },
  changeId: ignore,
  reportConversion: ignore,
  reportFeedback: ignore,
  reportNps: ignore,
  reportSurvey: ignore,
  giveConsent: ignore,
  removeConsent: ignore,
  warn: ignore,
};
