import {
  type Call,
  Countly,
  type CountlyOptions,
  ReportErrors,
  Segment,
  TimedEvent,
  Trace,
  TrackEvent,
  TrackView,
  weave,
} from 'countly-weave';

export const options: CountlyOptions = { url: 'http://127.0.0.1:6010', appKey: 'types' };
export const client = (): Countly => Countly.init(options);

export class Checkout {
  @TrackEvent('paid', { sum: (call) => call.result?.total })
  @TimedEvent('payment')
  @Trace('pay')
  @ReportErrors()
  async pay(@Segment('currency') currency: string): Promise<{ total: number }> {
    return { total: currency.length };
  }

  @TrackView('checkout')
  show(): void {}
}

export const name = (call: Call<Checkout, [string], number>): string => call.methodName;
export const plain = weave((left: number, right: number): number => left + right, TrackEvent('added'));
export const sum: number = plain(1, 2);

// @ts-expect-error the address is a text: the declarations were found and are strict
export const wrong: CountlyOptions = { url: 17 };
