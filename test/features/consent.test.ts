import { afterEach, describe, expect, it } from 'vitest';
import { CONSENT_FEATURES } from '../../lib/protocol/entry.js';
import { isBalanced, type Recorded, recorded } from '../support/recorded.js';

const allFalse = Object.fromEntries(CONSENT_FEATURES.map((name) => [name, false]));

describe('consent', () => {
  let test: Recorded;
  afterEach(() => test.close());

  it('tells the whole map first, then the changes, in real booleans', async () => {
    test = recorded({ requireConsent: true, consent: ['events'] });
    test.client.giveConsent('views');
    test.client.removeConsent('events');
    expect(await test.contents()).toEqual([
      { consent: { ...allFalse, events: true } },
      { consent: { views: true } },
      { consent: { events: false } },
    ]);
  });

  it('of a device that is forgotten is its own, whoever else took theirs back', async () => {
    test = recorded({ requireConsent: true, deviceIdleTimeout: 60 });
    test.client.device('other').giveConsent('views');
    test.client.device('other').removeConsent('views');
    test.client.device('a').giveConsent('views');
    test.client.device('a').trackView('/page');
    test.clock.advance(5000);
    test.client.device('a').trackView('/next', { parallel: true });
    test.clock.advance(120_000);
    const ends = (await test.sent()).flatMap(({ events }) => events).filter(({ dur }) => dur !== undefined);
    expect(ends).toMatchObject([{ dur: 5, segmentation: { name: '/page' } }]);
  });

  it('to something that is not there decides nothing', async () => {
    test = recorded({ requireConsent: true });
    const device = test.client.device('a');
    device.giveConsent('evnts' as 'events');
    device.removeConsent('evnts' as 'events');
    device.giveConsent();
    expect(await test.contents('a')).toEqual([]);
    device.giveConsent('events');
    expect(await test.contents('a')).toMatchObject([{ consent: { events: true, views: false } }]);
  });

  it('decides what is recorded, for each device', async () => {
    test = recorded({ requireConsent: true });
    test.client.device('a').giveConsent('events');
    test.client.device('a').addEvent('yes');
    test.client.device('b').addEvent('no');
    expect((await test.sent()).flatMap(({ events }) => events)).toMatchObject([{ key: 'yes' }]);
    expect(test.client.stats().dropped).toEqual({ consent: 1 });
  });

  it('that is withdrawn takes what waits out of the queue before the server is told', async () => {
    test = recorded({ requireConsent: true });
    const device = test.client.device('a');
    device.giveConsent('events', 'crashes');
    await test.sent();
    device.addEvent('gone');
    device.logError(new Error('stays'));
    device.removeConsent('events');
    const contents = await test.contents('a');
    expect(contents.map((content) => Object.keys(content)[0])).toEqual(['crash', 'consent']);
    expect(isBalanced(test.client)).toBe(true);
    expect(test.client.stats().dropped).toEqual({ consent: 1 });
  });

  it('to sessions that is withdrawn ends the session', async () => {
    test = recorded({ requireConsent: true });
    const device = test.client.device('a');
    device.giveConsent('sessions');
    device.beginSession();
    await test.sent();
    test.clock.advance(10_000);
    device.removeConsent('sessions');
    expect(await test.contents('a')).toEqual([
      { end_session: 1, session_duration: 10 },
      { consent: { sessions: false } },
    ]);
  });

  it('to sessions that is withdrawn before the start has left tells of no end', async () => {
    test = recorded({ requireConsent: true });
    const device = test.client.device('a');
    device.giveConsent('sessions');
    await test.sent();
    device.beginSession();
    device.removeConsent('sessions');
    expect(await test.contents('a')).toEqual([{ consent: { sessions: false } }]);
  });

  it('to the location that is withdrawn says so, and keeps later sessions without a place', async () => {
    test = recorded({ requireConsent: true, consent: ['sessions', 'location'], countryCode: 'DE', city: 'Berlin' });
    test.client.removeConsent('location');
    test.client.beginSession();
    const contents = await test.contents();
    expect(contents[1]).toEqual({ consent: { location: false }, location: '' });
    expect(contents[2]).toMatchObject({ begin_session: 1, location: '' });
    expect(contents[2]).not.toHaveProperty('country_code');
  });

  it('lets a session begin that was asked for before', async () => {
    test = recorded({ requireConsent: true, session: 'automatic' });
    expect(await test.contents()).toEqual([]);
    test.client.giveConsent('sessions');
    expect(await test.contents()).toMatchObject([{ consent: { ...allFalse, sessions: true } }, { begin_session: 1 }]);
  });

  it('can be given to groups, which have none of their own', async () => {
    test = recorded({ requireConsent: true, consentGroups: { activity: ['events', 'views'] } });
    test.client.groupFeatures({ person: 'users', events: ['crashes'], empty: [] });
    test.client.giveConsent('activity', 'person', 'no such thing');
    expect(test.client.checkConsent('activity')).toBe(true);
    expect(test.client.checkConsent('person')).toBe(true);
    expect(test.client.checkConsent('crashes')).toBe(false);
    test.client.removeConsent('views');
    expect(test.client.checkConsent('activity')).toBe(false);
    expect(test.client.checkConsent('events')).toBe(true);
    expect(test.warnings).toHaveLength(3);
    expect(test.client.checkAnyConsent()).toBe(true);
    test.client.removeConsent('activity', 'person');
    expect(test.client.checkAnyConsent()).toBe(false);
  });

  it('of one request is that of the scope, also when it changes on the way', async () => {
    test = recorded({ requireConsent: true });
    const scope = test.client.scope({ deviceId: 'a', consent: ['events'] });
    expect(scope.isAllowed('events')).toBe(true);
    scope.giveConsent('views');
    scope.removeConsent('events');
    expect([scope.isAllowed('events'), scope.isAllowed('views')]).toEqual([false, true]);
    expect(await test.contents('a')).toEqual([
      { consent: { ...allFalse, events: true } },
      { consent: { views: true } },
      { consent: { events: false } },
    ]);
  });

  it('of a scope may come from anything that can be iterated, also without an end', async () => {
    test = recorded({ requireConsent: true });
    function* endless() {
      for (;;) yield 'events' as const;
    }
    expect(test.client.scope({ deviceId: 'a', consent: endless() }).isAllowed('events')).toBe(true);
    expect(test.client.scope({ deviceId: 'b', consent: 'views' as never }).isAllowed('views')).toBe(true);
    await test.sent();
  });

  it('drops unsaved user data when it is withdrawn', async () => {
    test = recorded({ requireConsent: true });
    const device = test.client.device('a');
    device.giveConsent('users');
    device.userData.set('mail', 'x');
    device.removeConsent('users');
    expect((await test.contents('a')).some((content) => 'user_details' in content)).toBe(false);
  });

  it('without the need for it allows everything and tells nothing', async () => {
    test = recorded();
    test.client.giveConsent('events');
    expect(test.client.checkConsent('anything')).toBe(true);
    expect(await test.contents()).toEqual([]);
  });
});
