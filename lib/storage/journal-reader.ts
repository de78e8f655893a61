import { join } from 'node:path';
import type { Entry, SealedRequest } from '../protocol/entry.js';
import { IdSet } from './id-set.js';
import { parseSegmentFileName } from './journal-format.js';
import type { JournalFs } from './journal-fs.js';
import { type DecodedImport, type DecodedSeal, SegmentDecoder } from './segment-decoder.js';

/** What a folder nobody writes to any more still holds. */
export interface JournalContent {
  /** Accepted, not settled, not part of a complete sealed request; by id. */
  readonly entries: readonly Entry[];
  /** Sealed and not settled, in the order of their first entry. */
  readonly sealed: readonly SealedRequest[];
  /** Adopted folders whose entries are all in here: what is left of them is obsolete. */
  readonly completeImports: ReadonlySet<string>;
  /** Records that could not be read, whether damaged themselves or leaning on a damaged line. */
  readonly damagedRecords: number;
  /** Segments that could not be read at all, with the reason. */
  readonly unreadable: readonly string[];
}

/**
 * Reads all segments of a folder, newest first: a settlement or a seal never stands in an older segment than its entry,
 * so the bodies of settled entries need not be built. Never rejects.
 */
export async function readJournal(fs: JournalFs, folder: string): Promise<JournalContent> {
  const settled = new IdSet();
  const sealOf = new Map<number, DecodedSeal>();
  const seals: DecodedSeal[] = [];
  const found: Entry[] = [];
  const begun: DecodedImport[] = [];
  const completeImports = new Set<string>();
  const unreadable: string[] = [];
  let damagedRecords = 0;

  const names = await fs.list(folder).catch((error: Error) => {
    unreadable.push(error.message);
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
      for (const entry of decoder.entries((id) => !settled.has(id))) {
        if (entry) found.push(entry);
        else await nextTurn();
      }
      damagedRecords += decoder.damage.damagedLines + decoder.orphans;
    } catch (error) {
      unreadable.push(`${fileName}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  const incomplete = begun.filter((it) => !completeImports.has(it.token));
  const live = found.filter(
    (entry) => !incomplete.some((it) => entry.id >= it.firstId && entry.id < it.firstId + it.count),
  );
  return { ...assemble(live, seals.reverse(), sealOf), completeImports, damagedRecords, unreadable };
}

/** A seal that lost one of its entries cannot leave with the same bytes again: the rest is as good as unsealed. */
function assemble(
  live: readonly Entry[],
  seals: readonly DecodedSeal[],
  sealOf: ReadonlyMap<number, DecodedSeal>,
): { entries: Entry[]; sealed: SealedRequest[] } {
  const byId = new Map(live.map((entry) => [entry.id, entry]));
  const sealed: SealedRequest[] = [];
  for (const seal of seals) {
    const entries: Entry[] = [];
    let complete = true;
    for (const id of idsOf(seal)) {
      const entry = sealOf.get(id) === seal ? byId.get(id) : undefined;
      if (entry) entries.push(entry);
      else complete = false;
    }
    const first = entries[0];
    if (!complete || !first) continue;
    for (const entry of entries) byId.delete(entry.id);
    sealed.push({ deviceId: first.deviceId, path: seal.path, head: seal.head, entries });
  }
  return { entries: [...byId.values()].sort((a, b) => a.id - b.id), sealed };
}

function* idsOf(seal: DecodedSeal): Generator<number, void, void> {
  for (const run of seal.ids) for (let i = 0; i <= run.more; i++) yield run.first + i;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
