import { publishRecords, type WeaveRecord, weaveMetadataOf } from '../metadata.js';
import type { Advice, Method } from './advice.js';
import type { Site } from './site.js';
import { addAdvice, newWoven, rememberWoven, wovenOf } from './woven.js';
import { createWrapper } from './wrapper.js';

/**
 * Puts an advice on a function and gives the function to use in its place. A function that is woven already keeps its
 * one wrapper: the advice joins the others there.
 *
 * @param callee - asks for a wrapper of its own, which calls this instead: for a method that a subclass takes over from
 * its parent, where neither wrapper nor metadata may be shared
 */
export function weaveInto(fn: Method, site: Site, advice: Advice, record: WeaveRecord, callee?: Method): Method {
  const present = wovenOf(fn);
  if (present !== undefined && callee === undefined) {
    addAdvice(present, advice, record);
    return fn;
  }
  const woven = newWoven(callee ?? fn, fn, site);
  addAdvice(woven, advice, record);
  const wrapper = createWrapper(woven, callee === undefined);
  rememberWoven(wrapper, woven);
  publishRecords(wrapper, woven.records, weaveMetadataOf(fn));
  return wrapper;
}
