import { join } from 'node:path';
import type { JournalFs } from './journal-fs.js';
import { folderName, newToken, type Owner } from './owner.js';

/** The folder this process (or worker thread) writes to, made when it is first needed. */
export class OwnFolder {
  readonly #fs: JournalFs;
  readonly #root: string;
  readonly #owner: Owner;
  #token = '';
  #path: string | undefined;

  constructor(fs: JournalFs, root: string, owner: Owner) {
    this.#fs = fs;
    this.#root = root;
    this.#owner = owner;
  }

  get path(): string | undefined {
    return this.#path;
  }

  /** Throws when it cannot be made. */
  ensure(): string {
    if (this.#path !== undefined) return this.#path;
    this.#token = newToken();
    const path = join(this.#root, folderName({ owner: this.#owner, token: this.#token }));
    this.#fs.createFolder(path);
    this.#path = path;
    return path;
  }

  /** The folder is gone or somebody else's: the next `ensure` makes a new one. */
  abandon(): void {
    this.#path = undefined;
  }

  /** Gives the folder back, for any process to adopt at once. Rejects with the system's error. */
  async release(): Promise<void> {
    const path = this.#path;
    this.#path = undefined;
    if (path) await this.#fs.move(path, join(this.#root, folderName({ owner: undefined, token: this.#token })));
  }

  /** Removes the folder with all it contains. */
  async remove(): Promise<void> {
    const path = this.#path;
    this.#path = undefined;
    if (path) await this.#fs.remove(path);
  }
}
