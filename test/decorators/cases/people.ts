import assert from 'node:assert/strict';
import { ChangeDeviceId } from '../../../lib/decorators/change-device-id.js';
import { GiveConsent, WithdrawConsent } from '../../../lib/decorators/consent.js';
import { Conversion } from '../../../lib/decorators/conversion.js';
import { Feedback } from '../../../lib/decorators/feedback.js';
import { UserData, UserDetails } from '../../../lib/decorators/profile.js';
import { BeginSession, EndSession } from '../../../lib/decorators/sessions.js';
import { EndEvent, StartEvent } from '../../../lib/decorators/start-event.js';
import { TrackEvent } from '../../../lib/decorators/track-event.js';
import type { RecordingClient } from '../../support/recording-client.js';
import { type Cases, tick, withClient } from './harness.js';

class Accounts {
  readonly shop = 'main';

  @BeginSession()
  @UserDetails((call) => ({ name: call.args[0], custom: { shop: call.instance.shop } }))
  @UserData((user, call) => {
    user.increment('logins');
    user.set('last', call.result?.userId ?? '');
  })
  @ChangeDeviceId((call) => call.result?.userId, { merge: true })
  async login(name: string): Promise<{ userId: string }> {
    await tick();
    if (name === '') throw new Error('who?');
    return { userId: `user-${name}` };
  }

  @BeginSession({ heartbeat: false, on: 'call' })
  visit(): void {}

  @EndSession({ device: (call) => call.args[0] })
  logout(_id: string): void {}

  @UserDetails(() => undefined)
  @ChangeDeviceId(() => null)
  @Conversion(() => undefined)
  @Feedback(() => undefined)
  @GiveConsent(() => null)
  nothing(): string {
    return 'nothing';
  }

  @UserDetails(() => {
    throw new Error('details');
  })
  @UserData((async () => {}) as () => void)
  broken(): string {
    return 'fine';
  }

  @Conversion('summer', { campaignUserId: (call) => call.args[0] })
  @Conversion((call) => call.args[0])
  register(_from: string): void {}

  @Feedback((call) => ({ rating: call.args[0] }))
  @Feedback((call) => ({ widgetId: 'n', rating: call.args[0] * 2 }), { widget: 'nps' })
  @Feedback((call) => ({ widgetId: 's', answers: { q: call.args[0] } }), { widget: 'survey', when: () => true })
  rate(_stars: number): void {}

  @GiveConsent(['events', 'views'])
  @GiveConsent((call) => call.args[0])
  @WithdrawConsent('location', { on: 'error' })
  agree(features: string[]): void {
    if (features.length === 0) throw new Error('none');
  }

  @WithdrawConsent((call) => [call.args[0], 'events'])
  hide(_feature: string): void {}
}

class Checkout {
  @StartEvent('checkout')
  async begin(fails: boolean): Promise<void> {
    await tick();
    if (fails) throw new Error('empty');
  }

  @EndEvent('checkout', {
    sum: (call) => call.args[0],
    count: 2,
    segmentation: (call) => ({ paid: call.result ?? '' }),
  })
  async pay(amount: number): Promise<string> {
    if (amount < 0) throw new RangeError('amount');
    return 'card';
  }

  @TrackEvent('other')
  @EndEvent('unsaid')
  plain(): void {}
}

const toldOf = (client: RecordingClient) => client.of('told').map(({ call, args }) => [call, ...args]);
const fails = (work: () => unknown): Promise<void> => assert.rejects(async () => work());

export const cases: Cases = {
  'a login begins a session, tells who it is, counts and merges, once it went well': () =>
    withClient(async (client) => {
      await new Accounts().login('ann');
      const told = toldOf(client);
      assert.equal(told.length, 5);
      assert.deepEqual(
        told.find(([call]) => call === 'userDetails'),
        ['userDetails', { name: 'ann', custom: { shop: 'main' } }],
      );
      assert.deepEqual(
        told.filter(([call]) => String(call).startsWith('userData')),
        [
          ['userData.increment', 'logins'],
          ['userData.set', 'last', 'user-ann'],
        ],
      );
      assert.deepEqual(
        told.find(([call]) => call === 'changeId'),
        ['changeId', 'user-ann', { merge: true }],
      );
      assert.ok(told.some(([call, ...args]) => call === 'beginSession' && args.length === 0));
      client.clear();
      await fails(() => new Accounts().login(''));
      assert.deepEqual(client.records, []);
    }),

  'sessions begin and end with the common options': () =>
    withClient((client) => {
      new Accounts().visit();
      new Accounts().logout('visitor-9');
      assert.deepEqual(
        client.of('told').map(({ deviceId, call, args }) => [deviceId, call, ...args]),
        [
          ['process-device', 'beginSession', { heartbeat: false }],
          ['visitor-9', 'endSession'],
        ],
      );
    }),

  'a callback that gives nothing tells nothing, and says nothing': () =>
    withClient((client) => {
      assert.equal(new Accounts().nothing(), 'nothing');
      assert.deepEqual([client.records, client.warnings], [[], []]);
    }),

  'a callback that fails or is async costs its own record and one warning': () =>
    withClient((client) => {
      assert.equal(new Accounts().broken(), 'fine');
      assert.deepEqual(client.records, []);
      assert.equal(client.warnings.length, 2);
      assert.ok(client.warnings.some((text) => /`details` of @UserDetails on Accounts\.broken failed/.test(text)));
      assert.ok(client.warnings.some((text) => /`change` of @UserData.*must be synchronous/.test(text)));
    }),

  'campaigns and answers are fixed or come from the call': () =>
    withClient((client) => {
      new Accounts().register('link-5');
      new Accounts().rate(4);
      assert.deepEqual(
        toldOf(client)
          .map(([call, ...args]) => [call, ...args.filter((arg) => arg !== undefined)])
          .sort(),
        [
          ['reportConversion', 'link-5'],
          ['reportConversion', 'summer', 'link-5'],
          ['reportFeedback', { rating: 4 }],
          ['reportNps', { widgetId: 'n', rating: 8 }],
          ['reportSurvey', { widgetId: 's', answers: { q: 4 } }],
        ],
      );
    }),

  'consent is given and withdrawn by name, list or call': () =>
    withClient((client) => {
      const accounts = new Accounts();
      accounts.agree(['crashes']);
      accounts.hide('users');
      assert.throws(() => accounts.agree([]), /none/);
      assert.deepEqual(toldOf(client).sort(), [
        ['giveConsent', 'crashes'],
        ['giveConsent', 'events', 'views'],
        ['removeConsent', 'location'],
        ['removeConsent', 'users', 'events'],
      ]);
    }),

  'an event begins in one method and ends in another; what fails neither begins nor ends it': () =>
    withClient(async (client) => {
      const checkout = new Checkout();
      await checkout.begin(false);
      await fails(() => checkout.pay(-1));
      assert.equal(await checkout.pay(5), 'card');
      assert.deepEqual(toldOf(client), [
        ['startEvent', 'checkout'],
        ['endEvent', 'checkout', { count: 2, sum: 5, segmentation: { paid: 'card' } }],
      ]);
      client.clear();
      await fails(() => checkout.begin(true));
      assert.deepEqual(toldOf(client), [
        ['startEvent', 'checkout'],
        ['cancelEvent', 'checkout'],
      ]);
      checkout.plain();
      assert.equal(client.of('event').length, 1);
    }),
};
