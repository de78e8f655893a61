import { truncate } from '../config/limits.js';

/** The last things that happened before a crash: a ring of texts, oldest first. */
export class Breadcrumbs {
  #lines: string[] | undefined;

  add(text: unknown, maxCount: number, maxLength: number): void {
    const line = truncate(typeof text === 'string' ? text : String(text), maxLength);
    const lines = this.#lines;
    if (lines === undefined) {
      // A list that is filled by pushing has room for 17 at once, and most people leave with one line.
      this.#lines = [line];
      return;
    }
    // One by one: `splice` would make a list of what it takes out, and there is seldom more than one.
    while (lines.length >= maxCount && lines.length > 0) lines.shift();
    lines.push(line);
  }

  lines(): readonly string[] {
    return this.#lines ?? [];
  }

  /** As the server takes it in `_logs`: one line each (contract §6). */
  text(): string {
    return this.lines().join('\n');
  }
}
