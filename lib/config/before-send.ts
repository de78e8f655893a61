import type { EntryFeature, EntryKind } from '../protocol/entry.js';

/** An accepted entry as a `beforeSend` hook sees it. */
export interface OutgoingEntry {
  readonly deviceId: string;
  readonly kind: EntryKind;
  /** What it is recorded under: `events`, `views`, `crashes`, `users` … */
  readonly feature: EntryFeature;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  /**
   * The content as it would leave: the event object for an event, the members of the request for anything else
   * (`{ crash: { … } }`, `{ user_details: { … } }`). A copy of its own for each hook: change it in place, or assign another.
   */
  content: Record<string, unknown>;
}

/**
 * Looks at every entry before it is queued. Return nothing to let it pass with the changes made to `entry.content`, or
 * `false` to drop it (it is counted as `filtered`). Synchronous. A hook that throws, returns a promise, or leaves nothing
 * a server could count behind is ignored for that entry: a broken hook never loses data.
 *
 * @example
 * ```ts
 * import { Countly, type BeforeSend } from 'countly-weave';
 *
 * const withoutMail: BeforeSend = (entry) => {
 *   const { segmentation } = entry.content as { segmentation?: Record<string, unknown> };
 *   if (segmentation) delete segmentation['email'];
 * };
 * Countly.init({ url: 'http://127.0.0.1:6010', appKey: 'shop', beforeSend: [withoutMail] });
 * ```
 */
// biome-ignore lint/suspicious/noConfusingVoidType: a hook that changes its argument in place returns nothing
export type BeforeSend = (entry: OutgoingEntry) => boolean | undefined | void;
