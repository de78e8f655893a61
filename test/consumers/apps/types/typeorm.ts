import { type DataSourceLike, holdInTransactions, TransactionSubscriber } from 'countly-weave/typeorm';

export const follow = <Source extends DataSourceLike>(source: Source): Source => holdInTransactions(source);
export const subscriber = new TransactionSubscriber({ holds: 'commit' });

// @ts-expect-error a data source has managers: the declarations were found and are strict
holdInTransactions({});
