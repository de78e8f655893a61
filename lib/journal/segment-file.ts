import type { JournalFs } from './journal-fs.js';

/**
 * An open segment. Closing waits for the write that is under way: its descriptor may be given to another file meanwhile,
 * and the write would land there.
 */
export class SegmentFile {
  readonly descriptor: number;
  readonly #fs: JournalFs;
  #holds = 0;
  #closing = false;

  constructor(fs: JournalFs, path: string) {
    this.#fs = fs;
    this.descriptor = fs.createFile(path);
  }

  hold(): void {
    this.#holds++;
  }

  letGo(): void {
    this.#holds--;
    if (this.#closing) this.close();
  }

  close(): void {
    this.#closing = true;
    if (this.#holds > 0) return;
    this.#closing = false;
    try {
      this.#fs.closeFile(this.descriptor);
    } catch {
      // The bytes are with the operating system; a descriptor that cannot be closed is no loss of entries.
    }
  }
}
