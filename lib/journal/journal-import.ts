import { join } from 'node:path';
import type { EntryDraft } from '../protocol/entry.js';
import type { AdoptionScan } from './adoption.js';
import type { Note } from './batch-builder.js';
import type { JournalFs } from './journal-fs.js';
import { type JournalContent, type RecoveredEntry, readJournal } from './journal-reader.js';
import { folderName } from './owner.js';
import type { Segment } from './segment.js';
import type { SegmentLedger } from './segment-ledger.js';
import type { Recovered } from './storage.js';
import { reasonOf, type Warnings } from './warnings.js';

const PREFIX = 'in.';

export interface JournalImportOptions {
  readonly fs: JournalFs;
  /** The root of all journals. */
  readonly root: string;
  readonly scan: AdoptionScan;
  readonly ledger: SegmentLedger;
  readonly warnings: Warnings;
  readonly ownFolder: { readonly path: string | undefined; ensure(): string };
  /** Takes entries under new ids, consecutive and in order; returns the first. */
  readonly take: (drafts: readonly EntryDraft[], before: (firstId: number) => void) => number;
  readonly note: (note: Note) => void;
  readonly commit: () => Promise<void>;
  readonly recovered: (found: Recovered) => void;
  /** True once the storage is closing: what was not begun is left to the next process. */
  readonly stopped: () => boolean;
}

/**
 * Adopts what dead processes left. Two steps make sure that every entry is handed out once, whatever dies when:
 *
 * 1. The folder is moved into the own folder. A rename is atomic, so one process gets it; and whoever adopts our folder
 *    one day gets it along.
 * 2. What is not settled is copied into the own journal between two marks, and then removed. A reader ignores a copy
 *    without its end mark (the original is still there), and an original whose copy is complete.
 */
export class JournalImport {
  readonly #options: JournalImportOptions;
  #unfinished = 0;
  readonly #removals = new Set<Promise<void>>();

  constructor(options: JournalImportOptions) {
    this.#options = options;
  }

  /** Resolves when no removal is under way, with the number of adopted folders that are still there. */
  async unfinished(): Promise<number> {
    await Promise.all(this.#removals);
    return this.#unfinished;
  }

  /** Looks for dead owners and hands out what they left. Never rejects. */
  async run(): Promise<void> {
    const { scan, ownFolder, stopped } = this.#options;
    // A root that does not exist has nothing to adopt; one that cannot be read cannot be written to, which is told then.
    const found = await scan.find(ownFolder.path).catch(() => []);
    for (const { path, token } of found) {
      if (stopped()) return;
      const folder = await this.#move(path, token);
      if (!folder) continue;
      this.#unfinished++;
      await this.#importFolder(folder, token, new Set());
    }
  }

  /** Undefined when another process was faster, or the disk does not work. */
  async #move(path: string, token: string): Promise<string | undefined> {
    const { fs, ownFolder } = this.#options;
    try {
      const folder = join(ownFolder.ensure(), PREFIX + token);
      await fs.move(path, folder);
      return folder;
    } catch {
      return undefined;
    }
  }

  async #importFolder(folder: string, token: string, obsolete: ReadonlySet<string>): Promise<void> {
    const { fs } = this.#options;
    const content = await readJournal(fs, folder);
    if (content.passing) {
      await this.#putBack(folder, token);
      return;
    }
    const known = new Set([...obsolete, ...content.completeImports]);
    // What the dead process had adopted itself and not finished is older than its own entries.
    for (const name of await fs.list(folder).catch(() => [])) {
      const inner = name.slice(PREFIX.length);
      if (!name.startsWith(PREFIX) || known.has(inner)) continue;
      this.#unfinished++;
      await this.#importFolder(join(folder, name), inner, known);
    }
    this.#warn(content);
    await this.#copy(content, folder, token);
  }

  /** Leaves a folder for the next look around, by whichever process. */
  async #putBack(folder: string, token: string): Promise<void> {
    const { fs, root } = this.#options;
    try {
      await fs.move(folder, join(root, folderName({ owner: undefined, token })));
      this.#unfinished--;
    } catch {
      // Then the next owner of the own folder reads it.
    }
  }

  async #copy(content: JournalContent, folder: string, token: string): Promise<void> {
    const { ledger, take, note, commit, recovered } = this.#options;
    const keep = content.unreadable.length > 0;
    const all = [...content.entries, ...content.sealed.flatMap((request) => request.entries)];
    if (all.length === 0) {
      await this.#finish(folder, token, keep);
      return;
    }
    all.sort((a, b) => a.id - b.id);
    const pinned: Segment[] = [];
    const pin = (segment: Segment): void => {
      segment.pins++;
      pinned.push(segment);
    };
    const firstId = take(all, (first) => {
      note({
        after: first - 1,
        write(encoder, sink, segment) {
          pin(segment);
          encoder.importBegin(sink, token, first, all.length);
        },
      });
    });
    for (let index = 0; index < all.length; index++) (all[index] as RecoveredEntry).id = firstId + index;
    const last = firstId + all.length - 1;
    for (const { entries, path, head } of content.sealed) {
      const ids = entries.map((entry) => entry.id);
      note({
        after: last,
        write(encoder, sink) {
          encoder.seal(sink, ids, path, head);
          ledger.noteSeal(ids);
        },
      });
    }
    note({
      after: last,
      write(encoder, sink, segment) {
        pin(segment);
        encoder.importEnd(sink, token);
      },
      written: () => {
        const removal = this.#finish(folder, token, keep).then((removed) => {
          this.#removals.delete(removal);
          if (removed) for (const segment of pinned) ledger.unpin(segment);
        });
        this.#removals.add(removal);
      },
    });
    await commit();
    recovered({ entries: content.entries, sealed: content.sealed });
  }

  /** The copy is complete: nothing in the folder is needed, except for a person to look at. */
  async #finish(folder: string, token: string, keep: boolean): Promise<boolean> {
    const { fs, root } = this.#options;
    try {
      if (keep) await fs.move(folder, join(root, `unreadable.${token}`));
      else await fs.remove(folder);
      this.#unfinished--;
      return true;
    } catch {
      // It stays inside the own folder, marked as obsolete.
      return false;
    }
  }

  #warn({ damagedRecords, unreadable }: JournalContent): void {
    const { root, warnings } = this.#options;
    if (damagedRecords > 0) {
      warnings.say(
        'damaged',
        `${damagedRecords} damaged record(s) in a journal below ${root} could not be recovered; all others were. ` +
          'Check the disk, and that nothing but this library writes there.',
      );
    }
    const reason = unreadable[0];
    if (reason !== undefined) {
      warnings.say(
        'unreadable',
        `Part of a journal below ${root} could not be read (${reasonOf(reason)}). It is kept there in a folder named ` +
          '"unreadable…"; a newer version of this library may read it, otherwise delete it.',
      );
    }
  }
}
