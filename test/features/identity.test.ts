import { afterEach, describe, expect, it } from 'vitest';
import { TEMPORARY_ID } from '../../lib/scope/device-id.js';
import { isBalanced, type Recorded, recorded } from '../support/recorded.js';

describe('a change of the device id', () => {
  let test: Recorded;
  afterEach(() => test.close());

  it('with a merge lets the server make one user of both, after everything of the old one', async () => {
    test = recorded();
    test.client.addEvent('before');
    test.client.changeId('me', { merge: true });
    test.client.addEvent('after');
    const requests = await test.sent();
    expect(
      requests.map(({ deviceId, events, parameters }) => [deviceId, events[0]?.key ?? parameters['old_device_id']]),
    ).toEqual([
      ['test-device', 'before'],
      ['me', 'test-device'],
      ['me', 'after'],
    ]);
  });

  it('keeps that order however long the old one cannot be delivered', async () => {
    test = recorded({ delivery: 'auto' });
    let blocked = true;
    test.transport.answer((request) =>
      blocked && String(request.body).includes('"device_id":"anonymous"')
        ? { kind: 'retry', reason: 'not now' }
        : { kind: 'delivered' },
    );
    const visitor = test.client.device('anonymous');
    visitor.addEvent('before');
    visitor.changeId('known', { merge: true });
    visitor.addEvent('after');
    test.client.device('other').addEvent('unconcerned');
    void test.client.flush({ timeout: 10 });
    for (let i = 0; i < 50; i++) await new Promise(setImmediate);
    expect(test.transport.delivered.map(({ deviceId }) => deviceId)).toEqual(['other']);
    blocked = false;
    await test.client.flush();
    test.clock.advance(120_000);
    await test.client.flush();
    expect(test.transport.delivered.map(({ deviceId }) => deviceId)).toEqual(['other', 'anonymous', 'known', 'known']);
    expect(isBalanced(test.client)).toBe(true);
  });

  describe('with a merge while both are there', () => {
    const names = (requests: Awaited<ReturnType<Recorded['sent']>>) =>
      requests.flatMap(({ deviceId, events, parameters }) => {
        const said = ['begin_session', 'session_duration', 'end_session', 'old_device_id', 'user_details'];
        const own = said.filter((name) => parameters[name] !== undefined);
        const views = events.map(({ dur, segmentation }) => {
          const name = String((segmentation as { name?: string } | undefined)?.name);
          return dur === undefined ? `+${name}` : `-${name} ${dur}`;
        });
        return [`${deviceId}: ${[...own, ...views].join(' ')}`];
      });

    /** Somebody who browses without a name, and under it in another tab. */
    function both(before: { anonymous?: boolean; known?: boolean }) {
      test = recorded();
      const [anonymous, known] = [test.client.device('anon'), test.client.device('ada')];
      if (before.known === true) known.beginSession();
      if (before.known === true) known.trackView('Inbox');
      if (before.anonymous === true) anonymous.beginSession();
      if (before.anonymous === true) anonymous.trackView('Home');
      test.clock.advance(3000);
      anonymous.changeId('ada', { merge: true });
      test.clock.advance(4000);
      return { anonymous, known };
    }

    it('ends the session and the view of the one, and goes on with those of the other', async () => {
      const { anonymous } = both({ anonymous: true, known: true });
      anonymous.trackView('Cart');
      test.clock.advance(5000);
      anonymous.endSession();
      expect(names(await test.sent())).toEqual([
        'ada: begin_session',
        'anon: begin_session',
        'ada: +Inbox -Inbox 3',
        'anon: +Home',
        'ada: session_duration end_session',
        'ada: old_device_id',
        'ada: -Home 7 +Cart -Cart 5',
        'ada: session_duration end_session',
      ]);
      test.clock.advance(600_000);
      expect(await test.sent()).toEqual([]);
    });

    it('goes on with what only the known one has', async () => {
      const { known } = both({ known: true });
      known.endSession();
      const said = names(await test.sent());
      expect(said.filter((line) => line.includes('_session'))).toEqual([
        'ada: begin_session',
        'ada: session_duration end_session',
      ]);
      expect(said.join()).toContain('-Inbox 7');
    });

    it('goes on with what only the other one has', async () => {
      const { anonymous } = both({ anonymous: true });
      anonymous.endSession();
      const said = names(await test.sent());
      expect(said.filter((line) => line.includes('end_session'))).toEqual(['ada: session_duration end_session']);
      expect(said.join()).toContain('-Home 7');
    });

    it('loses no change of the profile that waits for the known one', async () => {
      test = recorded();
      const [anonymous, known] = [test.client.device('anon'), test.client.device('ada')];
      anonymous.addEvent('seen');
      anonymous.trackView('Home');
      known.userData.increment('logins');
      anonymous.changeId('ada', { merge: true });
      test.clock.advance(10_000);
      const said = names(await test.sent());
      expect(said.filter((line) => line.includes('user_details'))).toHaveLength(1);
    });
  });

  it('back and forth ends', async () => {
    test = recorded();
    test.client.addEvent('1');
    test.client.changeId('b', { merge: true });
    test.client.addEvent('2');
    test.client.changeId('test-device', { merge: true });
    test.client.addEvent('3');
    const merges = (await test.sent()).filter(({ parameters }) => parameters['old_device_id']);
    expect(merges.map(({ deviceId }) => deviceId)).toEqual(['b', 'test-device']);
    expect(test.client.stats().pending).toBe(0);
  });

  it('without a merge ends what ran for the one and begins it for the other', async () => {
    test = recorded();
    test.client.beginSession();
    test.client.trackView('/a');
    test.client.startEvent('timed');
    test.clock.advance(5000);
    test.client.changeId('other');
    test.client.endEvent('timed');
    const requests = await test.sent();
    const old = requests.filter(({ deviceId }) => deviceId === 'test-device');
    expect(old.at(-1)?.parameters).toMatchObject({ end_session: 1, session_duration: 5 });
    expect(old.flatMap(({ events }) => events).at(-1)).toMatchObject({ key: '[CLY]_view', dur: 5 });
    const fresh = requests.filter(({ deviceId }) => deviceId === 'other');
    expect(fresh).toHaveLength(1);
    expect(fresh[0]?.parameters).toMatchObject({ begin_session: 1, t: '0' });
  });

  it('without a merge asks the new one for consent', async () => {
    test = recorded({ requireConsent: true, consent: ['events', 'sessions'], session: 'automatic' });
    test.client.changeId('other');
    expect(test.client.isAllowed('events')).toBe(false);
    test.client.giveConsent('sessions');
    expect((await test.contents('other')).at(-1)).toMatchObject({ begin_session: 1 });
  });

  it('keeps a running session, view and timer through a merge', async () => {
    test = recorded();
    test.client.beginSession();
    test.client.startEvent('timed');
    const view = test.client.trackView('/a');
    test.clock.advance(5000);
    test.client.changeId('me', { merge: true });
    test.clock.advance(5000);
    view.end();
    test.client.endEvent('timed');
    test.client.endSession();
    const mine = (await test.sent()).filter(({ deviceId }) => deviceId === 'me');
    expect(mine.flatMap(({ events }) => events)).toMatchObject([{ dur: 10 }, { key: 'timed', dur: 10 }]);
    expect(mine.at(-1)?.parameters).toMatchObject({ end_session: 1, session_duration: 10 });
  });

  it('merges by itself when the id so far was generated', async () => {
    test = recorded({ deviceId: undefined });
    const generated = test.client.deviceId;
    expect(test.client.deviceIdType).toBe(1);
    test.client.setId('me');
    expect(test.client.deviceIdType).toBe(0);
    expect(await test.contents('me')).toEqual([{ old_device_id: generated }]);
    test.client.setId('you');
    expect(await test.contents('you')).toEqual([]);
  });

  it('refuses what can be no id', async () => {
    test = recorded();
    for (const id of ['', ' ', 'a\nb', '00000000-0000-0000-0000-000000000000', 'x'.repeat(257), null, {}]) {
      test.client.changeId(id as string);
    }
    expect(test.client.deviceId).toBe('test-device');
    const visitor = test.client.device('v');
    visitor.changeId(TEMPORARY_ID);
    expect(visitor.deviceId).toBe('v');
  });

  it('of a request holds for that request', async () => {
    test = recorded();
    const scope = test.client.scope({ deviceId: 'cookie' });
    const other = test.client.scope({ deviceId: 'cookie' });
    scope.changeId('user', { merge: true });
    expect([scope.deviceId, other.deviceId, test.client.deviceId]).toEqual(['user', 'cookie', 'test-device']);
    await test.sent();
  });
});

describe('a temporary id', () => {
  let test: Recorded;
  afterEach(() => test.close());

  it('holds everything until the real one is known, and is never sent', async () => {
    test = recorded({ deviceId: undefined, temporaryDeviceId: true });
    expect(test.client.deviceIdType).toBe(2);
    test.client.beginSession();
    test.client.addEvent('early');
    test.client.userData.increment('n');
    test.clock.advance(10_000);
    expect(await test.sent()).toEqual([]);
    expect(test.client.stats().pending).toBe(3);
    test.client.setId('real');
    const requests = await test.sent();
    expect(requests.map(({ deviceId }) => deviceId)).toEqual(['real', 'real', 'real']);
    expect(requests.every(({ parameters }) => !('old_device_id' in parameters))).toBe(true);
    expect(isBalanced(test.client)).toBe(true);
  });

  it('does not let a flush wait for what is held', async () => {
    test = recorded({ deviceId: undefined, temporaryDeviceId: true });
    test.client.addEvent('held');
    test.client.device('other').addEvent('sent');
    expect(await test.client.flush({ timeout: 60_000 })).toEqual({ delivered: 1, pending: 1, dropped: 0 });
  });

  it('can be taken at run time', async () => {
    test = recorded();
    test.client.useTemporaryId();
    test.client.addEvent('held');
    expect(await test.sent()).toEqual([]);
    test.client.changeId('next');
    expect((await test.sent()).map(({ deviceId }) => deviceId)).toEqual(['next']);
  });

  it('asks the server nothing', async () => {
    test = recorded({ deviceId: undefined, temporaryDeviceId: true });
    expect(await test.client.fetchRemoteConfig()).toEqual({ ok: false, reason: 'the device has no id yet' });
    expect(test.transport.queries).toEqual([]);
  });
});
