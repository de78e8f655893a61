import type { Woven } from '../weave/woven.js';

const followedBy = new WeakMap<object, Woven[]>();

/**
 * Whether this result may be followed for this method. A method that gives the same object again and again must not
 * cover it with one layer more each time.
 */
export function claimObject(result: object, woven: Woven): boolean {
  const followers = followedBy.get(result);
  if (followers === undefined) {
    followedBy.set(result, [woven]);
    return true;
  }
  if (followers.includes(woven)) return false;
  followers.push(woven);
  return true;
}

/** The object may be followed anew. */
export function releaseObject(result: object, woven: Woven): void {
  const followers = followedBy.get(result);
  const index = followers?.indexOf(woven) ?? -1;
  if (index >= 0) followers?.splice(index, 1);
}
