import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * A text kept on disk between starts. A crash leaves the former text or the new one, never a part. Nothing here throws: a disk
 * that takes nothing costs what is in the file, and the journal tells about it.
 */
export class SmallFile {
  readonly #path: string | undefined;

  /** @param path undefined keeps nothing */
  constructor(path: string | undefined) {
    this.#path = path;
  }

  /** Undefined when there is none, or none that can be read. */
  read(): string | undefined {
    return this.#try((path) => readFileSync(path, 'utf8'));
  }

  write(text: string): void {
    this.#try((path) => this.#draft(path, text, (draft) => renameSync(draft, path)));
  }

  /** Writes unless there is a file: of processes that start at once, the first wins. */
  create(text: string): void {
    this.#try((path) => this.#draft(path, text, (draft) => linkSync(draft, path)));
  }

  remove(): void {
    this.#try((path) => rmSync(path, { force: true }));
  }

  #draft(path: string, text: string, place: (draft: string) => void): void {
    const draft = `${path}.${randomBytes(6).toString('hex')}`;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    try {
      writeFileSync(draft, text, { mode: 0o600 });
      place(draft);
    } finally {
      rmSync(draft, { force: true });
    }
  }

  #try<T>(work: (path: string) => T): T | undefined {
    try {
      return this.#path === undefined ? undefined : work(this.#path);
    } catch {
      return undefined;
    }
  }
}
