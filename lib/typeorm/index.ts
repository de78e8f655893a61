// `countly-weave/typeorm`. This list is the public API.

export {
  type DataSourceLike,
  type EntityManagerLike,
  holdInTransactions,
  type TransactionOptions,
} from './data-source.js';
export type { QueryRunnerLike } from './query-runners.js';
export { type TransactionEventLike, TransactionSubscriber } from './transaction-subscriber.js';
