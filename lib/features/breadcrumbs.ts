import { truncate } from '../config/limits.js';

/** The last things that happened before a crash: a ring of texts, oldest first. */
export class Breadcrumbs {
  readonly #lines: string[] = [];

  add(text: unknown, maxCount: number, maxLength: number): void {
    if (this.#lines.length >= maxCount) this.#lines.splice(0, this.#lines.length - maxCount + 1);
    this.#lines.push(truncate(typeof text === 'string' ? text : String(text), maxLength));
  }

  lines(): readonly string[] {
    return this.#lines;
  }

  /** As the server takes it in `_logs`: one line each (contract §6). */
  text(): string {
    return this.#lines.join('\n');
  }
}
