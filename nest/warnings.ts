import type { Logger } from '../lib/index.js';
import { shownText } from '../lib/internal.js';

// What a callback throws may quote a header or a body.
const LONGEST = 1000;

/** Says each thing once for the life of the application: what happens with every request must not fill the log. */
export class ModuleWarnings {
  readonly #logger: Logger;
  readonly #said = new Set<string>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  once(key: string, message: string): void {
    if (this.#said.has(key)) return;
    this.#said.add(key);
    try {
      this.#logger.warn(shownText(message.slice(0, LONGEST)));
    } catch {
      // A broken logger must not break a request.
    }
  }
}
