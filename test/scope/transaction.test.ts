import { afterEach, describe, expect, it } from 'vitest';
import { TrackEvent, UserData } from '../../lib/index.js';
import { inTransaction } from '../../lib/scope/transaction.js';
import { isBalanced, type Recorded, recorded } from '../support/recorded.js';

let test: Recorded;
const start = (options: Parameters<typeof recorded>[0] = {}): Recorded => {
  test = recorded(options);
  return test;
};
afterEach(() => test.close());

const pause = () => new Promise<void>((resolve) => setImmediate(resolve));
const keys = async () => (await test.events()).map(({ key }) => key);
const dropped = () => test.client.stats().dropped;
const failing = async (work = (): void => {}): Promise<never> => {
  work();
  await pause();
  throw new Error('deadlock');
};

/** The layers of an application; none of them knows of the transaction. */
class Orders {
  @TrackEvent('order_stored')
  async store(): Promise<void> {
    await pause();
    await new Stock().reserve();
  }
}
class Stock {
  @TrackEvent('reserved')
  @UserData((user) => user.increment('orders'))
  async reserve(): Promise<void> {
    await pause();
    test.client.addEvent('by hand');
  }
}

describe('a transaction', () => {
  it('holds what all layers record in it, and lets it leave when it ends well', async () => {
    const { client } = start();
    const result = {};
    const ended = client.run({ deviceId: 'v' }, () =>
      client.transaction(async () => {
        await new Orders().store();
        expect(client.stats()).toMatchObject({ accepted: 0, held: 4 });
        return result;
      }),
    );
    expect(await ended).toBe(result);
    expect(client.stats()).toMatchObject({ held: 0, dropped: {} });
    expect((await keys()).sort()).toEqual(['by hand', 'order_stored', 'reserved']);
    expect(await test.requests('user_details')).toEqual([{ custom: { orders: { $inc: 1 } } }]);
  });

  it('drops it, counted as rolled back, when it fails, and gives the same failure on', async () => {
    const { client } = start();
    const failure = new Error('deadlock');
    const ended = client.transaction(async () => {
      await new Orders().store();
      throw failure;
    });
    await expect(ended).rejects.toBe(failure);
    expect(await keys()).toEqual([]);
    expect(dropped()).toEqual({ rolled_back: 4 });
    expect(client.stats()).toMatchObject({ accepted: 4, held: 0 });
    expect(isBalanced(client)).toBe(true);
    expect(await test.requests('user_details')).toEqual([]);
  });

  it('is synchronous for synchronous work', async () => {
    const { client } = start();
    const five = client.transaction(() => {
      client.addEvent('a');
      return 5;
    });
    expect(five).toBe(5);
    const failure = Object.freeze(new Error('no'));
    const fail = () =>
      client.transaction(() => {
        client.addEvent('b');
        throw failure;
      });
    expect(fail).toThrow(failure);
    expect(await keys()).toEqual(['a']);
    expect(dropped()).toEqual({ rolled_back: 1 });
  });

  it('can be given up without an error', async () => {
    const { client } = start();
    client.transaction((hold) => {
      client.addEvent('a');
      hold.rollback();
    });
    expect(await keys()).toEqual([]);
    expect(dropped()).toEqual({ rolled_back: 1 });
  });

  it('starts a lazy query once, inside', async () => {
    const { client } = start();
    let started = 0;
    const query = {
      // biome-ignore lint/suspicious/noThenProperty: a lazy query is a thenable
      then<Next>(resolve: (rows: number) => Next): Promise<Next> {
        client.addEvent(`query ${++started}`);
        return Promise.resolve(1).then(resolve);
      },
    };
    const ended = client.transaction(() => query as PromiseLike<number>);
    expect(client.stats()).toMatchObject({ held: 1, accepted: 0 });
    expect(await ended).toBe(1);
    expect(await keys()).toEqual(['query 1']);
  });

  it('keeps the time at which things happened', async () => {
    const { client, clock } = start();
    const at = clock.now();
    await client.transaction(async () => {
      client.addEvent('a');
      clock.advance(5000);
    });
    expect(await test.events()).toMatchObject([{ key: 'a', timestamp: at }]);
  });

  it('is told apart from others that run at the same time', async () => {
    const { client } = start();
    const one = (name: string, fails: boolean) =>
      client.run({ deviceId: name }, () =>
        client.transaction(async () => {
          await pause();
          client.addEvent(name);
          if (fails) await failing();
        }),
      );
    await Promise.allSettled([one('a', false), one('b', true), one('c', false)]);
    client.addEvent('outside');
    expect((await keys()).sort()).toEqual(['a', 'c', 'outside']);
    expect(dropped()).toEqual({ rolled_back: 1 });
  });

  it('holds what other clients record in it as well', async () => {
    const { client } = start();
    const other = recorded({ name: 'billing' });
    await client.transaction(async () => other.client.addEvent('billed'));
    await client.transaction(() => failing(() => other.client.addEvent('never'))).catch(() => {});
    expect((await other.events()).map(({ key }) => key)).toEqual(['billed']);
    expect(other.client.stats().dropped).toEqual({ rolled_back: 1 });
    await other.close();
  });

  it('refuses what is no function', () => {
    const { client } = start();
    for (const wrong of [undefined, 'work', Promise.resolve()]) {
      expect(() => client.transaction(wrong as never)).toThrow(/^transaction: expected fn to be a function, got /);
    }
  });
});

describe('transactions within one another', () => {
  it('leave together, when the outermost has ended well', async () => {
    const { client } = start();
    await client.transaction(async () => {
      await client.transaction(async () => client.addEvent('inner'));
      expect(client.stats()).toMatchObject({ held: 1, accepted: 0 });
      client.addEvent('outer');
    });
    expect(await keys()).toEqual(['inner', 'outer']);
  });

  it('are all dropped when the outermost fails', async () => {
    const { client } = start();
    const ended = client.transaction(async () => {
      await client.transaction(async () => client.transaction(() => client.addEvent('innermost')));
      return failing();
    });
    await expect(ended).rejects.toThrow('deadlock');
    expect(await keys()).toEqual([]);
    expect(dropped()).toEqual({ rolled_back: 1 });
  });

  it('an inner one that fails takes its own entries alone', async () => {
    const { client } = start();
    await client.transaction(async () => {
      client.addEvent('before');
      await client
        .transaction(async () => {
          client.addEvent('attempt');
          return failing();
        })
        .catch(() => {});
      client.addEvent('after');
    });
    expect(await keys()).toEqual(['before', 'after']);
    expect(dropped()).toEqual({ rolled_back: 1 });
  });

  it('one that holds marked records alone lets the others wait for the transaction around it', async () => {
    const { client } = start();
    const done = client.transaction(async () => {
      await inTransaction(async () => client.addEvent('plain'), undefined, 'commit');
      expect(client.stats()).toMatchObject({ held: 1 });
      await inTransaction(() => failing(() => client.addEvent('kept')), undefined, 'commit').catch(() => {});
    });
    await done;
    expect(await keys()).toEqual(['plain', 'kept']);
  });
});

describe('work that goes on after the end', () => {
  it('records as ever after a commit, and nothing after a rollback', async () => {
    const { client } = start();
    let late = Promise.resolve();
    const goOn = async (key: string): Promise<void> => {
      await pause();
      await pause();
      client.addEvent(key);
    };
    await client.transaction(async () => {
      late = goOn('after commit');
    });
    await late;
    await client
      .transaction(async () => {
        late = goOn('after rollback');
        throw new Error('no');
      })
      .catch(() => {});
    await late;
    expect(await keys()).toEqual(['after commit']);
    expect(dropped()).toEqual({ rolled_back: 1 });
  });
});

describe('what happened all the same', () => {
  it('leaves at once: crashes, traces, views, sessions, consent and ids', async () => {
    const { client } = start({
      requireConsent: true,
      consent: ['crashes', 'apm', 'views', 'sessions', 'events', 'users'],
    });
    await client
      .transaction(async () => {
        client.beginSession();
        client.trackView('page');
        client.logError(new Error('deadlock'));
        client.reportTrace({ type: 'device', name: 'work', startedAt: 1_700_000_000_000, durationMs: 5 });
        client.removeConsent('apm');
        client.addEvent('order');
        client.userDetails({ name: 'ann' });
        return failing();
      })
      .catch(() => {});
    const sent = (await test.sent()).flatMap(({ parameters }) => Object.keys(parameters));
    expect(sent).toEqual(expect.arrayContaining(['begin_session', 'events', 'crash', 'consent']));
    expect(sent).not.toContain('user_details');
    expect(dropped()).toMatchObject({ rolled_back: 2 });
    expect(isBalanced(client)).toBe(true);
  });

  it('leaves what was said of the person before the transaction', async () => {
    const { client } = start();
    client.userData.set('plan', 'pro');
    await client
      .transaction(async () => {
        client.addEvent('order');
        client.userData.set('plan', 'none');
        client.userData.save();
        return failing();
      })
      .catch(() => {});
    await client.flush();
    expect(await test.requests('user_details')).toEqual([{ custom: { plan: 'pro' } }]);
  });
});

describe('between recording and the end', () => {
  it('consent that is withdrawn takes what is held with it', async () => {
    const { client } = start({ requireConsent: true, consent: ['events', 'users'] });
    await client.transaction(async () => {
      client.addEvent('a');
      client.userData.set('b', 1);
      client.removeConsent('events');
      client.giveConsent('events');
      client.removeConsent('users');
    });
    expect(await keys()).toEqual([]);
    expect(dropped()).toEqual({ consent: 2 });
    expect(isBalanced(client)).toBe(true);
  });

  it('a login that merges ids takes what is held along; one that does not leaves it with the person before', async () => {
    const { client } = start();
    for (const merge of [true, false]) {
      client.run({ deviceId: `anonymous-${merge}` }, () =>
        client.transaction(() => {
          client.addEvent(`before-${merge}`);
          client.changeId(`user-${merge}`, { merge });
        }),
      );
    }
    const owners = (await test.sent()).flatMap(({ deviceId, events }) => events.map(({ key }) => [key, deviceId]));
    expect(owners).toEqual(
      expect.arrayContaining([
        ['before-true', 'user-true'],
        ['before-false', 'anonymous-false'],
      ]),
    );
  });

  it('a client that closes meanwhile counts what comes too late', async () => {
    const { client } = start();
    await client.transaction(async () => {
      client.addEvent('a');
      await client.close();
    });
    expect(dropped()).toEqual({ closed: 1 });
  });

  it('no more is held than fits: the oldest gives way, whichever transaction it is of, and that is said', async () => {
    const { client, warnings } = start({ maxQueuedEntries: 100 });
    const forgotten = client.device('v').hold();
    const scope = client.device('w');
    client.device('v');
    const hold = scope.hold();
    for (let i = 0; i < 150; i++) scope.addEvent(`e${i}`);
    expect(client.stats()).toMatchObject({ held: 100, dropped: { overflow: 50 } });
    expect(warnings.join()).toContain('More entries wait for the end of a transaction than fit');
    hold.commit();
    forgotten.rollback();
    expect((await keys())[0]).toBe('e50');
    expect(isBalanced(client)).toBe(true);
  });
});

describe('a hold', () => {
  it('holds what its scope records until it is committed or rolled back', async () => {
    const { client } = start();
    const scope = client.device('v');
    const hold = scope.hold();
    scope.addEvent('a');
    client.device('w').addEvent('of somebody else');
    expect(client.stats()).toMatchObject({ held: 1, accepted: 1 });
    hold.commit();
    hold.rollback();
    scope.addEvent('after');
    const other = scope.hold();
    scope.addEvent('b');
    other.rollback();
    scope.addEvent('at last');
    expect((await keys()).sort()).toEqual(['a', 'after', 'at last', 'of somebody else']);
    expect(dropped()).toEqual({ rolled_back: 1 });
  });

  it('of the scope that runs holds what decorated methods record in it', async () => {
    const { client } = start();
    await client.run({ deviceId: 'v' }, async () => {
      const hold = client.hold();
      await new Orders().store();
      expect(client.stats()).toMatchObject({ held: 4, accepted: 0 });
      hold.rollback();
    });
    expect(await keys()).toEqual([]);
  });

  it('within another waits for the end of that one, in whatever order they end', async () => {
    const { client } = start();
    const scope = client.device('v');
    const outer = scope.hold();
    const inner = scope.hold();
    scope.addEvent('a');
    inner.commit();
    expect(client.stats()).toMatchObject({ held: 1 });
    const late = scope.hold();
    scope.addEvent('b');
    outer.commit();
    expect(await keys()).toEqual(['a']);
    late.commit();
    expect((await keys()).sort()).toEqual(['a', 'b']);
  });
});
