import { heldPart } from '../scope/transaction.js';
import type { TransactionOptions } from './data-source.js';
import { QueryRunnerHolds } from './query-runners.js';

/** What TypeORM tells its subscribers of a transaction. */
export interface TransactionEventLike {
  /** Whose transaction it is. */
  readonly queryRunner: object;
}

/**
 * The same as a subscriber of TypeORM, for a `DataSource` that must stay as it is: holds what the running scope records
 * between the start and the end of a transaction. Outside of a scope nothing is held.
 *
 * @example
 * ```ts
 * import { TransactionSubscriber } from 'countly-weave/typeorm';
 * import { DataSource } from 'typeorm';
 *
 * const dataSource = new DataSource({ type: 'postgres', database: 'shop' });
 * await dataSource.initialize();
 * dataSource.subscribers.push(new TransactionSubscriber());
 * ```
 */
export class TransactionSubscriber {
  readonly #runners: QueryRunnerHolds;

  /** @throws CountlyConfigError for a wrong option */
  constructor(options: TransactionOptions = {}) {
    this.#runners = new QueryRunnerHolds(heldPart(options));
  }

  /** Called by TypeORM. */
  afterTransactionStart({ queryRunner }: TransactionEventLike): void {
    this.#runners.started(queryRunner);
  }

  /** Called by TypeORM. */
  afterTransactionCommit({ queryRunner }: TransactionEventLike): void {
    this.#runners.committed(queryRunner);
  }

  /** Called by TypeORM. */
  afterTransactionRollback({ queryRunner }: TransactionEventLike): void {
    this.#runners.rolledBack(queryRunner);
  }
}
