import { randomBytes } from 'node:crypto';
import type { Visitor } from './visitor.js';

const OF_THIS_PROCESS = randomBytes(9).toString('base64url');
let made = 0;

/** An id that no other event or view has: 72 random bits of this process, and a number. */
export function newEventId(): string {
  return OF_THIS_PROCESS + (made++).toString(36);
}

/**
 * What links an event to others, as the SDKs of 2025 send it (docs/protocol.md §4.1): its own id, the view that was on
 * display (`cvid`) and the event of the application before it (`peid`).
 */
export class EventLinks {
  /** @param sent false for an SDK that did not know them */
  constructor(readonly sent: boolean) {}

  /**
   * JSON members, each with a leading comma.
   *
   * @param id of the event
   * @param follows whether the event has a place in the row of the application's own
   */
  of(visitor: Visitor, id: string, follows: boolean): string {
    let text = `,"id":"${id}"`;
    const view = visitor.views?.at(-1);
    if (view !== undefined) text += `,"cvid":"${view.id}"`;
    if (!follows) return text;
    if (visitor.lastEventId !== undefined) text += `,"peid":"${visitor.lastEventId}"`;
    visitor.lastEventId = id;
    return text;
  }

  /** The members of a view's event: the view's own id, and the view before it. */
  ofView(id: string, before: string | undefined): string {
    if (!this.sent) return '';
    return before === undefined ? `,"id":"${id}"` : `,"id":"${id}","pvid":"${before}"`;
  }
}
