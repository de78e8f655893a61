import { afterEach, describe, expect, it } from 'vitest';
import { type Recorded, recorded } from '../support/recorded.js';

describe('a raw request', () => {
  let test: Recorded;
  afterEach(() => test.close());

  it('leaves untouched, with what every request needs', async () => {
    test = recorded();
    const long = 'x'.repeat(5000);
    const taken = test.client.request({
      app_key: 'ignored',
      device_id: 'ignored',
      events: JSON.stringify([{ key: 'val', count: 1, segmentation: { long } }]),
      custom_thing: { a: [1] },
    });
    expect(taken).toBe(true);
    const [request] = await test.sent();
    expect(request?.deviceId).toBe('test-device');
    expect(request?.events[0]).toEqual({ key: 'val', count: 1, segmentation: { long } });
    expect(request?.parameters['custom_thing']).toEqual({ a: [1] });
  });

  it('keeps the time of the caller', async () => {
    test = recorded();
    test.client.request({ user_details: { name: 'Ann' }, timestamp: 1_600_000_000_000 });
    expect((await test.sent())[0]?.timestamp).toBe(1_600_000_000_000);
  });

  it.each<[string, Record<string, unknown>]>([
    ['nothing in it', {}],
    ['a name the server answers with an error', { app_id: 'x' }],
    ['a name the server takes for something else', { method: 'sc', events: [] }],
    ['events that are no JSON', { events: "[{'key':'val'}]" }],
    ['events that are no list', { events: '{"key":"a"}' }],
    ['null among the events', { events: [null] }],
    ['an event without a key', { events: [{ count: 1 }] }],
    ['a key that is too long', { events: [{ key: 'x'.repeat(128) }] }],
    ['a key of the server', { events: [{ key: '[CLY]_session' }] }],
    ['a view without a name', { events: [{ key: '[CLY]_view', segmentation: {} }] }],
    ['a rating without segmentation', { events: [{ key: '[CLY]_star_rating' }] }],
    ['a nested segment', { events: [{ key: 'a', segmentation: { b: {} } }] }],
    ['a sum that is none', { events: [{ key: 'a', sum: 'much' }] }],
    ['consent in texts', { consent: { events: 'false' } }],
    ['a crash without a version', { crash: { _error: 'x', _os: 'Linux' } }],
    ['a trace without metrics', { apm: { type: 'device', name: 'x', stz: 1, etz: 2 } }],
    ['two operators on one property', { user_details: { custom: { a: { $inc: 1, $mul: 2 } } } }],
    ['the end and the beginning of a session', { begin_session: 1, end_session: 1 }],
    ['a duration in milliseconds', { session_duration: 1_700_000_000_000 }],
    ['a place that is none', { location: 'Vienna' }],
    ['something without JSON', { thing: () => {} }],
  ])('with %s is refused, with one warning', async (_name, parameters) => {
    test = recorded();
    expect(test.client.request(parameters)).toBe(false);
    expect(await test.sent()).toEqual([]);
    expect(test.client.stats().dropped).toEqual({ invalid: 1 });
    expect(test.warnings).toHaveLength(1);
  });

  it('takes app_metrics for apm_metrics and cuts stack lines, which block a server', async () => {
    test = recorded();
    test.client.request({ apm: { type: 'device', name: 'x', app_metrics: { duration: 1 }, stz: 1, etz: 2 } });
    test.client.request({ crash: { _error: `E\n${'y'.repeat(10_000)}`, _os: 'Linux', _app_version: '1' } });
    const contents = await test.contents();
    expect(contents[0]).toEqual({ apm: { type: 'device', name: 'x', apm_metrics: { duration: 1 }, stz: 1, etz: 2 } });
    expect(contents[1]?.['crash']).toMatchObject({ _error: `E\n${'y'.repeat(200)}` });
  });

  it('needs the consent of everything in it', () => {
    test = recorded({ requireConsent: true, consent: ['events'] });
    expect(test.client.request({ events: [{ key: 'a' }] })).toBe(true);
    expect(test.client.request({ events: [{ key: 'a' }], crash: { _error: 'x', _os: 'L', _app_version: '1' } })).toBe(
      false,
    );
    expect(test.client.request({ session_duration: 5 })).toBe(false);
    expect(test.client.stats().dropped).toEqual({ consent: 2 });
  });
});
