import { described, isObject } from '../check.js';
import { CountlyConfigError } from '../errors.js';
import { runningHolder } from '../scope/scope-parts.js';
import { heldPart, inTransaction } from '../scope/transaction.js';

/** Options of the adapter. */
export interface ClsTransactionOptions {
  /**
   * What is held: everything that `countly.transaction` holds, or what decorators mark with `on: 'commit'` alone.
   * @default 'all'
   */
  readonly holds?: 'all' | 'commit';
}

/** The part of an adapter of `@nestjs-cls/transactional` that is used; this library does not import it. */
export interface TransactionalAdapterLike {
  /** Makes the functions that surround a transaction. */
  optionsFactory(...args: never[]): object;
}

type Wrap = (...args: unknown[]) => Promise<unknown>;
const WRAPS = ['wrapWithTransaction', 'wrapWithNestedTransaction'] as const;

/**
 * Holds what is recorded in the transactions of `@nestjs-cls/transactional` – `@Transactional()` and
 * `transactionHost.withTransaction` – until they are committed, and drops it when they are rolled back.
 *
 * @param adapter - of whatever database; it stays as it is
 * @param options - see {@link ClsTransactionOptions}
 * @returns the adapter to give to `ClsPluginTransactional`
 * @throws CountlyConfigError when it is no adapter, or for a wrong option
 *
 * @example
 * ```ts
 * import { ClsPluginTransactional, type TransactionalAdapter } from '@nestjs-cls/transactional';
 * import { holdInTransactions } from 'countly-weave/nestjs-cls';
 * import { ClsModule } from 'nestjs-cls';
 *
 * declare const adapter: TransactionalAdapter<unknown, unknown, unknown>;
 * ClsModule.forRoot({ plugins: [new ClsPluginTransactional({ adapter: holdInTransactions(adapter) })] });
 * ```
 */
export function holdInTransactions<Adapter extends TransactionalAdapterLike>(
  adapter: Adapter,
  options: ClsTransactionOptions = {},
): Adapter {
  if (!isObject(adapter) || typeof adapter.optionsFactory !== 'function') {
    const expected = 'an adapter of @nestjs-cls/transactional';
    throw new CountlyConfigError([{ option: 'adapter', expected, actual: described(adapter) }]);
  }
  const holds = heldPart(options);
  const optionsFactory = (...args: never[]): object => {
    const made = Reflect.apply(adapter.optionsFactory, adapter, args) as Record<string, unknown>;
    const surrounded = WRAPS.flatMap((name) => {
      const wrap = made[name] as Wrap | undefined;
      if (wrap === undefined) return [];
      const held: Wrap = (...given) => inTransaction(() => Reflect.apply(wrap, made, given), runningHolder(), holds);
      return [[name, held] as const];
    });
    return Object.assign(Object.create(made) as object, Object.fromEntries(surrounded));
  };
  // Hooks of the adapter's own, such as `onModuleInit`, work on the adapter and not on this.
  return new Proxy(adapter, {
    get(target, key) {
      if (key === 'optionsFactory') return optionsFactory;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' && key !== 'constructor' ? value.bind(target) : value;
    },
  });
}
