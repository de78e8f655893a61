import type { Run } from '../weave/run.js';
import { claimObject } from './once.js';

type Step = IteratorResult<unknown, unknown>;
type Resume = (this: unknown, ...input: unknown[]) => Step | Promise<Step>;

/**
 * Follows a generator to its end. The generator object stays the caller's own: its three methods are covered by own,
 * non-enumerable ones, because a stand-in object would fail the engine's brand check and lose its identity.
 */
export function followGenerator(generator: Generator | AsyncGenerator, run: Run): unknown {
  if (!Object.isExtensible(generator) || !claimObject(generator, run.woven)) {
    run.settle(false, generator);
    return generator;
  }
  let begun = false;
  for (const name of ['next', 'return', 'throw'] as const) {
    const original = generator[name] as Resume;
    const value = (...input: unknown[]): unknown => {
      if (!begun) run.begin();
      begun = true;
      let step: Step | Promise<Step>;
      try {
        step = run.resume(() => Reflect.apply(original, generator, input));
      } catch (error) {
        run.settle(true, error);
        throw error;
      }
      return step instanceof Promise
        ? step.then(
            (s) => observe(s, run),
            (e: unknown) => fail(e, run),
          )
        : observe(step, run);
    };
    Object.defineProperty(value, 'name', { value: name, configurable: true });
    Object.defineProperty(generator, name, { value, writable: true, configurable: true });
  }
  return generator;
}

function observe(step: Step, run: Run): Step {
  if (step.done === true) run.settle(false, step.value);
  return step;
}

function fail(error: unknown, run: Run): never {
  run.settle(true, error);
  throw error;
}
