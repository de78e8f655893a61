import { truncate } from '../config/limits.js';

/** The last things that happened before a crash, in a ring: a full one forgets its oldest line for each new one. */
export class Breadcrumbs {
  #lines: string[] | undefined;
  /** Place of the oldest line; 0 until the ring is full. */
  #oldest = 0;

  add(text: unknown, maxCount: number, maxLength: number): void {
    const lines = this.#lines;
    const line = truncate(typeof text === 'string' ? text : String(text), maxLength);
    if (maxCount < 1) {
      this.#lines = undefined;
    } else if (lines === undefined || maxCount === 1) {
      // A list that is filled by pushing has room for 17 at once, and most people leave with one line.
      this.#lines = [line];
      this.#oldest = 0;
    } else if (lines.length === maxCount) {
      lines[this.#oldest] = line;
      this.#oldest = this.#oldest + 1 === maxCount ? 0 : this.#oldest + 1;
    } else if (this.#oldest === 0 && lines.length < maxCount) {
      lines.push(line);
    } else {
      // The server has changed how many there may be.
      this.#lines = [...this.lines().slice(1 - maxCount), line];
      this.#oldest = 0;
    }
  }

  /** Oldest first. */
  lines(): readonly string[] {
    const lines = this.#lines ?? [];
    return this.#oldest === 0 ? lines : [...lines.slice(this.#oldest), ...lines.slice(0, this.#oldest)];
  }

  /** As the server takes it in `_logs`: one line each (docs/protocol.md §6). */
  text(): string {
    return this.lines().join('\n');
  }
}
