import { createHash } from 'node:crypto';
import { serverAddress } from '../journal/path.js';

/** What the names of a fleet in Redis begin with, when nobody says: other apps and servers have another one. */
export function prefixOf({ url, appKey }: { readonly url: string; readonly appKey: string }): string {
  const hash = createHash('sha256')
    .update(`${serverAddress(url)} ${appKey}`)
    .digest('hex');
  return `countly-weave:${hash.slice(0, 16)}`;
}

/** Whose entries those of a fleet are, without saying it. */
export function appMark(appKey: string): string {
  return createHash('sha256').update(`app ${appKey}`).digest('hex').slice(0, 16);
}
