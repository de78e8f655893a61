import { describe, expect, it } from 'vitest';
import { CONSENT_FEATURES } from '../../lib/protocol/entry.js';
import type { Countly } from '../../lib/scope/countly.js';
import { recorded } from '../support/recorded.js';

const HEAD = (timestamp = 1_700_000_000_000) =>
  `{"app_key":"TEST","sdk_name":"typescript-weave","sdk_version":"0.1.0","av":"2.3.1","t":"0","hour":"22","dow":"2","tz":"0","device_id":"test-device","timestamp":${timestamp},"rr":1,`;
const TIME = '"timestamp":1700000000000,"hour":22,"dow":2';

/** Ids are other ones in each run: the first that comes is `#1`. */
function numbered(bodies: readonly string[]): string[] {
  const seen: string[] = [];
  const number = (id: string) => `#${seen.includes(id) ? seen.indexOf(id) + 1 : seen.push(id)}`;
  return bodies.map((body) =>
    body.replace(/"(id|peid|cvid|pvid|_idv)":"([\w-]+)"/g, (_, name, id) => `"${name}":"${number(id)}"`),
  );
}

const cases: readonly [string, (client: Countly) => void, readonly string[]][] = [
  [
    'events',
    (client) => {
      client.addEvent('order', { count: 2, sum: 9.5, dur: 2, segmentation: { plan: 'pro', n: 3, ok: true } });
      client.addEvent('ping');
    },
    [
      `${HEAD()}"events":[{"key":"order","id":"#1","count":2,"sum":9.5,"dur":2,"segmentation":{"plan":"pro","n":3,"ok":true},${TIME}},{"key":"ping","id":"#2","peid":"#1","count":1,${TIME}}]}`,
    ],
  ],
  [
    'the beginning of a session',
    (client) => client.beginSession(),
    [
      `${HEAD()}"begin_session":1,"metrics":{"_os":"Linux","_os_version":"6.1","_device":"server","_device_type":"desktop","_app_version":"2.3.1","_locale":"en_US"},"location":""}`,
    ],
  ],
  [
    'user details',
    (client) => client.userDetails({ name: 'Ann', byear: 1980, custom: { plan: 'pro', logins: { $inc: 1 } } }),
    [`${HEAD()}"user_details":{"name":"Ann","byear":1980,"custom":{"plan":"pro","logins":{"$inc":1}}}}`],
  ],
  [
    'a network trace',
    (client) =>
      client.recordNetworkTrace({
        name: 'GET /users/:id',
        startedAt: 1_700_000_000_000,
        responseTimeMs: 12,
        responseCode: 200,
        responsePayloadSize: 10,
      }),
    [
      `${HEAD()}"apm":{"type":"network","name":"GET /users/:id","apm_metrics":{"response_code":200,"response_payload_size":10,"request_payload_size":0,"response_time":12},"stz":1700000000000,"etz":1700000000012}}`,
    ],
  ],
  [
    'a device trace',
    (client) =>
      client.reportTrace({
        type: 'device',
        name: 'import',
        startedAt: 1_700_000_000_000,
        durationMs: 1.5,
        metrics: { rows: 3 },
      }),
    [
      `${HEAD()}"apm":{"type":"device","name":"import","apm_metrics":{"duration":1.5,"rows":3},"stz":1700000000000,"etz":1700000000002}}`,
    ],
  ],
  [
    'a conversion',
    (client) => client.reportConversion('c1', 'u1'),
    [`${HEAD()}"campaign_id":"c1","campaign_user":"u1"}`],
  ],
  ['indirect attribution', (client) => client.reportAttribution({ adid: 'x' }), [`${HEAD()}"aid":{"adid":"x"}}`]],
  [
    'a rating',
    (client) => client.reportFeedback({ widgetId: 'w', rating: 5 }),
    [
      `${HEAD()}"events":[{"key":"[CLY]_star_rating","id":"#1","count":1,"segmentation":{"widget_id":"w","platform":"Linux","app_version":"2.3.1","rating":5},${TIME}}]}`,
    ],
  ],
  [
    'a merge',
    (client) => client.changeId('next "quoted"', { merge: true }),
    [`${HEAD().replace('test-device', 'next \\"quoted\\"')}"old_device_id":"test-device"}`],
  ],
  [
    'a raw request',
    (client) => client.request({ country_code: 'AT', list: [1] }),
    [`${HEAD()}"country_code":"AT","list":[1]}`],
  ],
];

describe('on the wire, byte for byte', () => {
  it.each(cases)('%s', async (_name, record, expected) => {
    const test = recorded();
    record(test.client);
    expect(numbered(await test.bodies())).toEqual(expected);
    await test.close();
  });

  it('an extension and the end of a session', async () => {
    const test = recorded();
    test.client.beginSession();
    test.clock.advance(60_000);
    test.client.endSession(12);
    const [, extension, end] = await test.bodies();
    expect(extension).toBe(`${HEAD(1_700_000_060_000)}"session_duration":60}`);
    expect(end).toBe(`${HEAD(1_700_000_060_001)}"end_session":1,"session_duration":12}`);
    await test.close();
  });

  it('a view from its start to its end', async () => {
    const test = recorded();
    const view = test.client.trackView('/home');
    test.clock.advance(7000);
    view.end();
    test.client.trackView('/next');
    const [body] = numbered(await test.bodies());
    expect(body).toBe(
      `${HEAD(1_700_000_007_000)}"events":[` +
        `{"key":"[CLY]_view","id":"#1","count":1,"segmentation":{"name":"/home","segment":"Linux","_idv":"#1","visit":1,"start":1},${TIME}},` +
        `{"key":"[CLY]_view","id":"#1","count":1,"dur":7,"segmentation":{"name":"/home","segment":"Linux","_idv":"#1"},"timestamp":1700000007000,"hour":22,"dow":2},` +
        `{"key":"[CLY]_view","id":"#2","pvid":"#1","count":1,"segmentation":{"name":"/next","segment":"Linux","_idv":"#2","visit":1},"timestamp":1700000007000,"hour":22,"dow":2}]}`,
    );
    await test.close();
  });

  it('a crash', async () => {
    const test = recorded();
    const error = new TypeError('x');
    error.stack = 'TypeError: x\n    at f (a.js:1:2)';
    test.client.addBreadcrumb('before');
    test.client.logError(error, { segmentation: { zone: 'a' } });
    const [body] = await test.bodies();
    expect(body?.replace(/"_ram_(\w+)":\d+/g, '"_ram_$1":0')).toBe(
      `${HEAD()}"crash":{"_os":"Linux","_os_version":"6.1","_device":"server","_app_version":"2.3.1","_cpu":"cpu","_architecture":"x64",` +
        '"_name":"TypeError: x","_type":"TypeError","_error":"TypeError: x\\n    at f (a.js:1:2)",' +
        '"_nonfatal":true,"_javascript":true,"_not_os_specific":true,"_background":true,"_run":0,"_ram_total":0,"_ram_current":0,' +
        '"_logs":"before","_custom":{"zone":"a"}}}',
    );
    await test.close();
  });

  it('consent', async () => {
    const test = recorded({ requireConsent: true });
    await test.bodies();
    test.client.giveConsent('sessions', 'events');
    test.client.removeConsent('events');
    expect(await test.bodies()).toEqual([
      `${HEAD()}"consent":{${CONSENT_FEATURES.map((name) => `"${name}":${/^(sessions|events)$/.test(name)}`).join(',')}}}`,
      `${HEAD(1_700_000_000_001)}"consent":{"events":false}}`,
    ]);
    await test.close();
  });

  it('the same as a form, for proxies that insist', async () => {
    const test = recorded({ encoding: 'form' });
    test.client.addEvent('ä&=');
    const bodies = (await test.bodies()).map(decodeURIComponent);
    expect(numbered(bodies)).toEqual([
      'app_key=TEST&sdk_name=typescript-weave&sdk_version=0.1.0&av=2.3.1&t=0&hour=22&dow=2&tz=0&device_id=test-device&timestamp=1700000000000&rr=1' +
        `&events=[{"key":"ä&=","id":"#1","count":1,${TIME}}]`,
    ]);
    await test.close();
  });

  it('the questions to the server', async () => {
    const test = recorded({ metrics: {}, requireConsent: true, consent: ['remote-config', 'feedback'] });
    await test.client.fetchRemoteConfig({ keys: ['a', 'b'] });
    await test.client.fetchFeedbackWidgets();
    const common =
      'app_key=TEST&device_id=test-device&t=0&sdk_name=typescript-weave&sdk_version=0.1.0&av=2.3.1&timestamp=1700000000000';
    expect(test.transport.queries.map(({ body }) => body)).toEqual([
      `${common}&method=rc&keys=%5B%22a%22%2C%22b%22%5D`,
      `${common}&method=feedback`,
    ]);
    await test.close();
  });
});
