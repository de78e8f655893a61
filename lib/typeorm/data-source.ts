import { described, isObject } from '../check.js';
import { CountlyConfigError } from '../errors.js';
import { runningHolder } from '../scope/scope-parts.js';
import { type HeldPart, heldPart, inTransaction } from '../scope/transaction.js';
import { QueryRunnerHolds, type QueryRunnerLike, type TransactionOptions } from './query-runners.js';

/** The part of an entity manager that is used. */
export interface EntityManagerLike {
  /** Runs a function in a transaction. */
  transaction(...args: never[]): Promise<unknown>;
}

/** The part of TypeORM's `DataSource` that is used; this library does not import TypeORM. */
export interface DataSourceLike {
  /** Its own entity manager. */
  readonly manager: EntityManagerLike;
  /** Makes a query runner. */
  createQueryRunner(...args: never[]): QueryRunnerLike;
  /** Makes an entity manager. */
  createEntityManager(...args: never[]): EntityManagerLike;
}

const followed = new WeakSet<object>();

/**
 * Holds what is recorded in the transactions of a TypeORM `DataSource` until they are committed, and drops it when they are
 * rolled back. A transaction within one (a savepoint) that fails takes its own records alone.
 *
 * Transactions of `dataSource.transaction` and `manager.transaction` are followed wherever they run; those of a query runner
 * (`startTransaction` … `commitTransaction`) for what the running scope records, so outside of a scope nothing is held.
 *
 * @param dataSource - it is changed, once; before or after `initialize`
 * @param options - see {@link TransactionOptions}
 * @returns the same data source
 * @throws CountlyConfigError when it is no data source, or for a wrong option
 *
 * @example
 * ```ts
 * import { TrackEvent } from 'countly-weave';
 * import { holdInTransactions } from 'countly-weave/typeorm';
 * import { DataSource } from 'typeorm';
 *
 * const dataSource = holdInTransactions(new DataSource({ type: 'postgres', database: 'shop' }));
 *
 * class Orders {
 *   @TrackEvent('order_placed')
 *   async place(): Promise<void> {}
 * }
 * await dataSource.transaction(async () => new Orders().place());
 * ```
 */
export function holdInTransactions<Source extends DataSourceLike>(
  dataSource: Source,
  options: TransactionOptions = {},
): Source {
  const methods = ['createQueryRunner', 'createEntityManager'] as const;
  const isOne = isObject(dataSource) && methods.every((name) => typeof dataSource[name] === 'function');
  const expected = "TypeORM's DataSource";
  if (!isOne) throw new CountlyConfigError([{ option: 'dataSource', expected, actual: described(dataSource) }]);
  const holds = heldPart(options);
  if (followed.has(dataSource)) return dataSource;
  followed.add(dataSource);
  const runners = new QueryRunnerHolds(holds);
  const { createQueryRunner, createEntityManager } = dataSource;
  surround(dataSource.manager, holds, runners);
  override(dataSource, 'createEntityManager', (...args: never[]) =>
    surround(Reflect.apply(createEntityManager, dataSource, args), holds, runners),
  );
  override(dataSource, 'createQueryRunner', (...args: never[]) => {
    const runner = Reflect.apply(createQueryRunner, dataSource, args);
    runners.follow(runner);
    return runner;
  });
  return dataSource;
}

function surround<Manager extends EntityManagerLike>(
  manager: Manager,
  holds: HeldPart,
  runners: QueryRunnerHolds,
): Manager {
  const { transaction } = manager;
  const run = (args: never[]): Promise<unknown> => {
    runners.surrounded = true;
    try {
      return Reflect.apply(transaction, manager, args);
    } finally {
      runners.surrounded = false;
    }
  };
  override(manager, 'transaction', (...args: never[]) => inTransaction(() => run(args), runningHolder(), holds));
  return manager;
}

function override<Target extends object>(target: Target, name: keyof Target, value: unknown): void {
  Object.defineProperty(target, name, { value, writable: true, configurable: true });
}
