import { isObject, isPlain } from '../check.js';
import type { ScopeApi, Segmentation } from '../scope/scope-api.js';
import { rulesOf, type Tell } from '../segmentation/class-rules.js';
import { declaredTypes, type SegmentParameter, segmentsOf } from '../segmentation/segment.js';
import { mapped } from '../segmentation/to-segmentation.js';
import { type Callback, FAILED, runCallback, warnOnce } from './call.js';
import type { SegmentationClass } from './options.js';
import type { WovenCall } from './weave/advice.js';
import type { Site } from './weave/woven.js';

/** Where a decorator's segmentation comes from; fixed once, asked for every record. */
export type SegmentReader = ReturnType<typeof segmentReader>;

export function segmentReader(decorator: string, site: Site, source: unknown) {
  // There is nobody to tell at decoration; what was found then is told with the first record.
  const early: (readonly [string, string])[] = [];
  const fixed =
    typeof source === 'object' && source !== null
      ? Object.freeze(mapped('', source, { tell: (...problem) => early.push(problem) }))
      : undefined;
  const type = looksLikeClass(source) ? source : undefined;
  const callback = typeof source === 'function' && type === undefined ? (source as Callback) : undefined;
  // Not read at decoration: the compilers do not agree on whether parameters or methods come first.
  let parameters: readonly SegmentParameter[] | undefined;
  const parametersOf = () => (parameters ??= segmentsOf(site.owner, site.key));

  return {
    /** Whether `@Segment` stands on a parameter. Known once the class is complete. */
    hasParameters: (): boolean => parametersOf().length > 0,
    read(scope: ScopeApi, call: WovenCall): Segmentation | undefined {
      const taken = parametersOf();
      if (taken.length === 0 && callback === undefined && type === undefined && early.length === 0) return fixed;
      const tell = tellOf(decorator, site, scope, call.instance);
      for (const problem of early.splice(0)) tell(...problem);
      let own = fixed;
      if (callback !== undefined) {
        const given = runCallback(scope, decorator, 'segmentation', callback, call);
        own = given === FAILED ? undefined : mapped('', given, { tell });
      } else if (type !== undefined) own = fromClass(type, call, site, tell);
      if (taken.length === 0) return own;
      // Told for the parameter, once, however many decorators stand on the method.
      const tellParameter = tellOf('@Segment', site, scope, call.instance);
      return { ...fromParameters(site, taken, call, tellParameter), ...own };
    },
  };
}

/** A function of its own, so that a record without anything to map makes no closure. */
function tellOf(decorator: string, site: Site, scope: ScopeApi, instance: unknown): Tell {
  return (problem, message) => {
    const layer = site.layer(instance);
    warnOnce(scope, `segment ${decorator} ${layer} ${problem}`, `Segmentation of ${decorator} on ${layer}: ${message}`);
  };
}

function fromParameters(site: Site, taken: readonly SegmentParameter[], { args }: WovenCall, tell: Tell): Segmentation {
  const all = {};
  for (const { index, name, type, isGiven } of taken) {
    const arg = args[index];
    const where = `@Segment() on parameter ${index + 1} of ${site.methodName}`;
    if (type === undefined && isPlain(arg)) {
      tell(
        `no class ${index}`,
        `${where} got a plain object, and no class is known whose rules could hold for it: the compiler option ` +
          'emitDecoratorMetadata is off. Give the class, as in @Segment(Order), or @Segment(Object) to send all of it.',
      );
    }
    if (name !== undefined || typeof arg === 'object') {
      // A plain object may be declared as a class: then that class's rules hold for it, @Exclude above all.
      Object.assign(all, mapped(name ?? '', arg, { type: type as SegmentationClass | undefined, isGiven, tell }));
    } else if (arg !== undefined) {
      tell(`no name ${index}`, `${where} got a ${typeof arg}; give it a name: @Segment('…').`);
    }
  }
  return all;
}

function fromClass(
  type: SegmentationClass,
  { args, result }: WovenCall,
  { owner, key }: Site,
  tell: Tell,
): Segmentation | undefined {
  const declared = owner && declaredTypes(owner, key);
  const isOne = (candidate: unknown): boolean => candidate instanceof type;
  const source =
    args.find(isOne) ??
    (isOne(result) ? result : undefined) ??
    args[declared?.indexOf(type) ?? -1] ??
    (isObject(result) ? result : args.find(isObject));
  return source === undefined ? undefined : mapped('', source, { type, isGiven: true, tell });
}

/** A class and a callback are both functions; only a class has a prototype worth the name. */
function looksLikeClass(source: unknown): source is SegmentationClass {
  if (typeof source !== 'function' || !Object.hasOwn(source, 'prototype')) return false;
  return Function.prototype.toString.call(source).startsWith('class') || rulesOf(source as SegmentationClass).any;
}
