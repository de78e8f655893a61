import assert from 'node:assert/strict';
import { defer, lastValueFrom, type Observable, retry, throwError } from 'rxjs';
import { claimReport, layersOf, reportSequence } from '../../../lib/decorators/error-trail.js';
import { ReportErrors } from '../../../lib/decorators/report-errors.js';
import { TimedEvent } from '../../../lib/decorators/track-event.js';
import { type Cases, tick, withClient } from './harness.js';

const PREPARED = new Error('always the same object');

class Repository {
  @TimedEvent('read')
  async read(failure: unknown): Promise<never> {
    await tick();
    throw failure;
  }

  @ReportErrors()
  reuse(): never {
    throw PREPARED;
  }
}

class Service {
  readonly repository = new Repository();

  @ReportErrors()
  @ReportErrors({ segmentation: { layer: 'service' } })
  async get(failure: unknown): Promise<never> {
    return this.repository.read(failure);
  }

  @ReportErrors()
  async wrap(failure: unknown): Promise<never> {
    try {
      return await this.get(failure);
    } catch (cause) {
      throw new Error('wrapped', { cause });
    }
  }

  @ReportErrors()
  async unwrap(failure: Error): Promise<never> {
    try {
      return await this.fresh(failure);
    } catch (error) {
      throw (error as Error).cause;
    }
  }

  @ReportErrors()
  async fresh(cause: Error): Promise<never> {
    throw new Error('outside', { cause });
  }

  @ReportErrors({ when: (call) => !(call.error instanceof RangeError) })
  only(error: Error): never {
    throw error;
  }

  @ReportErrors({ when: () => false })
  async silent(failure: unknown): Promise<never> {
    return this.get(failure);
  }

  @ReportErrors()
  async throughSilent(failure: unknown): Promise<never> {
    return this.silent(failure);
  }

  @ReportErrors()
  async again(failure: unknown): Promise<never> {
    await this.swallow(failure);
    throw failure;
  }

  @ReportErrors()
  async swallow(failure: unknown): Promise<void> {
    await this.get(failure).catch(() => {});
  }

  @ReportErrors()
  stream(): Observable<never> {
    return throwError(() => 'text');
  }

  @ReportErrors()
  async failNow(failure: unknown): Promise<never> {
    throw failure;
  }

  @ReportErrors()
  reading(failure: unknown, gate: Promise<void>): Observable<never> {
    return defer(async () => {
      await gate;
      return this.failNow(failure);
    });
  }

  @ReportErrors()
  good(): void {}

  @ReportErrors()
  async afterGood(failure: unknown): Promise<never> {
    this.good();
    return this.get(failure);
  }

  @ReportErrors()
  async *pages(): AsyncGenerator<number> {
    yield 1;
    await this.get('text');
  }

  @ReportErrors()
  async allPages(): Promise<void> {
    for await (const _ of this.pages());
  }

  @ReportErrors()
  async recover(): Promise<string> {
    await this.get('first').catch(() => {});
    await this.get('second').catch(() => {});
    throw 'third';
  }
}

class Controller {
  readonly service = new Service();

  @ReportErrors()
  async handle(failure: unknown): Promise<never> {
    return this.service.wrap(failure);
  }

  @ReportErrors()
  async plain(failure: unknown): Promise<never> {
    return this.service.get(failure);
  }
}

/** Calls that ended at once for so long that the next one is expected to. */
const LONG = 1_500;

class Cache {
  readonly service = new Service();

  /** Gives what it has, or a promise. */
  @ReportErrors()
  read(failure?: unknown): unknown {
    return failure === undefined ? 1 : tick().then(() => this.service.get(failure));
  }

  @ReportErrors()
  check(failure?: unknown): void {
    if (failure !== undefined) throw failure;
  }

  @ReportErrors()
  checkAll(failure?: unknown): void {
    this.check();
    this.check(failure);
  }

  @ReportErrors()
  async checkLater(failure?: unknown): Promise<void> {
    await tick();
    this.checkAll(failure);
  }

  static longUsed(): Cache {
    const cache = new Cache();
    for (let i = 0; i < LONG; i++) {
      cache.read();
      cache.checkAll();
    }
    return cache;
  }
}

const swallow = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error);

export const cases: Cases = {
  'one report across layers, with the layers crossed so far, innermost first': () =>
    withClient(async (client) => {
      const failure = new Error('disk');
      const caught = await swallow(new Controller().handle(failure));
      assert.equal((caught as Error).cause, failure);
      const crashes = client.of('crash');
      assert.equal(crashes.length, 1);
      assert.equal(crashes[0]?.error, failure);
      assert.deepEqual(crashes[0]?.options.layers, ['Repository.read', 'Service.get']);
      assert.deepEqual(layersOf(caught), ['Repository.read', 'Service.get', 'Service.wrap', 'Controller.handle']);
    }),

  'a frozen error is reported once': () =>
    withClient(async (client) => {
      const failure = Object.freeze(new Error('frozen'));
      assert.equal(await swallow(new Controller().plain(failure)), failure);
      assert.equal(client.of('crash').length, 1);
    }),

  'primitives are reported once for each failure, also many at a time': () =>
    withClient(async (client) => {
      for (const failure of ['text', null, undefined, 7, Number.NaN]) {
        client.clear();
        const controller = new Controller();
        assert.ok(Object.is(await swallow(controller.plain(failure)), failure));
        assert.equal(client.of('crash').length, 1, String(failure));
        client.clear();
        await Promise.all(Array.from({ length: 50 }, () => swallow(controller.plain(failure))));
        assert.equal(client.of('crash').length, 50, String(failure));
      }
    }),

  'primitives caught on the way do not hide later ones': () =>
    withClient(async (client) => {
      assert.equal(await swallow(new Service().recover()), 'third');
      assert.deepEqual(
        client.of('crash').map(({ error }) => error),
        ['first', 'second', 'third'],
      );
    }),

  'a layer that does not report hands a primitive on': () =>
    withClient(async (client) => {
      assert.equal(await swallow(new Service().throughSilent('text')), 'text');
      assert.equal(client.of('crash').length, 1);
    }),

  'the same text is another failure after a layer has swallowed it': () =>
    withClient(async (client) => {
      assert.equal(await swallow(new Service().again('text')), 'text');
      assert.equal(client.of('crash').length, 2);
    }),

  'each failed subscription is a failure': () =>
    withClient(async (client) => {
      assert.equal(await swallow(lastValueFrom(new Service().stream().pipe(retry(2)))), 'text');
      assert.equal(client.of('crash').length, 3);
    }),

  'subscriptions that fail side by side are told apart': () =>
    withClient(async (client) => {
      const reading = new Service().reading('text', tick());
      await Promise.all([swallow(lastValueFrom(reading)), swallow(lastValueFrom(reading))]);
      assert.equal(client.of('crash').length, 2);
    }),

  'a call that went well before is no part of the way of a failure': () =>
    withClient(async (client) => {
      assert.equal(await swallow(new Service().afterGood('text')), 'text');
      assert.equal(client.of('crash').length, 1);
    }),

  'a method that always ended at once and goes on for the first time is one failure all the same': () =>
    withClient(async (client) => {
      const cache = Cache.longUsed();
      for (let i = 1; i <= 3; i++) {
        assert.equal(await swallow(cache.read('text') as Promise<unknown>), 'text');
        assert.equal(client.of('crash').length, i);
      }
    }),

  'methods that always end at once tell their failures apart': () =>
    withClient(async (client) => {
      const cache = Cache.longUsed();
      for (let i = 1; i <= 3; i++) {
        assert.throws(
          () => cache.checkAll('text'),
          (error) => error === 'text',
        );
        assert.equal(client.of('crash').length, i);
      }
      client.clear();
      await Promise.all(Array.from({ length: 50 }, () => swallow(cache.checkLater('text'))));
      assert.equal(client.of('crash').length, 50);
    }),

  'nothing is kept of primitives whose calls have ended': () =>
    withClient(async (client) => {
      await swallow(new Controller().plain('text'));
      await new Service().swallow('text');
      await swallow(Cache.longUsed().read('text') as Promise<unknown>);
      assert.equal(client.of('crash').length, 3);
      const state = Reflect.get(globalThis, Symbol.for('countly-weave.error-trail.3')) as {
        seen: Map<number, unknown>;
        uncarried: Set<number>;
        running: number;
      };
      assert.equal(state.seen.size, 0);
      assert.equal(state.uncarried.size, 0);
      assert.equal(state.running, 0);
    }),

  'a primitive thrown inside an async generator is reported once': () =>
    withClient(async (client) => {
      assert.equal(await swallow(new Service().allPages()), 'text');
      assert.equal(client.of('crash').length, 1);
    }),

  'the cause of a reported wrapper counts as reported': () =>
    withClient(async (client) => {
      const cause = new Error('inside');
      assert.equal(await swallow(new Service().unwrap(cause)), cause);
      assert.equal(client.of('crash').length, 1);
    }),

  'an error object that is thrown again later is another failure': () =>
    withClient((client) => {
      const repository = new Repository();
      for (let i = 0; i < 3; i++) assert.throws(() => repository.reuse(), PREPARED);
      assert.equal(client.of('crash').length, 3);
    }),

  'cyclic causes end': () =>
    withClient(async (client) => {
      const a = new Error('a');
      const b = new Error('b', { cause: a });
      a.cause = b;
      await swallow(new Controller().plain(a));
      assert.equal(client.of('crash').length, 1);
    }),

  'when decides what is worth a report': () =>
    withClient((client) => {
      const [expected, bug] = [new RangeError('expected'), new TypeError('bug')];
      for (const thrown of [expected, bug]) {
        assert.throws(
          () => new Service().only(thrown),
          (error) => error === thrown,
        );
      }
      assert.deepEqual(
        client.of('crash').map(({ error }) => error),
        [bug],
      );
    }),

  'an observer outside of the decorators claims what they left, and nothing else': () =>
    withClient(async (client) => {
      await client.run('visitor', async () => {
        const began = reportSequence();
        const scope = client.device('visitor');
        const reported = new Error('reported');
        await swallow(new Controller().plain(reported));
        assert.equal(claimReport(new Error('http', { cause: reported }), { since: began, scope }), false);
        assert.equal(claimReport(reported, { since: reportSequence(), scope }), true);
        await swallow(new Controller().plain('text'));
        assert.equal(claimReport('text', { since: began, scope }), false);
        assert.equal(claimReport('other', { since: began, scope }), true);
        assert.equal(claimReport(new Error('unseen'), { since: began, scope }), true);
      });
    }),

  'errors with hostile cause getters are contained': () =>
    withClient(async (client) => {
      const hostile = new Error('hostile');
      Object.defineProperty(hostile, 'cause', {
        get() {
          throw new Error('getter');
        },
      });
      assert.equal(await swallow(new Controller().plain(hostile)), hostile);
      assert.equal(client.of('crash').length, 1);
    }),
};
