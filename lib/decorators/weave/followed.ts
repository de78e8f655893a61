import type { ScopeApi } from '../../scope/scope-api.js';
import type { Woven } from './woven.js';

/** A call whose work may go on after the method returned. */
export interface Followed {
  readonly woven: Woven;
  readonly instance: unknown;
  readonly scope: ScopeApi | undefined;
  /** Restarts the clock: lazy work begins when somebody asks for it, not when the method returned. */
  begin(): void;
  /** The same call once more, for another subscription. */
  again(scope: ScopeApi | undefined): Followed;
  /** Runs a part of the lazy work inside the context of the call. */
  resume<T>(work: () => T): T;
  settle(failed: boolean, value: unknown): void;
}

export function succeed<T>(run: Followed, value: T): T {
  run.settle(false, value);
  return value;
}

export function fail(run: Followed, error: unknown): never {
  run.settle(true, error);
  throw error;
}

/** `Promise.prototype`, `Observable.prototype` … of the realm that made it; a test runner's sandbox has its own. */
export function rootOf<T extends object>(instance: T): T {
  let root = instance;
  for (;;) {
    const next = Object.getPrototypeOf(root) as T | null;
    if (next === null || Object.getPrototypeOf(next) === null) return root;
    root = next;
  }
}
