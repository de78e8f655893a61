import { types } from 'node:util';
import { nobodyRecords } from '../../scope/current.js';
import type { Method } from './advice.js';
import { shareMetadata } from './metadata-bridge.js';
import { recordingOf } from './perform.js';
import { shareProperties } from './shared-properties.js';
import type { Woven } from './woven.js';

type Constructible = new (...args: unknown[]) => object;

/**
 * A function that stands in for `face` and calls `woven.original`. A plain function rather than a `Proxy`: calling a Proxy
 * costs 20 to 45 ns in V8 before anything happened, a function 2 to 5. What a Proxy would give for free is made by hand:
 * constructibility here, the looks in shared-properties.ts, metadata in metadata-bridge.ts.
 *
 * @param shared - let `face` see properties and metadata that are set on the wrapper; off for a wrapper that a subclass puts over an
 * inherited method, whose metadata must not reach the parent class
 */
export function createWrapper(woven: Woven, shared: boolean): Method {
  const { face } = woven;
  const wrapper = isConstructible(face) ? constructible(woven) : notConstructible(woven);
  shareProperties(face, wrapper, shared);
  if (shared) shareMetadata(wrapper, face);
  return wrapper;
}

// Both end in one call that uses the arguments once; see perform.ts.
function notConstructible(woven: Woven): Method {
  const holder = {
    method(this: unknown, ...args: unknown[]): unknown {
      return Reflect.apply(nobodyRecords() ? woven.original : recordingOf(woven), this, args);
    },
  };
  return holder.method;
}

function constructible(woven: Woven): Method {
  function method(this: unknown, ...args: unknown[]): unknown {
    if (new.target !== undefined) return construct(woven, new.target === (method as unknown), new.target, args);
    return Reflect.apply(nobodyRecords() ? woven.original : recordingOf(woven), this, args);
  }
  return method;
}

function construct({ original }: Woven, isWrapper: boolean, target: unknown, args: unknown[]): object {
  const newTarget = (isWrapper ? original : target) as Constructible;
  return Reflect.construct(original as unknown as Constructible, args, newTarget);
}

function isConstructible(fn: Method): boolean {
  return Object.hasOwn(fn, 'prototype') && !types.isGeneratorFunction(fn);
}
