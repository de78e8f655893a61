import type { SqlDatabase } from '../sql/sql.js';
import {
  type CountedCrash,
  type CountedEntry,
  type CountedEvent,
  type CountedProblem,
  type CountedRequest,
  type CountedTrace,
  type CountedView,
  NumbersBatch,
} from './batch.js';
import type { Numbers } from './numbers.js';

const ROWS_AT_A_TIME = 5000;

type OfRequest<Row> = Row & { readonly id: number; readonly request_id: number };

/** Counts what a file holds already, request by request, as if it came now. */
export function recount(numbers: Numbers, database: SqlDatabase): void {
  const rowsOf = <Row>(table: string, columns: string): RowsByRequest<Row> =>
    new RowsByRequest(database, `SELECT id, request_id, ${columns} FROM ${table}`);
  const events = rowsOf<CountedEvent>('events', 'device_id, key, count, sum, dur, timestamp');
  const views = rowsOf<CountedView>('views', 'device_id, name, visit, new_visitor, landing, duration, timestamp');
  const crashes = rowsOf<CountedCrash>('crashes', 'device_id, group_hash, timestamp');
  const traces = rowsOf<CountedTrace>('traces', 'type, name, duration, response_code, timestamp');
  const problems = rowsOf<CountedProblem>('problems', '"row", level, device_id, occurrences');
  const entries = rowsOf<CountedEntry>('entries', 'app_key, outcome, info');
  const sessions = rowsOf<object>('sessions', 'device_id');
  const requests = database.prepare<CountedRequest>(
    `SELECT id, received_at, method, path, endpoint, app_key, user_agent, remote, NULL AS sdk_name, NULL AS sdk_version, status,
            reply ->> '$.result' AS answer, outcome, entry_count FROM requests WHERE id > ? ORDER BY id LIMIT ?`,
  );
  let page = requests.all(0, ROWS_AT_A_TIME);
  while (page.length > 0) {
    for (const request of page) {
      const batch = new NumbersBatch();
      batch.request = request;
      batch.events.push(...events.upTo(request.id));
      batch.views.push(...views.upTo(request.id));
      batch.crashes.push(...crashes.upTo(request.id));
      batch.traces.push(...traces.upTo(request.id));
      batch.problems.push(...problems.upTo(request.id));
      batch.entries.push(...entries.upTo(request.id));
      batch.sessions = sessions.upTo(request.id).length;
      numbers.add(batch);
    }
    page = requests.all(page.at(-1)?.id ?? 0, ROWS_AT_A_TIME);
  }
}

/** Reads a table once, in the order it was written, which is the order of the requests. */
class RowsByRequest<Row> {
  #page: OfRequest<Row>[] = [];
  #next = 0;
  #lastId = 0;
  #atEnd = false;

  constructor(
    private readonly database: SqlDatabase,
    private readonly sql: string,
  ) {}

  upTo(requestId: number): Row[] {
    const found: Row[] = [];
    for (let row = this.#peek(); row !== undefined && row.request_id <= requestId; row = this.#peek()) {
      found.push(row);
      this.#next += 1;
    }
    return found;
  }

  #peek(): OfRequest<Row> | undefined {
    if (this.#next >= this.#page.length && !this.#atEnd) {
      const statement = this.database.prepare<OfRequest<Row>>(`${this.sql} WHERE id > ? ORDER BY id LIMIT ?`);
      this.#page = statement.all(this.#lastId, ROWS_AT_A_TIME);
      this.#next = 0;
      this.#lastId = this.#page.at(-1)?.id ?? this.#lastId;
      this.#atEnd = this.#page.length < ROWS_AT_A_TIME;
    }
    return this.#page[this.#next];
  }
}
