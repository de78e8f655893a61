import type { Entry, Recovered, Room, SealedRequest, Storage, StorageStats } from 'countly-weave';

/** What better-sqlite3, libsql and Node's own node:sqlite have in common. */
export interface Database {
  exec(sql: string): unknown;
  prepare(sql: string): { run(...values: unknown[]): unknown; all(...values: unknown[]): unknown[] };
}

/** A row is an entry that waits, or a sealed request under the id of its first entry. */
export class SqliteStorage implements Storage {
  readonly #run = String(Math.random()); // tells our rows from those that an earlier process left
  #readUpTo = 0;
  #closed = false;
  constructor(private readonly database: Database) {
    database.exec('CREATE TABLE IF NOT EXISTS waiting (id INTEGER PRIMARY KEY, run TEXT, content TEXT)');
  }

  open = (): void => {};
  append = (entry: Entry): void => this.#write([entry], entry);
  seal = (request: SealedRequest): void => this.#write(request.entries, request);
  settle = (entries: readonly Entry[]): void => this.#write(entries);

  async recover(room: Room): Promise<Recovered> {
    const [entries, sealed] = [[] as Entry[], [] as SealedRequest[]];
    let [most, bytes] = [room.entries, room.bytes];
    const rows = this.database.prepare('SELECT * FROM waiting WHERE run <> ? AND id > ? ORDER BY id LIMIT ?');
    for (const row of this.#closed ? [] : rows.all(this.#run, this.#readUpTo, most + 1)) {
      const { id, content } = row as { id: number; content: string };
      const item = JSON.parse(content) as Entry | SealedRequest;
      most -= 'entries' in item ? item.entries.length : 1;
      bytes -= content.length;
      if ((most < 0 || bytes < 0) && entries.length + sealed.length > 0) return { entries, sealed, nextId: id };
      if ('entries' in item) sealed.push(item);
      else entries.push(item);
      this.#readUpTo = id;
    }
    return { entries, sealed };
  }
  commit = async (): Promise<void> => {};
  commitSync = (): void => {};
  async close(): Promise<void> {
    this.#closed = true;
  }
  stats = (): StorageStats => ({ bytesWritten: 0 }); // SQLite does not say
  /** One row in the place of others, or nothing of it. */
  #write(gone: readonly Entry[], item?: Entry | SealedRequest): void {
    if (this.#closed) return;
    const ids = JSON.stringify(gone.map(({ id }) => id));
    this.database.exec('BEGIN');
    try {
      this.database.prepare('DELETE FROM waiting WHERE id IN (SELECT value FROM json_each(?))').run(ids);
      const insert = this.database.prepare('INSERT INTO waiting VALUES (?, ?, ?)');
      if (item !== undefined) insert.run(gone[0]?.id, this.#run, JSON.stringify(item));
      this.database.exec('COMMIT');
    } catch (error) {
      this.database.exec('ROLLBACK');
      throw error;
    }
  }
}
