import { randomBytes } from 'node:crypto';
import type { FeaturePort, Target } from './feature.js';

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
  readonly #port: FeaturePort;
  readonly #sent: boolean;

  /** @param sent false for an SDK that did not know them */
  constructor(port: FeaturePort, sent: boolean) {
    this.#port = port;
    this.#sent = sent;
  }

  /**
   * JSON members, each with a leading comma.
   *
   * @param follows whether the event has a place in the row of the application's own
   */
  of(target: Target, follows: boolean): string {
    if (!this.#sent) return '';
    const id = newEventId();
    const state = follows ? this.#port.stateOf(target.deviceId) : this.#port.peekState(target.deviceId);
    let text = `,"id":"${id}"`;
    const view = state?.views?.at(-1);
    if (view !== undefined) text += `,"cvid":"${view.id}"`;
    if (!follows || state === undefined) return text;
    if (state.lastEventId !== undefined) text += `,"peid":"${state.lastEventId}"`;
    state.lastEventId = id;
    return text;
  }

  /** The members of a view's event: the view's own id, and the view before it. */
  ofView(id: string, before: string | undefined): string {
    if (!this.#sent) return '';
    return before === undefined ? `,"id":"${id}"` : `,"id":"${id}","pvid":"${before}"`;
  }
}
