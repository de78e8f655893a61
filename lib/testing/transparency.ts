import { scopeStore } from '../context/scope-store.js';
import type { Method } from '../decorators/weave/advice.js';
import { weaveInto } from '../decorators/weave/weave.js';
import { wovenOf } from '../decorators/weave/woven.js';
import { CountlyError } from '../errors.js';
import { deafScope } from './deaf-scope.js';
import { PROBES, type ProbeTools } from './transparency-probes.js';

/** What `assertTransparent` may be given. */
export interface TransparencyOptions {
  /** Look at the static method of that name. @default false */
  readonly static?: boolean;
  /** `Observable` of rxjs; with it the kit also tries Observables. */
  readonly Observable?: ProbeTools['Observable'];
}

/** A function that puts a wrapper around another. */
export type Wrapping = (original: (...args: never[]) => unknown) => (...args: never[]) => unknown;

/**
 * Shows that the decorators on a method of yours change nothing but what is recorded. The method itself is not called:
 * its decorators, with your options, are put on functions that return and throw everything a method can, and those must
 * behave as without them – `this`, arguments, identity of values, thrown values (`null` too), rejections and their being
 * unhandled, laziness of generators, queries and Observables, name, length, source text, metadata from both sides.
 *
 * @param target - the class
 * @param method - name of a method that carries decorators of this library
 * @throws {@link CountlyError} with every violated property, or when the method is not woven
 *
 * @example
 * ```ts
 * import { TimedEvent } from 'countly-weave';
 * import { assertTransparent } from 'countly-weave/testing';
 *
 * class Checkout {
 *   \@TimedEvent('checkout')
 *   async pay(): Promise<void> {}
 * }
 * await assertTransparent(Checkout, 'pay');
 * ```
 */
export async function assertTransparent(
  target: abstract new (...args: never[]) => object,
  method: string | symbol,
  options: TransparencyOptions = {},
): Promise<void> {
  const holder: object = options.static === true ? target : (target.prototype as object);
  const wrapper = Reflect.get(holder, method) as unknown;
  const woven = wovenOf(wrapper);
  if (woven === undefined) {
    throw new CountlyError(
      'DECORATOR_MISUSE',
      `assertTransparent: ${target.name}.${String(method)} carries no decorator of countly-weave, or another decorator above hides it.`,
    );
  }
  const same = await violations((original) => {
    let method = original as unknown as Method;
    woven.advices.forEach((advice, i) => {
      const record = woven.records[i];
      // Named clients are real ones; here everything goes to a scope that forgets.
      if (record !== undefined) method = weaveInto(method, woven.site, { ...advice, client: undefined }, record);
    });
    return method as unknown as (...args: never[]) => unknown;
  }, options);
  if (same.length > 0) {
    throw new CountlyError(
      'DECORATOR_MISUSE',
      `${target.name}.${String(method)} is not transparent:\n${same.map((line) => `  - ${line}`).join('\n')}`,
    );
  }
}

/**
 * The same properties for any wrapping: gives a line for each one that is violated. Useful to compare other libraries'
 * decorators, and to see that the kit notices.
 */
export async function violations(wrap: Wrapping, options: TransparencyOptions = {}): Promise<string[]> {
  const tools: ProbeTools = {
    wrap: wrap as unknown as ProbeTools['wrap'],
    Observable: options.Observable,
  };
  const found: string[] = [];
  for (const [name, probe] of Object.entries(PROBES)) {
    try {
      const complaint = await scopeStore.run(deafScope, () => probe(tools));
      if (complaint !== undefined) found.push(`${name}: ${complaint}`);
    } catch (error) {
      found.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return found;
}
