import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { BehaviorSubject, Observable, of, throwError } from 'rxjs';
import { Breadcrumb } from '../../../lib/decorators/breadcrumb.js';
import { ChangeDeviceId } from '../../../lib/decorators/change-device-id.js';
import { GiveConsent, WithdrawConsent } from '../../../lib/decorators/consent.js';
import { Conversion } from '../../../lib/decorators/conversion.js';
import { Feedback } from '../../../lib/decorators/feedback.js';
import { Instrument } from '../../../lib/decorators/instrument.js';
import { UserData, UserDetails } from '../../../lib/decorators/profile.js';
import { ReportErrors } from '../../../lib/decorators/report-errors.js';
import { BeginSession, EndSession } from '../../../lib/decorators/sessions.js';
import { EndEvent, StartEvent } from '../../../lib/decorators/start-event.js';
import { Trace } from '../../../lib/decorators/trace.js';
import { TimedEvent, TrackEvent } from '../../../lib/decorators/track-event.js';
import { TrackView } from '../../../lib/decorators/track-view.js';
import type { AnyWeaver } from '../../../lib/decorators/weave/method-decorator.js';
import { WithDevice } from '../../../lib/decorators/with-device.js';
import { assertTransparent } from '../../../lib/testing/transparency.js';
import type { Cases } from './harness.js';

const broken = (): never => {
  throw new Error('a callback of the user');
};

/** Every decorator, in the ways that take different paths through the weave. */
const DECORATORS: Readonly<Record<string, AnyWeaver>> = {
  '@TrackEvent': TrackEvent('x'),
  '@TrackEvent on call': TrackEvent('x', { on: 'call' }),
  '@TrackEvent on error': TrackEvent('x', { on: 'error' }),
  '@TrackEvent on commit': TrackEvent('x', { on: 'commit' }),
  '@TrackEvent with callbacks': TrackEvent('x', { segmentation: (call) => ({ a: String(call.result) }), sum: () => 1 }),
  '@TrackEvent with broken callbacks': TrackEvent('x', { when: broken, device: broken }),
  '@TrackEvent by a client of that name': TrackEvent('x', { client: 'nobody' }),
  '@TimedEvent': TimedEvent('x', { on: 'settle' }),
  '@TrackView': TrackView('x'),
  '@TrackView for as long as the method works': TrackView('x', { duration: 'method' }),
  '@ReportErrors': ReportErrors(),
  '@Trace': Trace(),
  '@Trace of a request': Trace({ type: 'network', responseCode: () => 204 }),
  '@Breadcrumb': Breadcrumb((call) => `called with ${call.args.length}`),
  '@BeginSession': BeginSession(),
  '@EndSession': EndSession({ on: 'settle' }),
  '@UserDetails': UserDetails((call) => ({ name: String(call.args.length) })),
  '@UserDetails with a broken callback': UserDetails(broken),
  '@UserData': UserData((user) => user.increment('calls')),
  '@ChangeDeviceId': ChangeDeviceId(() => 'user', { merge: true }),
  '@Conversion': Conversion('campaign'),
  '@Feedback': Feedback(() => ({ rating: 5 })),
  '@GiveConsent': GiveConsent('events'),
  '@WithdrawConsent': WithdrawConsent(() => ['events']),
  '@StartEvent': StartEvent('x'),
  '@EndEvent': EndEvent('x', { segmentation: (call) => ({ a: String(call.result) }) }),
  '@WithDevice': WithDevice(() => 'visitor'),
  '@WithDevice without a device': WithDevice(() => undefined),
};

class Query<Row> {
  readonly #rows: Row[];
  constructor(rows: Row[]) {
    this.#rows = rows;
  }
  // biome-ignore lint/suspicious/noThenProperty: a lazy query is a thenable
  then<Next>(resolve: (rows: Row[]) => Next): Promise<Next> {
    return Promise.resolve(this.#rows).then(resolve);
  }
}

/** One method for every kind of result, each with the decorator; standard and legacy syntax are the same here. */
function every(weaver: AnyWeaver) {
  class Every {
    readonly made = { by: this.constructor.name };
    @weaver
    object(): object {
      return this.made;
    }
    @weaver
    random(): number {
      return Math.random();
    }
    @weaver
    withArguments(first: unknown, second = 2, ...rest: unknown[]): unknown[] {
      return [this, first, second, rest];
    }
    @weaver
    throws(): never {
      throw Object.freeze(new RangeError('frozen'));
    }
    @weaver
    throwsNull(): never {
      throw null;
    }
    @weaver
    async fulfils(): Promise<object> {
      return this.made;
    }
    @weaver
    async rejects(): Promise<never> {
      throw new TypeError('later');
    }
    @weaver
    rejectsWithText(): Promise<never> {
      return Promise.reject('text');
    }
    @weaver
    promiseWithMethods(): Promise<number> {
      return Object.assign(Promise.resolve(1), { cancel: () => {} });
    }
    @weaver
    *generator(): Generator<number, string> {
      yield 1;
      return 'done';
    }
    @weaver
    async *asyncGenerator(): AsyncGenerator<number> {
      yield 1;
    }
    @weaver
    observable(): Observable<number> {
      return of(1, 2);
    }
    @weaver
    failingObservable(): Observable<never> {
      return throwError(() => new Error('stream'));
    }
    @weaver
    subject(): BehaviorSubject<number> {
      return new BehaviorSubject(1);
    }
    @weaver
    query(): Query<number> {
      return new Query([1]);
    }
    @weaver
    nodeStream(): Readable {
      return Readable.from(['a']);
    }
    @weaver
    static fixed(): unknown {
      // biome-ignore lint/complexity/noThisInStatic: `this` is what the test is about
      return this;
    }
  }
  return Every;
}

const RESULTS = Object.getOwnPropertyNames(every(TrackEvent()).prototype).filter((name) => name !== 'constructor');
const GIVEN = { Observable: Observable as never, args: [{}, undefined, null, 'rest'] };

class Stacked {
  @TrackEvent('a')
  @TimedEvent('b')
  @TrackView('c', { duration: 'method' })
  @ReportErrors()
  @Trace()
  @Breadcrumb()
  @BeginSession()
  @UserData((user) => user.set('a', 1))
  @StartEvent('d')
  @EndEvent('d')
  @WithDevice(() => 'visitor')
  async all(): Promise<Stacked> {
    return this;
  }
}

class Parent {
  inherited(): Parent {
    return this;
  }
}

@Instrument({ events: true })
class Whole extends Parent {
  own(): Promise<Whole> {
    return Promise.reject(new Error('own'));
  }
}

export const cases: Cases = {
  ...Object.fromEntries(
    Object.entries(DECORATORS).flatMap(([name, weaver]) => {
      const Every = every(weaver);
      return [
        ...RESULTS.map((result): [string, () => Promise<void>] => [
          `${name}, ${result}`,
          () => assertTransparent(Every, result, GIVEN),
        ]),
        [`${name}, static`, () => assertTransparent(Every, 'fixed', { ...GIVEN, static: true })],
      ];
    }),
  ),
  'eleven decorators on one method': () => assertTransparent(Stacked, 'all', GIVEN),
  '@Instrument, own method': () => assertTransparent(Whole, 'own', GIVEN),
  '@Instrument, inherited method': () => assertTransparent(Whole, 'inherited', GIVEN),
  'a method without decorators is no proof': () =>
    assert.rejects(assertTransparent(Parent, 'inherited'), /carries no decorator/),
};
