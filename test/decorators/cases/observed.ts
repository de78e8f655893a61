import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { tracingChannel } from 'node:diagnostics_channel';
import { Observable, of } from 'rxjs';
import { ReportErrors } from '../../../lib/decorators/report-errors.js';
import { TrackEvent } from '../../../lib/decorators/track-event.js';
import type { CallMessage } from '../../../lib/decorators/weave/call-channel.js';
import { WithDevice } from '../../../lib/decorators/with-device.js';
import { assertTransparent } from '../../../lib/testing/transparency.js';
import { type Cases, tick, withClient } from './harness.js';

class Jobs {
  readonly name = 'jobs';

  @TrackEvent('added', { sum: (call) => call.args[0] })
  @WithDevice(() => 'visitor')
  add(one: number, other: number): number {
    return one + other;
  }

  @TrackEvent('loaded')
  async load(fails: boolean): Promise<string> {
    await tick(5);
    if (fails) throw new RangeError('later');
    return `${this.add(1, 2)}`;
  }

  @ReportErrors()
  fail(): never {
    throw null;
  }

  @TrackEvent('streamed')
  stream(): Observable<number> {
    return of(1, 2);
  }

  @TrackEvent('stored')
  stored(): unknown {
    return store.getStore();
  }
}

const store = new AsyncLocalStorage<CallMessage | string>();
const channel = tracingChannel<CallMessage, CallMessage>('countly-weave:call');
const STEPS = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'] as const;

/** Everything that is published while `work` runs. */
async function heard(work: () => unknown): Promise<[step: string, message: CallMessage][]> {
  const all: [string, CallMessage][] = [];
  const listeners = Object.fromEntries(
    STEPS.map((step) => [step, (message: CallMessage) => void all.push([step, message])]),
  );
  channel.subscribe(listeners as never);
  try {
    await work();
  } finally {
    channel.unsubscribe(listeners as never);
  }
  return all;
}
const steps = (all: readonly [string, CallMessage][]) => all.map(([step, { methodName }]) => `${methodName} ${step}`);

export const cases: Cases = {
  'calls are told of on the channel: what they are, what they give': () =>
    withClient(async () => {
      const jobs = new Jobs();
      const all = await heard(() => assert.equal(jobs.add(1, 2), 3));
      assert.deepEqual(steps(all), ['add start', 'add end']);
      const [[, told] = ['', {} as CallMessage]] = all;
      const { durationMs, records, ...message } = told;
      assert.deepEqual(message, { className: 'Jobs', methodName: 'add', instance: jobs, args: [1, 2], result: 3 });
      assert.ok(durationMs !== undefined && durationMs >= 0);
      assert.deepEqual(records.map(({ kind, key }) => [kind, key]).sort(), [
        ['device', undefined],
        ['event', 'added'],
      ]);
    }),

  'asynchronous calls end later, with their result': () =>
    withClient(async (client) => {
      const all = await heard(() => new Jobs().load(false));
      assert.deepEqual(steps(all), [
        'load start',
        'load end',
        'add start',
        'add end',
        'load asyncStart',
        'load asyncEnd',
      ]);
      assert.equal(all[0]?.[1].result, '3');
      assert.ok((all[0]?.[1].durationMs ?? 0) >= 4);
      assert.deepEqual(
        client.of('event').map(({ key }) => key),
        ['added', 'loaded'],
      );
    }),

  'failures are told of, also a thrown null, and reach the caller as they are': () =>
    withClient(async (client) => {
      const jobs = new Jobs();
      const all = await heard(() => {
        try {
          jobs.fail();
        } catch (error) {
          assert.equal(error, null);
        }
      });
      assert.deepEqual(steps(all), ['fail start', 'fail error', 'fail end']);
      assert.equal(client.of('crash').length, 1);
      const later = await heard(() => assert.rejects(jobs.load(true), RangeError));
      assert.deepEqual(steps(later).slice(2), ['load error', 'load asyncStart', 'load asyncEnd']);
      assert.ok(later[0]?.[1].error instanceof RangeError);
    }),

  'a stream ends with its subscription': () =>
    withClient(async () => {
      const all = await heard(() => new Jobs().stream().forEach(() => {}));
      assert.deepEqual(steps(all), ['stream start', 'stream end', 'stream asyncStart', 'stream asyncEnd']);
      assert.equal(all[0]?.[1].result, 2);
    }),

  'a store that is bound to the channel holds inside the method': () =>
    withClient(() => {
      channel.start.bindStore(
        store as AsyncLocalStorage<CallMessage>,
        ((message: CallMessage) => `in ${message.methodName}`) as never,
      );
      assert.equal(new Jobs().stored(), 'in stored');
      channel.start.unbindStore(store as AsyncLocalStorage<CallMessage>);
      assert.equal(new Jobs().stored(), undefined);
    }),

  'nobody listens, nothing is published; without a client a method just runs': async () => {
    await withClient(async () => {
      await heard(() => {});
      assert.equal(new Jobs().add(1, 2), 3);
    });
    assert.deepEqual(await heard(() => new Jobs().add(1, 2)), []);
  },

  'a method that is listened to stays what it is': () =>
    withClient(async () => {
      const all = await heard(async () => {
        await assertTransparent(Jobs, 'load', { args: [true], Observable: Observable as never });
        await assertTransparent(Jobs, 'fail', { Observable: Observable as never });
      });
      assert.ok(all.length > 100);
    }),
};
