import { holdInTransactions, type TransactionalAdapterLike } from 'countly-weave/nestjs-cls';

export const held = <Adapter extends TransactionalAdapterLike>(adapter: Adapter): Adapter =>
  holdInTransactions(adapter, { holds: 'all' });

// @ts-expect-error an adapter has a factory: the declarations were found and are strict
holdInTransactions({});
