import { setTimeout as later } from 'node:timers/promises';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { weave } from '../../lib/decorators/plain.js';
import { TimedEvent } from '../../lib/decorators/track-event.js';
import { RecordingClient } from '../support/recording-client.js';

/** A promise that can be stopped: `then` gives another one without the means to. */
class Cancelable<T> extends Promise<T> {
  readonly #cancel: (() => void) | undefined;
  constructor(work: (resolve: (value: T) => void, reject: (error: unknown) => void, onCancel?: unknown) => void) {
    let cancel: (() => void) | undefined;
    super((resolve, reject) => work(resolve, reject, (stop: () => void) => (cancel = stop)));
    this.#cancel = cancel;
  }
  cancel(): boolean {
    if (this.#cancel === undefined) throw new TypeError('no cancel');
    this.#cancel();
    return true;
  }
}

/** A promise with more parameters, whose derivatives are plain ones. */
class Request extends Promise<string> {
  static override get [Symbol.species]() {
    return Promise;
  }
  readonly #url: string;
  constructor(url: string) {
    super((resolve) => setTimeout(resolve, 5, `body of ${url}`));
    this.#url = url;
  }
  url(): string {
    return this.#url;
  }
}

/** A query that runs when it is awaited. */
class Query implements PromiseLike<string> {
  readonly #parts: string[] = [];
  static runs = 0;
  where(part: string): this {
    this.#parts.push(part);
    return this;
  }
  get sql(): string {
    return this.#parts.join(' and ');
  }
  // biome-ignore lint/suspicious/noThenProperty: as query builders have it
  then<A = string, B = never>(
    onFulfilled?: ((value: string) => A | PromiseLike<A>) | null,
    onRejected?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    Query.runs++;
    return Promise.resolve(this.sql).then(onFulfilled, onRejected);
  }
}

/** An iterator written by hand. */
class Pages implements AsyncIterableIterator<number> {
  #page = 0;
  get page(): number {
    return this.#page;
  }
  async next(): Promise<IteratorResult<number>> {
    return { done: ++this.#page > 2, value: this.#page };
  }
  [Symbol.asyncIterator](): this {
    return this;
  }
}

describe('results of classes with #fields', () => {
  let client: RecordingClient;
  beforeEach(() => {
    client = new RecordingClient().register();
  });
  afterEach(() => client.unregister());
  const timed = <Result>(make: () => Result): Result => weave(make, TimedEvent('work', { on: 'settle' }))() as Result;
  const durations = () => client.of('event').map(({ options }) => options.dur ?? 0);

  test('a promise that can be cancelled stays one', async () => {
    let stopped = false;
    const promise = timed(
      () =>
        new Cancelable<number>((resolve, _, onCancel) => {
          (onCancel as (stop: () => void) => void)(() => {
            stopped = true;
            resolve(0);
          });
        }),
    );
    expect(promise.cancel()).toBe(true);
    expect([await promise, stopped, durations().length]).toEqual([0, true, 1]);
  });

  test('a promise with a constructor of its own keeps its methods, and its work is timed from the call on', async () => {
    const request = timed(() => new Request('/a'));
    expect([request.url(), request instanceof Request]).toEqual(['/a', true]);
    await later(40);
    expect(await request).toBe('body of /a');
    expect(durations()[0]).toBeGreaterThan(0.03);
  });

  test('a rejection that nobody handles stays unhandled, and one that is handled is recorded once', async () => {
    const failing = () => new Cancelable<number>((_, reject) => reject(new Error('no')));
    await expect(timed(failing)).rejects.toThrow('no');
    await Promise.all([
      timed(failing).catch(() => {}),
      timed(failing)
        .finally(() => {})
        .catch(() => {}),
    ]);
    expect(durations()).toHaveLength(3);
    let unhandled = 0;
    const count = () => void unhandled++;
    const others = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection').on('unhandledRejection', count);
    void timed(failing);
    await later(5);
    process.removeListener('unhandledRejection', count);
    for (const other of others) process.on('unhandledRejection', other);
    expect(unhandled).toBe(1);
  });

  test('a query keeps its builder methods and runs once, when it is awaited', async () => {
    const query = timed(() => new Query().where('a'));
    expect(query.where('b').sql).toBe('a and b');
    expect([Query.runs, durations()]).toEqual([0, []]);
    expect([await query, Query.runs, durations().length]).toEqual(['a and b', 1, 1]);
  });

  test('an iterator written by hand is left alone', async () => {
    const pages = timed(() => new Pages());
    const seen: number[] = [];
    for await (const page of pages) seen.push(page);
    expect([seen, pages.page, durations().length]).toEqual([[1, 2], 3, 1]);
  });

  test('promises and generators of another realm are followed to their end', async () => {
    const promise = timed(() => runInNewContext('Promise.resolve(1)') as Promise<number>);
    expect([await promise, durations().length]).toEqual([1, 1]);
    const pages = timed(() => runInNewContext('(async function* () { yield 1; })()') as AsyncGenerator<number>);
    expect(durations().length).toBe(1);
    for await (const page of pages) expect(page).toBe(1);
    expect(durations().length).toBe(2);
  });

  test('what somebody sets on a covered result holds', async () => {
    const query = timed(() => new Query().where('a'));
    const then = query.then;
    let seen = 0;
    const counted = (...args: unknown[]): unknown => {
      seen++;
      return Reflect.apply(then, query, args);
    };
    Object.assign(query, Object.fromEntries([['then', counted]]));
    expect([await query, seen, durations().length]).toEqual(['a', 1, 1]);
    const steps = timed(function* () {
      yield 1;
    });
    const next = steps.next;
    steps.next = () => {
      seen++;
      return Reflect.apply(next, steps, []) as IteratorResult<number, void>;
    };
    expect([[...steps], seen, durations().length]).toEqual([[1], 3, 2]);
  });
});
