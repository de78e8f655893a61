import { BehaviorSubject, map, Observable, of } from 'rxjs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { weave } from '../../lib/decorators/plain.js';
import { TrackEvent } from '../../lib/decorators/track-event.js';
import { RecordingClient } from '../support/recording-client.js';

describe('Observables that somebody else handles too', () => {
  let client: RecordingClient;
  beforeEach(() => {
    client = new RecordingClient().register();
  });
  afterEach(() => client.unregister());

  const sources: [string, () => Observable<number>][] = [
    ['a plain one', () => of(1)],
    ['a piped one', () => of(1).pipe(map((value) => value))],
    ['a Subject', () => new BehaviorSubject(1)],
  ];

  test.each(sources)('%s: `subscribe` may be replaced, and what replaces it may call it', (_, make) => {
    const stream = weave(make, TrackEvent('read', { on: 'settle' }))();
    const original = stream.subscribe;
    let seen = 0;
    stream.subscribe = function (this: unknown, ...args: unknown[]) {
      seen++;
      return Reflect.apply(original, this, args) as never;
    };
    const values: number[] = [];
    stream.subscribe((value) => values.push(value)).unsubscribe();
    expect([values, seen, client.of('event').length]).toEqual([[1], 1, 1]);
  });

  test('a replacement is defined and taken away on the stand-in alone', () => {
    const subject = new BehaviorSubject(1);
    const stream = weave(() => subject, TrackEvent('read', { on: 'settle' }))();
    Object.defineProperty(stream, 'subscribe', { value: () => 'replaced', configurable: true, writable: true });
    expect(stream.subscribe()).toBe('replaced');
    expect(Object.hasOwn(subject, 'subscribe')).toBe(false);
    Reflect.deleteProperty(stream, 'subscribe');
    stream.subscribe().unsubscribe();
    expect(client.of('event')).toHaveLength(1);
  });

  test('a plain Observable is followed without a stand-in', () => {
    const stream = weave(() => of(1), TrackEvent('read'))();
    expect(Object.getPrototypeOf(stream)).toBe(Observable.prototype);
    expect(stream).toBeInstanceOf(Observable);
  });
});
