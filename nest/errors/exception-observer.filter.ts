import { Catch, type ExceptionFilter, type Type } from '@nestjs/common';
import type { UnitRegistry } from '../scope/unit-registry.js';
import type { FailureObserver } from './failure-observer.js';

/**
 * A global exception filter that matches nothing. Nest asks every filter which exceptions it takes, in order, until one
 * does; this one stands first among the global ones, looks at the exception when asked, and says no. So errors of
 * middleware, guards, pipes and handlers are seen, and whoever answers them does so exactly as without this module.
 */
export function exceptionObserver(failures: FailureObserver, units: UnitRegistry): ExceptionFilter {
  const everything = {
    [Symbol.hasInstance](error: unknown): boolean {
      failures.observe(error, units.current());
      return false;
    },
  };

  @Catch(everything as unknown as Type)
  class ExceptionObserver implements ExceptionFilter {
    /** Never called: no exception is an instance of `everything`. */
    catch(error: unknown): never {
      throw error;
    }
  }
  return new ExceptionObserver();
}
