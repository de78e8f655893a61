import { types } from 'node:util';
import { followGenerator } from '../results/generator.js';
import { followObservable, isObservable } from '../results/observable.js';
import { followPromise, isDerivable } from '../results/promise.js';
import { followThenable, isThenable } from '../results/thenable.js';
import type { Run } from './run.js';

/** How a result comes to its end. */
export type ResultKind = 'promise' | 'generator' | 'observable' | 'thenable' | 'settled';

/** Looks without touching: nothing is called, at most `then`, `lift` and `subscribe` are read. */
export function kindOf(result: object): ResultKind {
  try {
    if (types.isPromise(result)) return isDerivable(result) ? 'promise' : 'thenable';
    if (types.isGeneratorObject(result)) return 'generator';
    // A Proxy can answer any question with a function (RPC clients do); asking it more would be touching it.
    if (types.isProxy(result)) return isObservable(result) && !isThenable(result) ? 'observable' : 'settled';
    if (isThenable(result)) return 'thenable';
    return isObservable(result) ? 'observable' : 'settled';
  } catch {
    return 'settled';
  }
}

/** Gives what the caller gets in place of `result`, and settles `run` when the work behind it has ended. */
export function follow(result: object, kind: ResultKind, run: Run): unknown {
  switch (kind) {
    case 'promise':
      return followPromise(result as Promise<unknown>, run);
    case 'generator':
      return followGenerator(result as Generator | AsyncGenerator, run);
    case 'observable':
      return followObservable(result, run);
    case 'thenable':
      return followThenable(result, run);
    default:
      run.settle(false, result);
      return result;
  }
}
