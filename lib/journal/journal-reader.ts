import { join } from 'node:path';
import type { Entry, SealedRequest } from '../protocol/entry.js';
import { IdSet } from './id-set.js';
import { parseSegmentFileName } from './journal-format.js';
import type { JournalFs } from './journal-fs.js';
import { type DecodedImport, type DecodedSeal, SegmentDecoder } from './segment-decoder.js';

/** Entries get new ids when they are adopted; copying a long queue for that would hold up the host. */
export type RecoveredEntry = Entry & { id: number };

export interface RecoveredRequest extends SealedRequest {
  readonly entries: readonly RecoveredEntry[];
}

/** What a folder nobody writes to any more still holds. */
export interface JournalContent {
  /** Accepted, not settled, not part of a complete sealed request; by id. */
  readonly entries: readonly RecoveredEntry[];
  /** Sealed and not settled, in the order of sealing. */
  readonly sealed: readonly RecoveredRequest[];
  /** Adopted folders whose entries are all in here: what is left of them is obsolete. */
  readonly completeImports: ReadonlySet<string>;
  /** Records that could not be read, whether damaged themselves or leaning on a damaged line. */
  readonly damagedRecords: number;
  /** Segments that could not be read at all, with the reason. */
  readonly unreadable: readonly string[];
  /** Reading failed for a reason that passes, such as too many open files: to be read again later. */
  readonly passing: boolean;
}

const PASSING: ReadonlySet<unknown> = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN', 'EBUSY']);

/**
 * Reads all segments of a folder, newest first: a settlement or a seal never stands in an older segment than its entry,
 * so the bodies of settled entries need not be built. Never rejects.
 */
export async function readJournal(fs: JournalFs, folder: string): Promise<JournalContent> {
  const settled = new IdSet();
  const sealOf = new Map<number, DecodedSeal>();
  const seals: DecodedSeal[] = [];
  const found: RecoveredEntry[][] = [];
  const begun: DecodedImport[] = [];
  const completeImports = new Set<string>();
  const unreadable: string[] = [];
  let damagedRecords = 0;
  let passing = false;
  const failed = (error: unknown, what: string): void => {
    passing ||= PASSING.has((error as NodeJS.ErrnoException).code);
    unreadable.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
  };

  const names = await fs.list(folder).catch((error: unknown) => {
    failed(error, 'folder');
    return [];
  });
  const segments = names.flatMap((fileName) => {
    const name = parseSegmentFileName(fileName);
    return name ? [{ fileName, name }] : [];
  });
  segments.sort((a, b) => b.name.sequence - a.name.sequence);

  for (const { fileName, name } of segments) {
    try {
      const decoder = new SegmentDecoder(await fs.read(join(folder, fileName)), name);
      for (const _slice of decoder.index()) await nextTurn();
      if (decoder.foreign) {
        unreadable.push(`${fileName} was written by a newer version`);
        continue;
      }
      for (const run of decoder.settled) settled.addRun(run);
      for (const token of decoder.importsEnded) completeImports.add(token);
      begun.push(...decoder.importsBegun);
      for (const seal of decoder.seals.reverse()) {
        seals.push(seal);
        for (const id of idsOf(seal)) if (!settled.has(id) && !sealOf.has(id)) sealOf.set(id, seal);
      }
      const entries: RecoveredEntry[] = [];
      found.push(entries);
      for (const _slice of decoder.entries((id) => !settled.has(id), entries)) await nextTurn();
      damagedRecords += decoder.damage.damagedLines + decoder.orphans;
    } catch (error) {
      failed(error, fileName);
    }
  }

  const incomplete = begun.filter((it) => !completeImports.has(it.token));
  const isCopy = ({ id }: Entry): boolean =>
    incomplete.some(({ firstId, count }) => id >= firstId && id < firstId + count);
  const all = found.reverse().flat();
  const live = incomplete.length === 0 ? all : all.filter((entry) => !isCopy(entry));
  return { ...assemble(live, seals.reverse(), sealOf), completeImports, damagedRecords, unreadable, passing };
}

/** A seal that lost one of its entries cannot leave with the same bytes again: the rest is as good as unsealed. */
function assemble(
  live: RecoveredEntry[],
  seals: readonly DecodedSeal[],
  sealOf: ReadonlyMap<number, DecodedSeal>,
): Pick<JournalContent, 'entries' | 'sealed'> {
  if (sealOf.size === 0) return { entries: live, sealed: [] };
  const claimed = new Map<number, RecoveredEntry>();
  for (const entry of live) if (sealOf.has(entry.id)) claimed.set(entry.id, entry);
  const taken = new Set<Entry>();
  const sealed: RecoveredRequest[] = [];
  for (const seal of seals) {
    const entries: RecoveredEntry[] = [];
    let complete = true;
    for (const id of idsOf(seal)) {
      const entry = sealOf.get(id) === seal ? claimed.get(id) : undefined;
      if (entry) entries.push(entry);
      else complete = false;
    }
    const first = entries[0];
    if (!complete || !first) continue;
    for (const entry of entries) taken.add(entry);
    sealed.push({ deviceId: first.deviceId, path: seal.path, head: seal.head, entries });
  }
  return { entries: live.filter((entry) => !taken.has(entry)), sealed };
}

function* idsOf(seal: DecodedSeal): Generator<number, void, void> {
  for (const run of seal.ids) for (let i = 0; i <= run.more; i++) yield run.first + i;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
