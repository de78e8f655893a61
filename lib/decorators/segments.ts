import type { ScopeApi, Segmentation } from '../scope/scope-api.js';
import { declaredTypes, type SegmentParameter, segmentsOf } from '../segmentation/segment.js';
import { isMapped, toSegmentation, toSegmentationUnder } from '../segmentation/to-segmentation.js';
import { MethodCall } from './call.js';
import type { SegmentationClass } from './options.js';
import { contained, FAILED, warnOnce } from './weave/contained.js';
import type { Site } from './weave/site.js';

type Callback = (call: MethodCall) => unknown;

/** Where a decorator's segmentation comes from; fixed once, asked for every record. */
export interface SegmentReader {
  /** A callback is among the sources, so a `MethodCall` is needed. */
  readonly needsCall: boolean;
  /** What `read` gives when nothing of the call goes in. */
  readonly fixed: Segmentation | undefined;
  /** Whether the arguments are looked at. Known once the class is complete. */
  readsArgs(): boolean;
  read(
    scope: ScopeApi,
    instance: unknown,
    args: readonly unknown[],
    value: unknown,
    call: MethodCall | undefined,
  ): Segmentation | undefined;
}

export function segmentReader(decorator: string, site: Site, source: unknown): SegmentReader {
  const fixed = typeof source === 'object' && source !== null ? Object.freeze(toSegmentation(source)) : undefined;
  const isClass = typeof source === 'function' && looksLikeClass(source);
  const type = isClass ? (source as unknown as SegmentationClass) : undefined;
  const callback = typeof source === 'function' && !isClass ? (source as unknown as Callback) : undefined;
  const types = site.owner === undefined ? undefined : declaredTypes(site.owner, site.key);
  let parameters: readonly SegmentParameter[] | undefined;
  const what = (): string => `Option \`segmentation\` of ${decorator} on ${site.methodName}`;

  // Not read at decoration: the compilers do not agree on whether parameters or methods come first.
  const marks = (): readonly SegmentParameter[] => {
    parameters ??= segmentsOf(site.owner, site.key);
    return parameters;
  };

  return {
    needsCall: callback !== undefined,
    fixed,
    readsArgs: () => callback !== undefined || type !== undefined || marks().length > 0,
    read(scope, instance, args, value, call) {
      const marked = marks().length === 0 ? undefined : fromParameters(site, marks(), scope, args);
      let own = fixed;
      if (callback !== undefined) {
        const given = contained(scope, what, callback, call ?? new MethodCall(site, instance, args));
        own = given === FAILED ? undefined : toSegmentation(given);
      } else if (type !== undefined) own = fromClass(type, args, value, types?.());
      if (marked === undefined || own === undefined) return own ?? marked;
      return { ...marked, ...own };
    },
  };
}

function fromParameters(
  site: Site,
  parameters: readonly SegmentParameter[],
  scope: ScopeApi,
  args: readonly unknown[],
): Segmentation {
  const all = {};
  for (const { index, name, type } of parameters) {
    const arg = args[index];
    // A plain object may be declared as a class: then that class's rules hold for it, @Exclude above all.
    const as = isMapped(type) ? type : undefined;
    if (name !== undefined) Object.assign(all, toSegmentationUnder(name, arg, as));
    else if (typeof arg === 'object') Object.assign(all, toSegmentation(arg, as));
    else if (arg !== undefined) {
      const place = `parameter ${index + 1} of ${site.methodName}`;
      warnOnce(scope, `segment ${place}`, `@Segment() on ${place} got a ${typeof arg}; give it a name: @Segment('…').`);
    }
  }
  return all;
}

function fromClass(
  type: SegmentationClass,
  args: readonly unknown[],
  result: unknown,
  declared: readonly unknown[] | undefined,
): Segmentation | undefined {
  const isOne = (candidate: unknown): boolean => candidate instanceof type;
  const source =
    args.find(isOne) ??
    (isOne(result) ? result : undefined) ??
    args[declared?.indexOf(type) ?? -1] ??
    (isObject(result) ? result : args.find(isObject));
  return source === undefined ? undefined : toSegmentation(source, type);
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A class and a callback are both functions; only a class has a prototype worth the name. */
function looksLikeClass(source: object): boolean {
  if (!Object.hasOwn(source, 'prototype')) return false;
  return Function.prototype.toString.call(source).startsWith('class') || isMapped(source);
}
