// `countly-weave/typeorm`. This list is the public API.

export {
  type DataSourceLike,
  type EntityManagerLike,
  holdInTransactions,
} from './data-source.js';
export {
  type QueryRunnerLike,
  type TransactionEventLike,
  type TransactionOptions,
  TransactionSubscriber,
} from './query-runners.js';
