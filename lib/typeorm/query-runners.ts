import { runningHolder } from '../scope/scope-parts.js';
import { type HeldPart, type Hold, heldPart, holdOf } from '../scope/transaction.js';

/** Options of the adapters. */
export interface TransactionOptions {
  /**
   * What is held: everything that `countly.transaction` holds, or what decorators mark with `on: 'commit'` alone.
   * @default 'all'
   */
  readonly holds?: 'all' | 'commit';
}

/** The part of a query runner that is used: transactions that no function surrounds. */
export interface QueryRunnerLike {
  /** Begins a transaction, or a savepoint in one. */
  startTransaction(...args: never[]): Promise<void>;
  /** Ends it well. */
  commitTransaction(): Promise<void>;
  /** Takes it back. */
  rollbackTransaction(): Promise<void>;
  /** Gives the connection back. */
  release(): Promise<void>;
}

/** The transactions that query runners have open, each with a hold of the scope that ran when it began. */
export class QueryRunnerHolds {
  readonly #open = new WeakMap<object, (Hold | undefined)[]>();
  /** A function that surrounds its transaction begins it now, in this very turn: it holds by itself. */
  surrounded = false;

  constructor(private readonly holds: HeldPart) {}

  /** A transaction, or a savepoint in one, has begun. Outside of a scope nothing is held: it would be everybody's. */
  started(runner: object, surrounded = false): void {
    const holder = surrounded ? undefined : runningHolder();
    const open = this.#open.get(runner) ?? [];
    this.#open.set(runner, open);
    open.push(holder && holdOf(holder, this.holds));
  }

  committed(runner: object): void {
    this.#open.get(runner)?.pop()?.commit();
  }

  rolledBack(runner: object): void {
    this.#open.get(runner)?.pop()?.rollback();
  }

  /** What was neither committed nor rolled back is over. */
  released(runner: object): void {
    for (const hold of this.#open.get(runner)?.splice(0).reverse() ?? []) hold?.rollback();
  }

  /** Follows what is done with a query runner, after it was done. */
  follow(runner: QueryRunnerLike): void {
    const start = runner.startTransaction as (...args: unknown[]) => Promise<void>;
    const followed = async (...args: unknown[]): Promise<void> => {
      const { surrounded } = this;
      this.surrounded = false;
      await Reflect.apply(start, runner, args);
      this.started(runner, surrounded);
    };
    Object.defineProperty(runner, 'startTransaction', { value: followed, writable: true, configurable: true });
    after(runner, 'commitTransaction', () => this.committed(runner));
    after(runner, 'rollbackTransaction', () => this.rolledBack(runner));
    after(runner, 'release', () => this.released(runner));
  }
}

function after(runner: QueryRunnerLike, name: keyof QueryRunnerLike, told: () => unknown): void {
  const original = runner[name] as (...args: unknown[]) => Promise<void>;
  const followed = async (...args: unknown[]): Promise<void> => {
    await Reflect.apply(original, runner, args);
    told();
  };
  Object.defineProperty(runner, name, { value: followed, writable: true, configurable: true });
}

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
