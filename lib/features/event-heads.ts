import type { Limits } from '../config/limits.js';
import { flatText, jsonString, ownCopy } from '../protocol/json-text.js';
import { Opening } from './opening.js';

/** The text an event of a key begins with. */
export interface EventHead {
  readonly key: string;
  /** `{"key":"order","count":` */
  readonly counted: string;
  /** The same for one event, and for one event with segments. */
  readonly once: string;
  readonly opening: Opening;
}

// Keys are few: a server takes 500 of an app. The bound is for those that are made of data.
const MOST_KEYS = 500;

export function eventHead(key: string): EventHead {
  const counted = flatText('{"key":', jsonString(key), ',"count":');
  return {
    key,
    counted,
    once: flatText(counted, '1'),
    opening: new Opening(flatText(counted, '1,"segmentation":')),
  };
}

/** Custom event keys that are as they should be under the limits in force, so that each is looked at once. */
export class EventHeads {
  readonly #known = new Map<string, EventHead>();
  #limits: Limits | undefined;

  of(key: unknown, limits: Limits): EventHead | undefined {
    if (limits !== this.#limits) {
      this.#known.clear();
      this.#limits = limits;
    }
    return typeof key === 'string' ? this.#known.get(key) : undefined;
  }

  remember(head: EventHead): void {
    if (this.#known.size >= MOST_KEYS) this.#known.clear();
    this.#known.set(ownCopy(head.key), head);
  }
}
