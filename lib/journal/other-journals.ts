import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Says in words for whom a journal is: its own name is a digest. */
export const ADDRESS_FILE = 'address';

const JOURNAL = /^journal-[0-9a-f]{8}$/;
const SEGMENT = /^\d{6,}\.seg$/;
const LONGEST_ADDRESS = 2000;
/** What nobody has given back and nobody has written to for so long is no live process's. */
const QUIET_MS = 60_000;

/**
 * A journal belongs to one server: what waits in it under another address would wait for ever without a word. Never rejects.
 *
 * @param own the journal of this client
 * @param address where this client sends, without user and password
 */
export async function tellOtherJournals(own: string, address: string, warn: (message: string) => void): Promise<void> {
  try {
    const app = dirname(own);
    const waiting: string[] = [];
    for (const name of (await readdir(app)).sort()) {
      const journal = join(app, name);
      if (JOURNAL.test(name) && name !== basename(own) && (await holdsEntries(journal))) {
        waiting.push(await addressOf(journal));
      }
    }
    if (waiting.length === 0) return;
    warn(
      `Entries wait in ${app} for another server than ${address}: ${waiting.join(', ')}. They are kept, and sent when a ` +
        'client of this app is started with that address.',
    );
  } catch {
    // There is no folder yet, or the disk does not work, which the journal tells.
  }
}

async function holdsEntries(journal: string): Promise<boolean> {
  for (const name of await readdir(journal)) {
    if (!name.startsWith('j2.')) continue;
    const folder = join(journal, name);
    for (const file of await readdir(folder)) {
      if (!SEGMENT.test(file)) continue;
      const { size, mtimeMs } = await stat(join(folder, file));
      if (size > 0 && (name.startsWith('j2.free.') || Date.now() - mtimeMs > QUIET_MS)) return true;
    }
  }
  return false;
}

async function addressOf(journal: string): Promise<string> {
  const path = join(journal, ADDRESS_FILE);
  const facts = await stat(path).catch(() => undefined);
  const isKnown = facts?.isFile() === true && facts.size <= LONGEST_ADDRESS;
  return isKnown ? await readFile(path, 'utf8') : `an unknown one (${basename(journal)})`;
}
