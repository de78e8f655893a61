import { CountlyDecoratorError } from '../../lib/index.js';

const NO_INSTRUMENT = Symbol('countly-weave.nest.no-instrument');

/**
 * Keeps a class or a method out of all rules of the option `instrument`. Decorators that stand on it do what they say.
 *
 * @throws CountlyDecoratorError on anything else
 * @example
 * ```ts
 * import { Injectable } from '@nestjs/common';
 * import { NoInstrument } from 'countly-weave/nest';
 *
 * @Injectable()
 * class PriceService {
 *   priceOf(sku: string): number {
 *     return this.lookUp(sku);
 *   }
 *
 *   @NoInstrument() // called thousands of times a request
 *   private lookUp(sku: string): number {
 *     return sku.length;
 *   }
 * }
 * ```
 */
export function NoInstrument(): ClassDecorator & MethodDecorator {
  return (target: object, key?: string | symbol, descriptor?: unknown): void => {
    const isMethod = typeof (descriptor as PropertyDescriptor | undefined)?.value === 'function';
    if (key === undefined ? typeof target !== 'function' : !isMethod) {
      const where = key === undefined ? 'something' : String(key);
      throw new CountlyDecoratorError(
        `@NoInstrument stands on ${where}, which is neither a class nor a method: only those are ever taken by a rule.`,
      );
    }
    if (key === undefined) Reflect.defineMetadata(NO_INSTRUMENT, true, target);
    else Reflect.defineMetadata(NO_INSTRUMENT, true, target, key);
  };
}

/** @internal subclasses of a class that is kept out are kept out as well; so are overrides of a method. */
export function isKeptOut(target: object, key?: string | symbol): boolean {
  return key === undefined
    ? Reflect.hasMetadata(NO_INSTRUMENT, target)
    : Reflect.hasMetadata(NO_INSTRUMENT, target, key);
}
