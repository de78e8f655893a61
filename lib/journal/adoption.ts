import { join } from 'node:path';
import type { Clock } from '../clock.js';
import type { JournalFs } from './journal-fs.js';
import { type ProcessTable, parseFolderName } from './owner.js';

/** How often an owner shows that it lives, by the change time of its folder. */
export const BEAT_MS = 10_000;
/** An owner that cannot be checked by process id is given up when its folder did not change for this long … */
export const STALE_MS = 60_000;
/** … and was seen not to change for this long: clocks differ, and a machine that slept must get time to beat. */
export const WATCH_MS = 15_000;

interface Watched {
  readonly touched: number;
  readonly since: number;
}

/** Finds the folders of one root whose owner is dead. Which process gets such a folder is decided by the rename. */
export class AdoptionScan {
  readonly #fs: JournalFs;
  readonly #clock: Clock;
  readonly #root: string;
  readonly #processes: ProcessTable;
  #watched = new Map<string, Watched>();

  constructor(fs: JournalFs, clock: Clock, root: string, processes: ProcessTable) {
    this.#fs = fs;
    this.#clock = clock;
    this.#root = root;
    this.#processes = processes;
  }

  /** True when a folder is under suspicion, so that looking again after {@link WATCH_MS} is worth it. */
  get suspects(): boolean {
    return this.#watched.size > 0;
  }

  /** Paths and tokens of adoptable folders, except `own`. Rejects when the root cannot be read. */
  async find(own: string | undefined): Promise<{ path: string; token: string }[]> {
    const watched = new Map<string, Watched>();
    const found: { path: string; token: string }[] = [];
    for (const name of (await this.#fs.list(this.#root)).sort()) {
      const folder = parseFolderName(name);
      const path = join(this.#root, name);
      if (!folder || path === own) continue;
      const verdict = folder.owner ? this.#processes.verdict(folder.owner) : 'dead';
      if (verdict === 'dead' || (verdict === 'unknown' && (await this.#isStale(name, path, watched)))) {
        found.push({ path, token: folder.token });
      }
    }
    this.#watched = watched;
    return found;
  }

  async #isStale(name: string, path: string, watched: Map<string, Watched>): Promise<boolean> {
    const touched = await this.#fs.touched(path).catch(() => undefined);
    if (touched === undefined || this.#clock.now() - touched < STALE_MS) return false;
    const before = this.#watched.get(name);
    const now = this.#clock.monotonic();
    const seen = before?.touched === touched ? before : { touched, since: now };
    watched.set(name, seen);
    return now - seen.since >= WATCH_MS;
  }
}
