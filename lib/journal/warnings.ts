import { member } from '../check.js';
import type { StorageListener } from './storage.js';

/** Tells each cause once, also what happened before anybody listened. A listener that throws stops nothing. */
export class Warnings {
  listener: StorageListener | undefined;
  readonly #said = new Set<string>();
  readonly #early: string[] = [];

  listen(listener: StorageListener): void {
    this.listener = listener;
    for (const message of this.#early.splice(0)) this.tell(() => listener.warn(message));
  }

  /** `cause` is the key that makes two messages the same. */
  say(cause: string, message: string): void {
    if (this.#said.has(cause)) return;
    this.#said.add(cause);
    if (this.listener === undefined) this.#early.push(message);
    else this.tell((listener) => listener.warn(message));
  }

  tell(what: (listener: StorageListener) => void): void {
    try {
      if (this.listener !== undefined) what(this.listener);
    } catch (error) {
      this.say('listener', `What the journal told was not taken (${reasonOf(error)}).`);
    }
  }
}

/** Reason of a system error without the path and the call, which the message names in its own words. */
export function reasonOf(error: unknown): string {
  const message = member(error, 'message');
  if (typeof message !== 'string')
    return error === null || !['object', 'function'].includes(typeof error) ? String(error) : 'no error';
  return message.replace(/, (?:open|write|mkdir|rename|scandir|read|unlink|rm|utime|stat|lstat|access).*$/, '');
}
