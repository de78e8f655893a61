import type { SqlDatabase } from '../sql/sql.js';
import type { OfferedMethod } from './offer.js';

/** A row of `methods`. */
export interface MethodRow {
  readonly id: number;
  readonly identity: string;
  readonly class_name: string;
  readonly method_name: string;
  readonly is_static: number;
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
  /** JSON. */
  readonly decorators: string;
}

/** Beyond it no further methods are taken; no program has so many. */
const MOST_METHODS = 20_000;

/** The same method of every process is one row. */
export class MethodTable {
  #count: number;

  constructor(private readonly database: SqlDatabase) {
    this.#count = this.all().length;
  }

  all(): MethodRow[] {
    return this.database.prepare<MethodRow>('SELECT * FROM methods ORDER BY class_name, method_name, id').all();
  }

  find(id: number): MethodRow | undefined {
    return this.database.prepare<MethodRow>('SELECT * FROM methods WHERE id = ?').first(id);
  }

  /** Its id, new or known; `undefined` when there are too many. */
  idOf(method: OfferedMethod): number | undefined {
    const { className, methodName, isStatic, file, line, column } = method;
    const identity = JSON.stringify([className, methodName, isStatic, file]);
    const known = this.database.prepare<{ id: number }>('SELECT id FROM methods WHERE identity = ?').first(identity);
    const decorators = JSON.stringify(method.decorators);
    if (known !== undefined) {
      const update = 'UPDATE methods SET line = ?, "column" = ?, decorators = ? WHERE id = ?';
      this.database.prepare(update).run(line, column, decorators, known.id);
      return known.id;
    }
    if (this.#count >= MOST_METHODS) return undefined;
    this.#count += 1;
    return this.database
      .prepare(
        'INSERT INTO methods (identity, class_name, method_name, is_static, file, line, "column", decorators) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      )
      .run(identity, className, methodName, isStatic, file, line, column, decorators);
  }
}

export function labelOf({ class_name: name, method_name: method }: MethodRow): string {
  return name === '' ? method : `${name}.${method}`;
}
