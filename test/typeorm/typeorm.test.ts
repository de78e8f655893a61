import { createRequire } from 'node:module';
import { type DataSource, EntitySchema, DataSource as Source } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CountlyConfigError, TrackEvent } from '../../lib/index.js';
import { holdInTransactions, TransactionSubscriber } from '../../lib/typeorm/index.js';
import { isBalanced, type Recorded, recorded } from '../support/recorded.js';

interface OrderRow {
  id: number;
  total: number;
}
const Order = new EntitySchema<OrderRow>({
  name: 'order',
  columns: { id: { type: Number, primary: true, generated: true }, total: { type: Number } },
  checks: [{ expression: 'total > 0' }],
});

let test: Recorded;
let source: DataSource;
/** TypeORM on a real SQLite in memory. `libsql` has the interface of better-sqlite3 and comes prebuilt. */
const open = async (prepare: (made: DataSource) => DataSource): Promise<DataSource> => {
  const driver = createRequire(__filename)('libsql') as unknown;
  source = prepare(
    new Source({ type: 'better-sqlite3', driver, database: ':memory:', entities: [Order], synchronize: true }),
  );
  return source.initialize();
};
beforeEach(() => {
  test = recorded();
});
afterEach(async () => {
  if (source.isInitialized) await source.destroy();
  await test.close();
});

const keys = async () => (await test.events()).map(({ key }) => key);
const rows = async () => (await source.manager.find(Order)).map(({ total }) => total);
const inScope = <T>(work: () => T): T => test.client.run({ deviceId: 'v' }, work);

class Orders {
  constructor(private readonly source: DataSource) {}

  @TrackEvent('placed', { sum: (call) => call.args[0] })
  async place(total: number, manager = this.source.manager): Promise<void> {
    await manager.insert(Order, { total });
  }

  @TrackEvent('confirmed', { on: 'commit' })
  confirm(): void {}
}

describe('a data source that is followed', () => {
  it('lets leave what is recorded in a transaction when the rows are there, and not before', async () => {
    await open((made) => holdInTransactions(made));
    await source.transaction(async (manager) => {
      await new Orders(source).place(5, manager);
      new Orders(source).confirm();
      expect(test.client.stats()).toMatchObject({ accepted: 0, held: 2 });
    });
    expect([await rows(), await keys()]).toEqual([[5], ['placed', 'confirmed']]);
  });

  it('drops it when the transaction fails in the database', async () => {
    await open((made) => holdInTransactions(made));
    const ended = source.transaction(async (manager) => {
      await new Orders(source).place(5, manager);
      await new Orders(source).place(-5, manager);
    });
    await expect(ended).rejects.toThrow(/CHECK/);
    expect([await rows(), await keys()]).toEqual([[], []]);
    expect(test.client.stats()).toMatchObject({ held: 0, dropped: { rolled_back: 1 } });
    expect(isBalanced(test.client)).toBe(true);
  });

  it('a savepoint that fails takes its own records alone', async () => {
    await open((made) => holdInTransactions(made));
    await source.transaction(async (manager) => {
      await new Orders(source).place(1, manager);
      await manager
        .transaction(async (nested) => {
          await new Orders(source).place(2, nested);
          throw new Error('changed my mind');
        })
        .catch(() => {});
      await manager.transaction(async (nested) => new Orders(source).place(3, nested));
    });
    expect([await rows(), await keys()]).toEqual([
      [1, 3],
      ['placed', 'placed'],
    ]);
    expect(test.client.stats().dropped).toEqual({ rolled_back: 1 });
  });

  it('follows query runners for what the running scope records, once however often it is asked to', async () => {
    await open((made) => holdInTransactions(holdInTransactions(made)));
    for (const end of ['commitTransaction', 'rollbackTransaction', 'release'] as const) {
      await inScope(async () => {
        const runner = source.createQueryRunner();
        await runner.startTransaction();
        await runner.manager.insert(Order, { total: 1 });
        test.client.addEvent(end);
        test.client.device('w').addEvent(`somebody else, ${end}`);
        if (end === 'release') await source.query('ROLLBACK');
        else await runner[end]();
        await runner.release();
        test.client.addEvent(`after ${end}`);
      });
    }
    expect((await keys()).filter((key) => !key.startsWith('somebody'))).toEqual([
      'commitTransaction',
      'after commitTransaction',
      'after rollbackTransaction',
      'after release',
    ]);
    expect(test.client.stats()).toMatchObject({ held: 0, dropped: { rolled_back: 2 } });
  });

  it('holds nothing of what the same request does beside a transaction', async () => {
    await open((made) => holdInTransactions(made));
    await inScope(async () => {
      const transaction = source.transaction(async (manager) => {
        await new Orders(source).place(5, manager);
        await new Promise((resolve) => setTimeout(resolve, 5));
        throw new Error('no');
      });
      test.client.addEvent('beside');
      await transaction.catch(() => {});
    });
    expect(await keys()).toEqual(['beside']);
  });

  it('holds marked records alone when it is told so', async () => {
    await open((made) => holdInTransactions(made, { holds: 'commit' }));
    const ended = source.transaction(async (manager) => {
      await new Orders(source).place(5, manager);
      new Orders(source).confirm();
      throw new Error('no');
    });
    await expect(ended).rejects.toThrow('no');
    expect(await keys()).toEqual(['placed']);
    expect(test.client.stats().dropped).toEqual({ rolled_back: 1 });
  });

  it('is refused when it is none, and so are wrong options', () => {
    expect(() => holdInTransactions({} as never)).toThrow(/dataSource: expected TypeORM's DataSource, got an object/);
    expect(() => holdInTransactions(undefined as never)).toThrow(CountlyConfigError);
    expect(() => new TransactionSubscriber({ holds: 'marked' as never })).toThrow(/holds: expected "all" or "commit"/);
    expect(() => new TransactionSubscriber({ hold: 'all' } as never)).toThrow(/did you mean "holds"/);
  });
});

describe('a subscriber', () => {
  it('holds what the running scope records between start and end of a transaction', async () => {
    await open((made) => made);
    source.subscribers.push(new TransactionSubscriber());
    await inScope(() => source.transaction(async (manager) => new Orders(source).place(5, manager)));
    const failed = inScope(() =>
      source.transaction(async (manager) => {
        await new Orders(source).place(6, manager);
        throw new Error('no');
      }),
    );
    await expect(failed).rejects.toThrow('no');
    expect([await rows(), await keys()]).toEqual([[5], ['placed']]);
    expect(test.client.stats()).toMatchObject({ held: 0, dropped: { rolled_back: 1 } });
  });
});
