// Checked by tsc in both dialects (test/types/types.test.ts); nothing here runs.
import type { Observable } from 'rxjs';
import { Breadcrumb } from '../../lib/decorators/breadcrumb.js';
import { ChangeDeviceId } from '../../lib/decorators/change-device-id.js';
import { GiveConsent, WithdrawConsent } from '../../lib/decorators/consent.js';
import { Conversion } from '../../lib/decorators/conversion.js';
import { Feedback } from '../../lib/decorators/feedback.js';
import { Instrument } from '../../lib/decorators/instrument.js';
import type { CommonOptions } from '../../lib/decorators/options.js';
import { instrument, weave } from '../../lib/decorators/plain.js';
import { UserData, UserDetails } from '../../lib/decorators/profile.js';
import { ReportErrors } from '../../lib/decorators/report-errors.js';
import { BeginSession, EndSession } from '../../lib/decorators/sessions.js';
import { EndEvent, StartEvent } from '../../lib/decorators/start-event.js';
import { Trace } from '../../lib/decorators/trace.js';
import { TimedEvent, TrackEvent } from '../../lib/decorators/track-event.js';
import { TrackView } from '../../lib/decorators/track-view.js';
import { WithDevice } from '../../lib/decorators/with-device.js';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function exactly<Expected>(): <Actual>(value: Actual, same: Same<Expected, Actual>) => Record<string, string>;

/** Decorators without callbacks fit every method, also when kept in a constant. */
const Everywhere = TrackEvent('kept');
const Settled = TimedEvent({ on: 'settle', client: 'billing' });
const Reported = ReportErrors();
class OrderSegments {
  plan = '';
}

export class Right {
  readonly shop = 'main';

  @TrackEvent('plain', { segmentation: (call) => exactly<[item: string, price: number]>()(call.args, true) })
  args(item: string, price: number): string {
    return item.repeat(price);
  }

  @TimedEvent('promise', { segmentation: (call) => exactly<number | undefined>()(call.result, true) })
  async promise(): Promise<number> {
    return 1;
  }

  @TimedEvent('observable', { segmentation: (call) => exactly<Date | undefined>()(call.result, true) })
  observable(): Observable<Date> {
    throw new Error();
  }

  @TimedEvent('generator', { segmentation: (call) => exactly<boolean | undefined>()(call.result, true) })
  *generator(): Generator<string, boolean, undefined> {
    yield '';
    return true;
  }

  @TimedEvent('async generator', { segmentation: (call) => exactly<bigint | undefined>()(call.result, true) })
  async *asyncGenerator(): AsyncGenerator<string, bigint, undefined> {
    yield '';
    return 1n;
  }

  @TrackView({ segmentation: (call) => exactly<string>()(call.instance.shop, true) })
  instance(): void {}

  @Trace('x', { type: 'network', responseCode: (call) => call.result?.status ?? 0 })
  async network(): Promise<{ status: number }> {
    return { status: 200 };
  }

  @Breadcrumb((call) => call.args[0].toUpperCase())
  @WithDevice((call) => call.args[0].trim())
  @ReportErrors({ when: (call) => call.error instanceof Error && call.args.length === 1 })
  @TrackEvent('class', { segmentation: OrderSegments, count: (call) => call.args[0].length, sum: 1.5 })
  @Everywhere
  @Settled
  @Reported
  several(text: string): string {
    return text;
  }

  @Everywhere
  @TrackEvent({ key: 'static', sum: (call) => call.instance.rate })
  static fixed(): void {}
  static rate = 1;

  @Everywhere
  @TrackEvent()
  generic<T extends string>(value: T): T {
    return value;
  }
}

export class People {
  readonly shop = 'main';

  @BeginSession({ heartbeat: false, when: (call) => call.args[0] !== '' })
  @EndSession()
  @UserDetails((call) => ({ name: call.args[0], custom: { shop: call.instance.shop, plan: call.result?.plan } }))
  @UserData((user, call) => user.push('names', call.args[0].trim()))
  @ChangeDeviceId((call) => call.result?.plan, { merge: true })
  @Conversion((call) => call.args[0], { campaignUserId: (call) => call.result?.plan })
  @Conversion('fixed')
  @Feedback((call) => ({ rating: call.args[0].length }))
  @Feedback((call) => ({ widgetId: call.args[0], rating: 10 }), { widget: 'nps' })
  @Feedback((call) => ({ widgetId: call.args[0], answers: { q: 1 } }), { widget: 'survey' })
  @TrackEvent('placed', { on: 'commit', sum: (call) => call.args[0].length })
  @GiveConsent((call) => call.args[0])
  @WithdrawConsent(['events', 'a group'])
  @StartEvent('work', { within: 'scope' })
  @EndEvent('work', { sum: (call) => call.args[0].length, segmentation: OrderSegments })
  async login(name: string): Promise<{ plan: string }> {
    return { plan: name };
  }

  // @ts-expect-error details are an object
  @UserDetails((call) => call.args[0])
  details(_name: string): void {}

  // @ts-expect-error there is no such property operator
  @UserData((user) => user.divide('logins'))
  data(): void {}

  // @ts-expect-error the id is text
  @ChangeDeviceId((call) => call.result)
  id(): number {
    return 1;
  }

  // @ts-expect-error an NPS answer names its widget
  @Feedback((call) => ({ rating: call.args[0] }), { widget: 'nps' })
  recommend(_points: number): void {}

  // @ts-expect-error there is no such widget
  @Feedback(() => undefined, { widget: 'stars' })
  widget(): void {}

  // @ts-expect-error features are texts
  @GiveConsent((call) => call.args[0])
  agree(_all: boolean): void {}

  // @ts-expect-error an event that others end has a key
  @StartEvent()
  start(): void {}

  // @ts-expect-error the duration is measured
  @EndEvent('x', { dur: 5 })
  end(): void {}
}

@Instrument({ trace: false, events: { on: 'settle' } })
export class Whole {}

@Instrument()
export abstract class Abstract {}

export const options: CommonOptions = { on: 'call', sample: 0.5 };

export class Wrong {
  // @ts-expect-error an accessor is no method
  @TrackEvent('x')
  get accessor(): number {
    return 1;
  }

  // @ts-expect-error a field is no method
  @TimedEvent('x')
  field = 1;

  // @ts-expect-error the same for a decorator kept in a constant
  @Everywhere
  kept = () => 1;

  // @ts-expect-error the method has no third parameter
  @TrackEvent('x', { sum: (call) => call.args[2] })
  parameters(_a: number): void {}

  // @ts-expect-error the sum must be a number
  @TrackEvent('x', { sum: (call) => call.args[0] })
  sum(_a: string): void {}

  // @ts-expect-error the segmentation must be an object
  @TrackEvent('x', { segmentation: () => 'text' })
  segmentation(): void {}

  // @ts-expect-error nested values are for functions and classes, not for fixed segmentations
  @TrackEvent('x', { segmentation: { nested: { a: 1 } } })
  nested(): void {}

  // @ts-expect-error the result is a number, inside its promise
  @TimedEvent('x', { segmentation: (call) => ({ a: call.result?.length }) })
  async result(): Promise<number> {
    return 1;
  }

  // @ts-expect-error there is no such moment
  @TrackEvent('x', { on: 'later' })
  moment(): void {}

  // @ts-expect-error there is no such option
  @TrackEvent('x', { segmentaton: {} })
  option(): void {}

  // @ts-expect-error errors are reported on error only
  @ReportErrors({ on: 'call' })
  errors(): void {}

  // @ts-expect-error the key stands in one place
  @TrackEvent('x', { key: 'y' })
  key(): void {}

  // @ts-expect-error the device id is text
  @WithDevice((call) => call.args[0])
  device(_id: number): void {}

  // @ts-expect-error Instrument is for classes
  @Instrument()
  instrumented(): void {}
}

// @ts-expect-error a class is no method
@TrackEvent('x')
export class WrongClass {}

const add = weave((a: number, b: string) => `${a}${b}`, TrackEvent('x'), TimedEvent({ sum: (call) => call.args[0] }), {
  after: (call) => void exactly<[a: number, b: string]>()(call.args, true),
});
export const added: string = add(1, '2');
// @ts-expect-error the parameters are kept
add('1', '2');

const store = { load: (id: number) => String(id), size: 1 };
instrument(store, { load: Trace('load', { metrics: (call) => ({ id: call.args[0] }) }) });
instrument(store, { load: [Trace('load'), Everywhere] });
// @ts-expect-error only methods
instrument(store, { size: Trace('size') });
// @ts-expect-error no such method
instrument(store, { nothing: Trace('nothing') });
