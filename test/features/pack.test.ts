import { afterEach, describe, expect, it } from 'vitest';
import { fieldsOf, type Recorded, recorded } from '../support/recorded.js';

const settled = async () => {
  for (let i = 0; i < 20; i++) await new Promise(setImmediate);
};

describe('what stands in every request', () => {
  let test: Recorded;
  afterEach(() => test.close());

  it('is text where a server takes the number 0 for nothing', async () => {
    test = recorded({ timezoneOffset: 0 });
    // A Sunday, shortly after midnight.
    test.clock.setNow(Date.UTC(2026, 0, 4, 0, 10));
    test.client.addEvent('e');
    test.client.beginSession();
    for (const { parameters } of await test.sent()) {
      for (const name of ['t', 'hour', 'dow', 'tz']) expect(typeof parameters[name]).toBe('string');
    }
  });

  it('says how many requests remain, never 0, so that every repetition is recognised', async () => {
    test = recorded({ maxParallelRequests: 1 });
    for (const id of ['a', 'b', 'c']) test.client.device(id).reportFeedback({ rating: 5, widgetId: 'w' });
    const requests = await test.sent();
    expect(requests.map(({ parameters }) => parameters['rr'])).toEqual([3, 2, 1]);
  });

  it('is told of raw requests as well', async () => {
    test = recorded();
    test.client.request({ events: [{ key: 'e', count: 1 }], hour: 0 });
    const [{ parameters } = { parameters: {} as Record<string, unknown> }] = await test.sent();
    expect(parameters).toMatchObject({ hour: expect.any(String), rr: 1 });
  });
});

describe('keys with dots', () => {
  let test: Recorded;
  afterEach(() => test.close());

  it.each([
    ['orders.placed', 'orders_placed'],
    ['.hidden', '_hidden'],
    ['a.b.c', 'a_b_c'],
    ['a..b', 'ab'],
    ['system.boot', 'boot'],
  ])('reach the server as it shows them: %s', async (key, sent) => {
    test = recorded();
    test.client.addEvent(key);
    expect((await test.sent())[0]?.events[0]?.key).toBe(sent);
    expect(test.warnings.some((line) => line.includes('dots'))).toBe(sent.includes('_'));
  });

  it('are said once, whatever they are', async () => {
    test = recorded();
    for (let i = 0; i < 100; i++) test.client.startEvent(`orders.${i}`).end();
    expect(test.warnings).toHaveLength(1);
  });
});

describe('order between features', () => {
  let test: Recorded;
  afterEach(() => test.close());

  it.each([
    ['an event', (client: Recorded['client']) => client.addEvent('e'), 'events'],
    ['a session', (client: Recorded['client']) => client.beginSession(), 'begin_session'],
    ['a view', (client: Recorded['client']) => client.trackView('v'), 'events'],
    ['a crash', (client: Recorded['client']) => client.logError(new Error('x')), 'crash'],
  ])('puts what is known of a person before %s', async (_name, act, parameter) => {
    test = recorded();
    test.client.userData.set('plan', 'pro');
    act(test.client);
    test.client.userData.set('plan', 'free');
    const contents = await test.contents();
    expect(contents.map((content) => Object.keys(content)[0])).toEqual(['user_details', parameter, 'user_details']);
  });

  it('lets the consent in force travel with a merge', async () => {
    test = recorded({ requireConsent: true, consent: ['events', 'users'] });
    await test.sent();
    test.client.changeId('ann', { merge: true });
    const [merge] = await test.contents('ann');
    expect(merge).toMatchObject({
      old_device_id: 'test-device',
      consent: { events: true, users: true, crashes: false },
    });
    await test.close();
    test = recorded();
    test.client.changeId('ann', { merge: true });
    expect(await test.contents('ann')).toEqual([{ old_device_id: 'test-device' }]);
  });
});

describe('a start', () => {
  let test: Recorded;
  afterEach(() => test.close());

  it.each([{}, { requireConsent: true }])('makes no user of a process nobody records for: %j', async (options) => {
    test = recorded({ serverSettings: true, healthCheck: true, ...options });
    await test.client.flush();
    await settled();
    expect([test.transport.requests, test.transport.queries]).toEqual([[], []]);
  });

  it('tells what is known of the person first, or once they agree to it', async () => {
    test = recorded({ userDetails: { name: 'Ann' }, session: 'automatic' });
    expect((await test.contents()).map((content) => Object.keys(content)[0])).toEqual([
      'user_details',
      'begin_session',
    ]);
    await test.close();
    test = recorded({ userDetails: { name: 'Ann' }, requireConsent: true });
    expect(await test.contents()).toEqual([]);
    test.client.giveConsent('users');
    test.client.giveConsent('events');
    const contents = await test.contents();
    expect(contents.filter((content) => content['user_details'])).toEqual([{ user_details: { name: 'Ann' } }]);
  });

  it('tells the server once how the client fares, when it has taken something', async () => {
    test = recorded({ healthCheck: true });
    test.transport.answerOnce({ kind: 'retry', reason: 'status 503' });
    const visitor = test.client.device('visitor');
    visitor.addEvent('a.b');
    const delivered = test.client.flush();
    await settled();
    test.clock.advance(5000);
    await delivered;
    visitor.addEvent('again');
    await test.client.flush();
    await settled();
    expect(test.transport.queries).toHaveLength(1);
    const [query] = test.transport.queries;
    const { hc, device_id } = fieldsOf(query);
    expect([query?.path, device_id]).toEqual(['/i', 'visitor']);
    expect(JSON.parse(hc ?? '')).toMatchObject({ sc: 503, em: 'status 503', bom: 0, cbom: 0, wl: expect.any(Number) });
    expect(test.client.stats()).toMatchObject({ accepted: 2, delivered: 2 });
  });
});

describe('metrics outside of a session', () => {
  let test: Recorded;
  afterEach(() => test.close());

  it('are told with consent to them, what is given in place of what is known', async () => {
    test = recorded();
    test.client.recordMetrics({ _app_version: '3.0', _carrier: 'x', 'a.b': 'c', $d: '' });
    test.client.device('v').recordMetrics();
    const [own] = await test.contents();
    expect(own).toEqual({
      metrics: expect.objectContaining({ _os: 'Linux', _app_version: '3.0', _carrier: 'x', ab: 'c' }),
    });
    await test.close();
    test = recorded({ requireConsent: true, consent: ['sessions'] });
    test.client.recordMetrics();
    expect(test.client.stats().dropped).toEqual({ consent: 1 });
  });
});

it('says which SDK it is', async () => {
  const test = recorded();
  test.client.addEvent('e');
  const [request] = await test.sent();
  expect([test.client.sdkName, test.client.sdkVersion]).toEqual([
    request?.parameters['sdk_name'],
    request?.parameters['sdk_version'],
  ]);
  await test.close();
});
