import type { Entry } from '../protocol/entry.js';

/**
 * What a request with views may hold. A Countly server counts each start of a view in a new visitor's first request as a
 * visitor of its own, so a view begins once in it (docs/protocol.md §17.4). And it files all views of a request under the day of
 * its last event, so nothing in it has a time other than that of its recording (§4.1).
 */
export class ViewsInRequest {
  readonly #begun = new Set<string>();
  #hasViews = false;
  #hasOtherTimes = false;

  /** Notes an event; false when it has to leave with another request than those that were taken before it. */
  admits(entry: Entry, taken: readonly Entry[]): boolean {
    const isView = entry.feature === 'views';
    if (!isView && !this.#hasViews) return true;
    if (!this.#hasViews) {
      this.#hasViews = true;
      this.#hasOtherTimes = [...taken, entry].some(hasOtherTime);
    }
    if (taken.length > 0 && (this.#hasOtherTimes || hasOtherTime(entry))) return false;
    const name = isView ? startedView(entry.body) : undefined;
    return name === undefined || this.#begun.size < this.#begun.add(name).size;
  }
}

/** Whether the caller said when it happened. */
function hasOtherTime({ body, timestamp }: Entry): boolean {
  const at = body.lastIndexOf('"timestamp":');
  return at >= 0 && !body.startsWith(`${timestamp}`, at + '"timestamp":'.length);
}

function startedView(event: string): string | undefined {
  if (!event.includes('"visit":')) return undefined;
  try {
    const { segmentation } = JSON.parse(event) as { segmentation?: { name?: unknown; visit?: unknown } };
    return segmentation?.visit ? String(segmentation.name) : undefined;
  } catch {
    // A storage may hand out anything.
    return undefined;
  }
}
