import type { Logger } from '../lib/index.js';

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
      this.#logger.warn(message);
    } catch {
      // A broken logger must not break a request.
    }
  }
}
