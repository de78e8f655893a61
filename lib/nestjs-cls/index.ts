// `countly-weave/nestjs-cls`. This list is the public API.

export { type ClsTransactionOptions, holdInTransactions, type TransactionalAdapterLike } from './adapter.js';
