import type { Entry } from './entry.js';

/**
 * The views that begin in one request. A Countly server counts each start of a view in a new visitor's first request as a
 * visitor of its own, so a view may begin once in it (docs/protocol.md §17.4).
 */
export class ViewStarts {
  #names: Set<string> | undefined;

  /** Notes what this entry begins; false when the request has begun that view already. */
  add({ feature, body }: Entry): boolean {
    if (feature !== 'views' || !body.includes('"visit":')) return true;
    const name = startedView(body);
    if (name === undefined) return true;
    this.#names ??= new Set();
    const before = this.#names.size;
    return this.#names.add(name).size > before;
  }
}

function startedView(event: string): string | undefined {
  try {
    const { segmentation } = JSON.parse(event) as { segmentation?: { name?: unknown; visit?: unknown } };
    return segmentation?.visit ? String(segmentation.name) : undefined;
  } catch {
    // A storage may hand out anything.
    return undefined;
  }
}
