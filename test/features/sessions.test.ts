import { afterEach, describe, expect, it } from 'vitest';
import { type Recorded, recorded } from '../support/recorded.js';

describe('a session', () => {
  let test: Recorded;
  afterEach(() => test.close());

  it('begins, is extended while the process runs, and ends, each in a request of its own', async () => {
    test = recorded();
    test.client.beginSession();
    test.clock.advance(150_000);
    test.client.endSession();
    expect(await test.contents()).toEqual([
      {
        begin_session: 1,
        metrics: {
          _os: 'Linux',
          _os_version: '6.1',
          _device: 'server',
          _device_type: 'desktop',
          _app_version: '2.3.1',
          _locale: 'en_US',
        },
        location: '',
      },
      { session_duration: 60 },
      { session_duration: 60 },
      { end_session: 1, session_duration: 30 },
    ]);
  });

  it('ends with a year at most, whatever number is given', async () => {
    test = recorded();
    const visitor = test.client.device('visitor');
    visitor.beginSession();
    visitor.endSession(1e15);
    const told = (await test.contents('visitor')).map((content) => Number(content['session_duration'] ?? 0));
    expect(told.reduce((sum, seconds) => sum + seconds, 0)).toBe(366 * 86_400);
  });

  it('of a visitor is extended only while the visitor does something', async () => {
    test = recorded();
    const visitor = test.client.device('visitor');
    visitor.beginSession();
    test.clock.advance(45_000);
    visitor.addEvent('click');
    test.clock.advance(600_000);
    const contents = await test.contents('visitor');
    expect(contents.filter((content) => 'session_duration' in content)).toEqual([{ session_duration: 45 }]);
  });

  it('of a visitor who went away ends with the last thing the visitor did', async () => {
    test = recorded({ deviceIdleTimeout: 1800 });
    const visitor = test.client.device('visitor');
    visitor.beginSession();
    visitor.trackView('/home');
    test.clock.advance(20_000);
    visitor.addEvent('click');
    const lastSeen = test.clock.now();
    test.clock.advance(2_000_000);
    const requests = (await test.sent()).filter(({ deviceId }) => deviceId === 'visitor');
    const end = requests.find(({ parameters }) => parameters['end_session']);
    // A millisecond apart from the request before, so that it is no repetition.
    expect(Number(end?.timestamp) - lastSeen).toBeLessThanOrEqual(1);
    expect(requests.at(-2)?.events.at(-1)).toMatchObject({ key: '[CLY]_view', dur: 20, timestamp: lastSeen });
    const reported = requests.reduce((sum, { parameters }) => sum + Number(parameters['session_duration'] ?? 0), 0);
    expect(reported).toBe(20);
  });

  it('of the process itself does not end because nothing happens', async () => {
    test = recorded({ session: 'automatic', deviceIdleTimeout: 100, maxDevices: 2 });
    test.clock.advance(1_000_000);
    for (let i = 0; i < 10; i++) test.client.device(`d${i}`).trackView('x');
    expect((await test.contents()).some((content) => 'end_session' in content)).toBe(false);
    await test.close();
    const last = test.transport.delivered.filter(({ deviceId }) => deviceId === 'test-device').at(-1);
    expect(last?.parameters).toMatchObject({ end_session: 1 });
  });

  it('is not begun twice', async () => {
    test = recorded();
    test.client.beginSession();
    test.client.beginSession();
    expect(await test.contents()).toHaveLength(1);
  });

  it('asks not to be taken for the one before when it begins within the cooldown', async () => {
    test = recorded();
    test.client.beginSession();
    test.client.endSession();
    test.clock.advance(14_000);
    test.client.beginSession();
    test.client.endSession();
    test.clock.advance(16_000);
    test.client.beginSession();
    const begins = (await test.contents()).filter((content) => 'begin_session' in content);
    expect(begins.map((content) => content['ignore_cooldown'])).toEqual([undefined, 1, undefined]);
  });

  it('reports more than a day in parts a server accepts', async () => {
    test = recorded({ sessionUpdate: 86_400 });
    const visitor = test.client.device('v');
    visitor.beginSession();
    visitor.endSession(200_000);
    expect(await test.contents('v')).toMatchObject([
      { begin_session: 1 },
      { session_duration: 86_400 },
      { session_duration: 86_400 },
      { end_session: 1, session_duration: 27_200 },
    ]);
  });

  it('takes durations only while it is open, and only seconds', async () => {
    test = recorded();
    test.client.sessionDuration(10);
    test.client.beginSession();
    test.client.sessionDuration(12.4);
    test.client.sessionDuration(-1);
    test.client.sessionDuration(Number.NaN);
    test.client.endSession(3);
    expect((await test.contents()).slice(1)).toEqual([
      { session_duration: 12 },
      { end_session: 1, session_duration: 3 },
    ]);
    expect(test.client.stats().dropped).toEqual({ invalid: 3 });
  });

  it('makes its first view the landing, and ends the view on display', async () => {
    test = recorded();
    test.client.beginSession();
    test.client.trackView('/a');
    test.client.trackView('/b');
    test.client.endSession();
    test.client.beginSession();
    test.client.trackView('/c');
    const views = (await test.sent()).flatMap(({ events }) => events);
    const started = views.filter((view) => (view['segmentation'] as Record<string, unknown>)['visit'] === 1);
    expect(started.map((view) => (view['segmentation'] as Record<string, unknown>)['start'])).toEqual([
      1,
      undefined,
      1,
    ]);
    expect(views.filter((view) => 'dur' in view)).toHaveLength(2);
  });
});

describe('the place of a session', () => {
  let test: Recorded;
  afterEach(() => test.close());

  const placeOf = async (deviceId: string) => {
    const begin = (await test.contents(deviceId)).find((content) => 'begin_session' in content) ?? {};
    const { begin_session: _begin, metrics: _metrics, ...place } = begin;
    return place;
  };

  it('is the address of the person', async () => {
    test = recorded();
    test.client.scope({ deviceId: 'v', ip: '::ffff:203.0.113.7' }).beginSession();
    expect(await placeOf('v')).toEqual({ ip_address: '203.0.113.7' });
  });

  it.each([
    ['203.0.113.7:4711', '203.0.113.7'],
    ['[2001:db8::7]:4711', '2001:db8::7'],
    ['[2001:db8::7]', '2001:db8::7'],
  ])('is found where a proxy has put a port behind it: %s', async (ip, address) => {
    test = recorded();
    test.client.scope({ deviceId: 'v', ip }).beginSession();
    expect(await placeOf('v')).toEqual({ ip_address: address });
  });

  it('is never the data centre: with a country alone the city is said to be unknown', async () => {
    test = recorded();
    test.client.scope({ deviceId: 'v', countryCode: 'at' }).beginSession();
    expect(await placeOf('v')).toEqual({ country_code: 'AT', city: 'Unknown' });
  });

  it('is never the data centre: without anything the place is unknown', async () => {
    test = recorded();
    test.client.scope({ deviceId: 'v', ip: 'not an address', city: 'Wien' }).beginSession();
    expect(await placeOf('v')).toEqual({ location: '' });
  });

  it('may be that of the sender when asked for', async () => {
    test = recorded({ locateSender: true });
    test.client.beginSession();
    expect(await placeOf('test-device')).toEqual({});
  });

  it('of the own device comes from the options', async () => {
    test = recorded({ countryCode: 'DE', city: 'Berlin', location: '52.5,13.4' });
    test.client.beginSession();
    expect(await placeOf('test-device')).toEqual({ country_code: 'DE', city: 'Berlin', location: '52.5,13.4' });
  });

  it('can be said later, and taken back', async () => {
    test = recorded({ countryCode: 'DE', city: 'Berlin' });
    test.client.setLocation({ countryCode: 'FR', city: 'Paris' });
    test.client.beginSession();
    expect(await placeOf('test-device')).toEqual({ country_code: 'FR', city: 'Paris' });
    test.client.endSession();
    test.client.setLocation(null);
    test.client.beginSession();
    expect(await placeOf('test-device')).toMatchObject({ location: '' });
  });

  it('carries the language of the person', async () => {
    test = recorded();
    test.client.scope({ deviceId: 'v', locale: 'de-AT', metrics: { _browser: 'Firefox' } }).beginSession();
    const [begin] = await test.contents('v');
    expect(begin?.['metrics']).toMatchObject({ _locale: 'de_AT', _browser: 'Firefox', _os: 'Linux' });
  });
});
