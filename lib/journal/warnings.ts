import type { StorageListener } from './storage.js';

/** Tells each cause once, also what happened before anybody listened. */
export class Warnings {
  readonly #said = new Set<string>();
  #early: string[] = [];
  #listener: StorageListener | undefined;

  listen(listener: StorageListener): void {
    this.#listener = listener;
    for (const message of this.#early) this.#tell(message);
    this.#early = [];
  }

  /** `cause` is the key that makes two messages the same. */
  say(cause: string, message: string): void {
    if (this.#said.has(cause)) return;
    this.#said.add(cause);
    if (this.#listener) this.#tell(message);
    else this.#early.push(message);
  }

  #tell(message: string): void {
    try {
      this.#listener?.warn(message);
    } catch {
      // A listener that throws must not stop the journal.
    }
  }
}

/** Reason of a system error without the path and the call, which the message names in its own words. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message.replace(/, (?:open|write|mkdir|rename|scandir|read|unlink|rm|utime|stat|lstat).*$/, '');
}
