import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import {
  BehaviorSubject,
  firstValueFrom,
  isObservable,
  lastValueFrom,
  map,
  Observable,
  of,
  range,
  retry,
  take,
  throwError,
} from 'rxjs';
import { ReportErrors } from '../../../lib/decorators/report-errors.js';
import { TimedEvent } from '../../../lib/decorators/track-event.js';
import { TrackView } from '../../../lib/decorators/track-view.js';
import { type Cases, tick, withClient } from './harness.js';

class Streams {
  torndown = 0;
  readonly subject = new BehaviorSubject(4);
  readonly stored = (function* () {
    yield 1;
    yield 2;
  })();

  @TimedEvent('numbers')
  numbers(): Observable<number> {
    return new Observable<number>((subscriber) => {
      let n = 0;
      const timer = setInterval(() => subscriber.next(n++), 2);
      return () => {
        clearInterval(timer);
        this.torndown++;
      };
    });
  }
  @TimedEvent('endless')
  endless(): Observable<number> {
    return range(1, Number.POSITIVE_INFINITY);
  }
  @TimedEvent('state')
  state(): BehaviorSubject<number> {
    return this.subject;
  }
  @TimedEvent('broken', { on: 'error' })
  @ReportErrors()
  broken(): Observable<never> {
    return throwError(() => new Error('stream'));
  }
  @TimedEvent('last', { segmentation: (call) => ({ last: call.result }) })
  last(): Observable<number> {
    return of(1, 2, 3);
  }
  @TimedEvent('viewed')
  @TrackView('Page', { duration: 'method' })
  viewed(): Observable<number> {
    return of(1);
  }
  @TimedEvent('counting', { segmentation: (call) => ({ result: call.result }) })
  *counting(): Generator<number, string, undefined> {
    yield 1;
    yield 2;
    return 'done';
  }
  @TimedEvent('same')
  same(): Generator<number> {
    return this.stored;
  }
  @TimedEvent('paging')
  async *paging(fail = false): AsyncGenerator<number> {
    yield 1;
    await tick(15);
    if (fail) throw new Error('page');
    yield 2;
  }
  @TimedEvent('file')
  file(): Readable {
    return Readable.from(['a', 'b']);
  }
}

export const cases: Cases = {
  'an Observable is timed per subscription, and unsubscribing reaches the producer': () =>
    withClient(async (client) => {
      const streams = new Streams();
      const numbers = streams.numbers();
      assert.ok(isObservable(numbers) && numbers instanceof Observable);
      await tick(5);
      assert.equal(client.records.length, 0);
      const began = performance.now();
      await Promise.all([
        firstValueFrom(numbers),
        lastValueFrom(
          numbers.pipe(
            map((n) => n + 1),
            take(10),
          ),
        ),
      ]);
      const tookSeconds = (performance.now() - began) / 1000;
      assert.equal(streams.torndown, 2);
      const [short = 0, long = 0, ...others] = client.of('event').map(({ options }) => options.dur);
      assert.deepEqual(others, []);
      assert.ok(0 < short && short < long && long <= tookSeconds, `${short} < ${long} <= ${tookSeconds}`);
    }),

  'taking from a synchronous endless stream ends': () =>
    withClient((client) => {
      const seen: number[] = [];
      new Streams()
        .endless()
        .pipe(take(2))
        .subscribe((n) => seen.push(n));
      assert.deepEqual(seen, [1, 2]);
      assert.equal(client.of('event').length, 1);
    }),

  'a subject stays a subject': () =>
    withClient((client) => {
      const streams = new Streams();
      const state = streams.state();
      const seen: number[] = [];
      const subscription = state.subscribe((n) => seen.push(n));
      state.next(5);
      assert.equal(state.value, 5);
      assert.equal(streams.subject.value, 5);
      subscription.unsubscribe();
      assert.equal(streams.subject.observed, false);
      assert.deepEqual(seen, [4, 5]);
      assert.equal(client.of('event').length, 1);
    }),

  'an error in an Observable is recorded per subscription and reaches its handler': () =>
    withClient((client) => {
      const errors: string[] = [];
      new Streams()
        .broken()
        .pipe(retry(2))
        .subscribe({ error: (error: Error) => errors.push(error.message) });
      assert.deepEqual(errors, ['stream']);
      assert.equal(client.of('event').length, 3);
      assert.equal(client.of('crash').length, 3);
    }),

  'the result of an Observable is its last value': () =>
    withClient((client) => {
      new Streams().last().subscribe();
      assert.deepEqual(client.of('event')[0]?.options.segmentation, { last: 3 });
    }),

  'an Observable records for whoever subscribes': () =>
    withClient((client) => {
      const shared = new Streams().last();
      client.run('visitor-1', () => shared.subscribe());
      client.run('visitor-2', () => shared.subscribe());
      assert.deepEqual(
        client.of('event').map(({ deviceId }) => deviceId),
        ['visitor-1', 'visitor-2'],
      );
    }),

  'so do all decorators of the method, also beside one that keeps something for the call': () =>
    withClient((client) => {
      const shared = new Streams().viewed();
      client.run('visitor-1', () => shared.subscribe());
      client.run('visitor-2', () => shared.subscribe());
      assert.deepEqual(
        client.of('event').map(({ deviceId }) => deviceId),
        ['visitor-1', 'visitor-2'],
      );
    }),

  'a generator is timed to its end, once': () =>
    withClient((client) => {
      const counting = new Streams().counting();
      assert.equal(client.records.length, 0);
      assert.deepEqual([...counting], [1, 2]);
      assert.deepEqual([...counting], []);
      assert.deepEqual(
        client.of('event').map(({ options }) => options.segmentation),
        [{ result: 'done' }],
      );
    }),

  'the time of a generator begins with its first step': () =>
    withClient(async (client) => {
      const counting = new Streams().counting();
      await tick(5);
      const began = performance.now();
      assert.deepEqual([...counting], [1, 2]);
      const tookSeconds = (performance.now() - began) / 1000;
      assert.ok((client.of('event')[0]?.options.dur ?? 1) <= tookSeconds);
    }),

  'leaving a generator early ends it': () =>
    withClient((client) => {
      for (const n of new Streams().counting()) if (n === 1) break;
      assert.equal(client.of('event').length, 1);
    }),

  'a generator that is given out again and again is covered once': () =>
    withClient((client) => {
      const streams = new Streams();
      const { next } = streams.same();
      for (let i = 1; i < 100; i++) assert.equal(streams.same(), streams.stored);
      assert.equal(streams.stored.next, next);
      assert.deepEqual([...streams.stored], [1, 2]);
      assert.equal(client.of('event').length, 100);
    }),

  'an async generator is timed to its end': () =>
    withClient(async (client) => {
      const seen: number[] = [];
      for await (const n of new Streams().paging()) seen.push(n);
      assert.deepEqual(seen, [1, 2]);
      assert.ok((client.of('event')[0]?.options.dur ?? 0) > 0.01);
      await assert.rejects(async () => {
        for await (const _ of new Streams().paging(true));
      }, /page/);
      assert.equal(client.of('event').length, 1);
    }),

  'a Node stream is left alone': () =>
    withClient(async (client) => {
      const stream = new Streams().file();
      assert.ok(stream instanceof Readable);
      assert.equal(stream.readableFlowing, null);
      assert.equal((await stream.toArray()).join(''), 'ab');
      assert.equal(client.of('event').length, 1);
    }),
};
