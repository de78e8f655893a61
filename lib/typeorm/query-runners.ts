import { runningHolder } from '../scope/scope-parts.js';
import { type HeldPart, type Hold, holdOf } from '../scope/transaction.js';

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
