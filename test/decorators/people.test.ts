import { describe, expect, it } from 'vitest';
import {
  BeginSession,
  ChangeDeviceId,
  Conversion,
  EndEvent,
  EndSession,
  Feedback,
  GiveConsent,
  StartEvent,
  UserData,
  UserDetails,
  WithdrawConsent,
} from '../../lib/index.js';
import { recorded } from '../support/recorded.js';

class Accounts {
  @ChangeDeviceId((call) => call.result, { merge: true })
  @UserData((user) => user.increment('logins'))
  @UserDetails((call) => ({ name: call.args[0] }))
  @BeginSession()
  login(name: string): string {
    return `user-${name}`;
  }

  @EndSession()
  logout(): void {}

  @Conversion('summer')
  @Feedback((call) => ({ rating: call.args[0] }))
  rate(_stars: number): void {}

  @ChangeDeviceId(() => 'x\u0000')
  impossible(): void {}
}

class Checkout {
  @StartEvent('checkout')
  begin(): void {}

  @StartEvent('checkout', { within: 'scope' })
  beginHere(): void {}

  @EndEvent('checkout')
  pay(): void {}
}

class Privacy {
  @GiveConsent(['events', 'users'])
  agree(): void {}

  @WithdrawConsent('users')
  hide(): void {}
}

describe('decorators that tell something of the person', () => {
  it('make a session, a profile and one user of two ids, as the server takes them', async () => {
    const { client, contents, sent, close } = recorded();
    client.run({ deviceId: 'anonymous' }, () => new Accounts().login('ann'));
    const requests = await sent();
    const all = Object.assign({}, ...requests.map(({ parameters }) => parameters)) as Record<string, unknown>;
    expect(all).toMatchObject({ begin_session: 1, old_device_id: 'anonymous' });
    const details = requests.map(({ parameters }) => parameters['user_details']).filter(Boolean);
    expect(details).toEqual([{ name: 'ann' }, { custom: { logins: { $inc: 1 } } }]);
    expect(requests.at(-1)).toMatchObject({ deviceId: 'user-ann' });
    client.run({ deviceId: 'user-ann' }, () => new Accounts().logout());
    expect(await contents('user-ann')).toMatchObject([{ end_session: 1 }]);
    await close();
  });

  it('report campaigns and ratings', async () => {
    const { client, contents, close } = recorded();
    client.run({ deviceId: 'v' }, () => new Accounts().rate(4));
    const told = await contents('v');
    expect(told).toContainEqual({ campaign_id: 'summer' });
    expect(told.flatMap((request) => request['events'] ?? [])).toMatchObject([
      { key: '[CLY]_star_rating', segmentation: { rating: 4 } },
    ]);
    await close();
  });

  it('leave an id that cannot be one alone, and say so without showing it', async () => {
    const { client, warnings, close } = recorded();
    client.run({ deviceId: 'v' }, () => {
      new Accounts().impossible();
      expect(client.deviceId).toBe('v');
    });
    expect(warnings.join()).toContain('changeId: deviceId must be');
    expect(warnings.join()).not.toContain('x\u0000');
    await close();
  });

  it('give and withdraw consent of the one who is served, and of nobody else', async () => {
    const { client, close } = recorded({ requireConsent: true });
    client.run({ deviceId: 'v' }, () => {
      new Privacy().agree();
      expect(client.checkConsent('users')).toBe(true);
      new Privacy().hide();
    });
    const consent = (id: string) => [client.device(id).checkConsent('events'), client.device(id).checkConsent('users')];
    expect([consent('v'), consent('w')]).toEqual([
      [true, false],
      [false, false],
    ]);
    await close();
  });
});

describe('an event that begins in one method and ends in another', () => {
  it('goes on from one request of the person to the next', async () => {
    const { client, clock, events, close } = recorded();
    client.run({ deviceId: 'v' }, () => new Checkout().begin());
    client.run({ deviceId: 'w' }, () => new Checkout().begin());
    clock.advance(2000);
    client.run({ deviceId: 'w' }, () => new Checkout().pay());
    clock.advance(1000);
    client.run({ deviceId: 'v' }, () => new Checkout().pay());
    expect(await events()).toMatchObject([
      { key: 'checkout', dur: 2 },
      { key: 'checkout', dur: 3 },
    ]);
    await close();
  });

  it('ends with its own request alone when it runs within the scope', async () => {
    const { client, clock, events, warnings, close } = recorded();
    client.run({ deviceId: 'v' }, () => new Checkout().beginHere());
    client.run({ deviceId: 'v' }, () => new Checkout().pay());
    expect(await events()).toEqual([]);
    expect(warnings.join()).toContain('no event of this key was started');
    await client.run({ deviceId: 'v' }, async () => {
      new Checkout().beginHere();
      clock.advance(500);
      new Checkout().pay();
    });
    expect(await events()).toMatchObject([{ key: 'checkout', dur: 0.5 }]);
    await close();
  });
});
