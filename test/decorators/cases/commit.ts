import assert from 'node:assert/strict';
import { Breadcrumb } from '../../../lib/decorators/breadcrumb.js';
import { ChangeDeviceId } from '../../../lib/decorators/change-device-id.js';
import { TimedEvent, TrackEvent } from '../../../lib/decorators/track-event.js';
import { inTransaction } from '../../../lib/scope/transaction.js';
import { type Cases, tick, withClient } from './harness.js';

class Orders {
  @TrackEvent('placed', {
    on: 'commit',
    sum: (call) => call.args[0],
    segmentation: (call) => ({ id: call.result ?? 0 }),
  })
  @TrackEvent('tried', { on: 'call' })
  async place(total: number): Promise<number> {
    await tick();
    if (total < 0) throw new RangeError('total');
    return 7;
  }

  @TimedEvent('large', { on: 'commit', when: (call) => call.args[0] > 10, device: () => 'reports' })
  large(_total: number): void {}

  @ChangeDeviceId(() => 'user', { on: 'commit' })
  @Breadcrumb('logged in', { on: 'commit' })
  login(): void {}
}

/** As a database gives one to a layer above; it holds marked records alone. */
const transaction = <T>(work: () => T): T => inTransaction(work, undefined, 'commit');

export const cases: Cases = {
  'on commit: recorded once the transaction around has ended well, from the call as it was': () =>
    withClient(async (client) => {
      const keys = () => client.of('event').map(({ key }) => key);
      await transaction(async () => {
        assert.equal(await new Orders().place(5), 7);
        assert.deepEqual(keys(), ['tried']);
      });
      assert.deepEqual(keys(), ['tried', 'placed']);
      assert.deepEqual(client.of('event')[1]?.options, { sum: 5, segmentation: { id: 7 } });
    }),

  'on commit: not at all when the transaction or the method fails': () =>
    withClient(async (client) => {
      await assert.rejects(
        transaction(async () => {
          await new Orders().place(5);
          throw new Error('deadlock');
        }),
        /deadlock/,
      );
      await transaction(async () => assert.rejects(new Orders().place(-1), RangeError));
      assert.deepEqual(
        client.of('event').map(({ key }) => key),
        ['tried', 'tried'],
      );
    }),

  'on commit: without a transaction as soon as the method has ended well': () =>
    withClient(async (client) => {
      await new Orders().place(5);
      await assert.rejects(new Orders().place(-1), RangeError);
      assert.deepEqual(
        client.of('event').map(({ key }) => key),
        ['tried', 'placed', 'tried'],
      );
    }),

  'on commit: with the other options, and for every decorator that takes `on`': () =>
    withClient((client) => {
      transaction(() => {
        new Orders().large(5);
        new Orders().large(11);
        new Orders().login();
        assert.equal(client.records.length, 0);
      });
      assert.deepEqual(client.records.map(({ kind, deviceId }) => `${kind} ${deviceId}`).sort(), [
        'breadcrumb process-device',
        'event reports',
        'told process-device',
      ]);
    }),
};
