import { afterEach, describe, expect, it } from 'vitest';
import { Countly } from '../../lib/scope/countly.js';
import { DeviceScope } from '../../lib/scope/device-scope.js';
import { RecordingScope } from '../../lib/scope/recording-scope.js';
import { AbTests, UserData } from '../../lib/scope/scope-members.js';
import { isBalanced, type Recorded, recorded } from '../support/recorded.js';

/** Plain JavaScript callers pass anything. */
// biome-ignore lint/suspicious/noExplicitAny: the point of this file
type Loose = any;
type Row = readonly [
  call: string,
  wrong: (client: Loose) => unknown,
  warning: string,
  entries: 'kept' | 'dropped' | 'none',
];

const NPS = { widgetId: 'w', rating: 9 };
const TRACE = { type: 'device', name: 'import', durationMs: 5 };
const REQUEST = { type: 'network', name: 'GET /', responseTimeMs: 5, responseCode: 200 };

/**
 * One wrong argument each. `kept`: the call is clear enough and is recorded; `dropped`: it is counted as invalid; `none`:
 * it records nothing anyway.
 */
const TABLE: readonly Row[] = [
  ['addEvent', (c) => c.addEvent(42), 'addEvent: key must be a text', 'dropped'],
  ['addEvent', (c) => c.addEvent('a', 'x'), 'addEvent: options must be an object, got a value of type string', 'kept'],
  ['addEvent', (c) => c.addEvent('a', null), 'addEvent: options must be an object, got null', 'kept'],
  ['addEvent', (c) => c.addEvent('a', [1]), 'addEvent: options must be an object, got a list', 'kept'],
  ['addEvent', (c) => c.addEvent('a', { count: 'x' }), 'addEvent: count must be', 'kept'],
  ['addEvent', (c) => c.addEvent('a', { sum: {} }), 'addEvent: sum must be', 'kept'],
  ['addEvent', (c) => c.addEvent('a', { sum: 1e308 }), 'addEvent: sum must be a number up to', 'kept'],
  ['addEvent', (c) => c.addEvent('a', { sum: -(2 ** 53) }), 'addEvent: sum must be a number up to', 'kept'],
  ['addEvent', (c) => c.addEvent('a', { dur: -1 }), 'addEvent: dur is in seconds', 'kept'],
  ['addEvent', (c) => c.addEvent('a', { timestamp: 'x' }), 'addEvent: timestamp must be', 'kept'],
  ['addEvent', (c) => c.addEvent('a', { rollUp: 'yes' }), 'addEvent: rollUp must be true or false', 'kept'],
  ['addEvent', (c) => c.addEvent('a', { segmentation: 'x' }), 'addEvent: segmentation must be', 'kept'],
  ['addEvent', (c) => c.addEvent('a', { segmentation: { f() {} } }), 'addEvent: segment "f" is a function', 'kept'],
  [
    'addEvent',
    (c) => c.addEvent('a', { segmentation: { s: Symbol('s') } }),
    'addEvent: segment "s" is a symbol',
    'kept',
  ],
  ['addEvent', (c) => c.addEvent('a', { segmentation: { n: Number.NaN } }), 'addEvent: segment "n" is NaN', 'kept'],
  ['startEvent', (c) => c.startEvent(42).end(), 'startEvent: key must be a non-empty text, got 42', 'none'],
  ['startEvent', (c) => c.startEvent('a').end('x'), 'endEvent: options must be an object', 'kept'],
  ['endEvent', (c) => c.endEvent(42), 'endEvent: key must be a non-empty text, got 42', 'none'],
  ['endEvent', (c) => c.endEvent('never started'), 'endEvent: no event of this key was started', 'none'],
  ['cancelEvent', (c) => c.cancelEvent({}), 'cancelEvent: key must be a non-empty text', 'none'],
  ['trackView', (c) => c.trackView(42), 'trackView: name must be a non-empty text', 'dropped'],
  ['trackView', (c) => c.trackView('a', 'x'), 'trackView: options must be an object', 'kept'],
  ['trackView', (c) => c.trackView('a', { segmentation: 'x' }), 'trackView: segmentation must be', 'kept'],
  ['trackView', (c) => c.trackView('a').end('x'), 'trackView: durationSeconds must be seconds', 'kept'],
  ['addBreadcrumb', (c) => c.addBreadcrumb({}), 'addBreadcrumb: text must be a text', 'none'],
  ['addBreadcrumb', (c) => c.addBreadcrumb(Symbol('s')), 'addBreadcrumb: text must be a text', 'none'],
  ['logError', (c) => c.logError('a text', 'x'), 'logError: options must be an object', 'kept'],
  ['logError', (c) => c.logError('a text', { fatal: 'yes' }), 'logError: fatal must be true or false', 'kept'],
  ['logError', (c) => c.logError('a text', { layers: 'x' }), 'logError: layers must be a list of texts', 'kept'],
  ['logError', (c) => c.logError('a text', { timestamp: 'x' }), 'logError: timestamp must be', 'kept'],
  ['logError', (c) => c.logError('a text', { segmentation: 'x' }), 'logError: segmentation must be', 'kept'],
  ['reportTrace', (c) => c.reportTrace(undefined), 'reportTrace: a trace needs', 'dropped'],
  ['reportTrace', (c) => c.reportTrace({ ...TRACE, type: 'x' }), 'reportTrace: a trace needs', 'dropped'],
  ['reportTrace', (c) => c.reportTrace({ ...TRACE, startedAt: 'x' }), 'reportTrace: startedAt must be', 'kept'],
  ['reportTrace', (c) => c.reportTrace({ ...TRACE, metrics: 'x' }), 'reportTrace: metrics must be', 'kept'],
  [
    'reportTrace',
    (c) => c.reportTrace({ ...TRACE, metrics: { rows: 'x' } }),
    'reportTrace: metric "rows" must be',
    'kept',
  ],
  [
    'reportTrace',
    (c) => c.reportTrace({ ...REQUEST, requestPayloadSize: {} }),
    'reportTrace: requestPayloadSize must be a number of bytes',
    'kept',
  ],
  ['recordNetworkTrace', (c) => c.recordNetworkTrace('x'), 'reportTrace: a trace needs', 'dropped'],
  ['startTrace', (c) => c.startTrace(42).end(), 'startTrace: name must be a non-empty text, got 42', 'none'],
  ['startTrace', (c) => c.startTrace('a').end('x'), 'reportTrace: metrics must be an object', 'kept'],
  ['endTrace', (c) => c.endTrace(42), 'endTrace: name must be a non-empty text, got 42', 'none'],
  ['cancelTrace', (c) => c.cancelTrace(42), 'cancelTrace: name must be a non-empty text, got 42', 'none'],
  ['startView', (c) => c.startView(42), 'trackView: name must be a non-empty text, got 42', 'dropped'],
  ['startView', (c) => c.trackView('v', { parallel: 'x' }), 'trackView: parallel must be true or false', 'kept'],
  ['setViewSegmentation', (c) => c.setViewSegmentation('x'), 'setViewSegmentation: segmentation must be', 'none'],
  ['updateViewSegmentation', (c) => c.updateViewSegmentation(4), 'updateViewSegmentation: segmentation must', 'none'],
  ['recordMetrics', (c) => c.recordMetrics('x'), 'recordMetrics: options must be an object', 'kept'],
  ['fetchRemoteConfig', (c) => c.fetchRemoteConfig({ maxAge: 'x' }), 'fetchRemoteConfig: maxAge must be', 'none'],
  ['beginSession', (c) => c.beginSession('x'), 'beginSession: options must be an object', 'kept'],
  ['beginSession', (c) => c.beginSession({ heartbeat: 'x' }), 'beginSession: heartbeat must be', 'kept'],
  ['sessionDuration', (c) => c.sessionDuration(5), 'sessionDuration: no session has begun', 'dropped'],
  ['sessionDuration', (c) => begun(c).sessionDuration('x'), 'sessionDuration: expected seconds', 'dropped'],
  ['endSession', (c) => begun(c).endSession('x'), 'endSession: seconds must be seconds', 'kept'],
  ['setLocation', (c) => c.setLocation('x'), 'setLocation: location must be an object or null', 'none'],
  ['setLocation', (c) => c.setLocation(undefined), 'setLocation: location must be an object or null', 'none'],
  ['setLocation', (c) => c.setLocation({ ip: 'x' }), 'setLocation: ip must be an IP address', 'none'],
  ['setLocation', (c) => c.setLocation({ countryCode: 'Germany' }), 'setLocation: countryCode must be', 'none'],
  ['setLocation', (c) => c.setLocation({ city: 4 }), 'setLocation: city must be', 'none'],
  ['setLocation', (c) => c.setLocation({ location: '1;2' }), 'setLocation: location must be', 'none'],
  ['userDetails', (c) => c.userDetails('x'), 'userDetails: expected an object', 'dropped'],
  ['userDetails', (c) => c.userDetails({}), 'userDetails: details must have something in them', 'dropped'],
  ['userDetails', (c) => c.userDetails({ name: {}, email: 'a' }), 'userDetails: name must be a text', 'kept'],
  ['userDetails', (c) => c.userDetails({ byear: 'x', email: 'a' }), 'userDetails: byear must be a year', 'kept'],
  ['userDetails', (c) => c.userDetails({ custom: 'x', email: 'a' }), 'userDetails: custom must be an object', 'kept'],
  ['userDetails', (c) => c.userDetails({ email: 'a', picturePath: 4 }), 'setUserPicture(path)', 'kept'],
  ['userDetails', (c) => c.userDetails({ picturePath: '/a.png' }), 'setUserPicture(path)', 'dropped'],
  ['setUserPicture', (c) => c.setUserPicture(4), 'setUserPicture: path must be the path of a PNG', 'dropped'],
  ['setUserPicture', (c) => c.setUserPicture(''), 'setUserPicture: path must be the path of a PNG', 'dropped'],
  ['userDetails', (c) => c.userDetails({ email: 'a', custom: { a: { $x: 1 } } }), 'no such operator', 'kept'],
  ['userData.set', (c) => c.userData.set(42, 1), 'userData: $set: the property must have a name', 'dropped'],
  ['userData.set', (c) => c.userData.set('a', undefined), 'userData: $set: "a" needs a text', 'dropped'],
  ['userData.setOnce', (c) => c.userData.setOnce('a', undefined), 'userData: $setOnce: "a" needs a text', 'dropped'],
  ['userData.unset', (c) => c.userData.unset({}), 'userData: $set: the property must have a name', 'dropped'],
  ['userData.increment', (c) => c.userData.increment(''), 'userData: $inc: the property must have a name', 'dropped'],
  ['userData.incrementBy', (c) => c.userData.incrementBy('a', 'x'), 'userData: $inc: "a" needs a number', 'dropped'],
  ['userData.incrementBy', (c) => c.userData.incrementBy('a', 1e308), 'needs a number up to', 'dropped'],
  ['userData.multiply', (c) => c.userData.multiply('a', {}), 'userData: $mul: "a" needs a number', 'dropped'],
  ['userData.max', (c) => c.userData.max('a', null), 'userData: $max: "a" needs a number', 'dropped'],
  ['userData.min', (c) => c.userData.min('a', Number.NaN), 'userData: $min: "a" needs a number', 'dropped'],
  ['userData.push', (c) => c.userData.push('a', undefined), 'userData: $push: "a" needs a text', 'dropped'],
  ['userData.pushUnique', (c) => c.userData.pushUnique('a', []), 'userData: $addToSet: "a" needs a text', 'dropped'],
  ['userData.pull', (c) => c.userData.pull('a', [[]]), 'userData: $pull: "a" needs a text', 'dropped'],
  ['reportConversion', (c) => c.reportConversion(Number.NaN), 'reportConversion: campaignId must be', 'dropped'],
  ['reportConversion', (c) => c.reportConversion(undefined), 'reportConversion: campaignId must be', 'dropped'],
  ['reportConversion', (c) => c.reportConversion('a', {}), 'reportConversion: campaignUserId must be', 'kept'],
  ['reportAttribution', (c) => c.reportAttribution('x'), 'reportAttribution: expected an object', 'dropped'],
  ['reportAttribution', (c) => c.reportAttribution({ a: 'x', b: {} }), 'reportAttribution: b must be', 'kept'],
  ['reportFeedback', (c) => c.reportFeedback({ rating: 6 }), 'reportFeedback: rating must be', 'dropped'],
  ['reportFeedback', (c) => c.reportFeedback({ rating: 3 }), 'reportFeedback: without widgetId a server files', 'kept'],
  [
    'reportFeedback',
    (c) => c.reportFeedback({ ...NPS, rating: 3, email: {} }),
    'reportFeedback: email must be a text',
    'kept',
  ],
  [
    'reportFeedback',
    (c) => c.reportFeedback({ ...NPS, rating: 3, contactMe: 'y' }),
    'reportFeedback: contactMe must',
    'kept',
  ],
  ['reportNps', (c) => c.reportNps({ ...NPS, rating: 11 }), 'reportNps: rating must be', 'dropped'],
  ['reportNps', (c) => c.reportNps({ rating: 1 }), 'reportNps: widgetId is missing', 'dropped'],
  ['reportNps', (c) => c.reportNps({ ...NPS, comment: {} }), 'reportNps: comment must be a text', 'kept'],
  ['reportSurvey', (c) => c.reportSurvey({ widgetId: 'w', answers: 'x' }), 'reportSurvey: answers must be', 'dropped'],
  ['fetchRemoteConfig', (c) => c.fetchRemoteConfig('x'), 'fetchRemoteConfig: options must be an object', 'none'],
  ['fetchRemoteConfig', (c) => c.fetchRemoteConfig({ keys: 'x' }), 'fetchRemoteConfig: keys must be a list', 'none'],
  ['getRemoteConfig', (c) => c.getRemoteConfig(42), 'getRemoteConfig: key must be a text or a class, got 42', 'none'],
  ['abTests.enrol', (c) => c.abTests.enrol('x'), 'abTests.enrol: keys must be a list of texts', 'none'],
  ['abTests.enrolVariant', (c) => c.abTests.enrolVariant('a'), 'abTests.enrolVariant: variant must be', 'none'],
  ['abTests.optOut', (c) => c.abTests.optOut('x'), 'abTests.optOut: keys must be a list of texts', 'none'],
  ['abTests.fetchVariants', (c) => c.abTests.fetchVariants({}), 'abTests.fetchVariants: keys must be a list', 'none'],
  ['giveConsent', (c) => c.giveConsent('x'), 'giveConsent: "x" is neither a group nor a feature', 'none'],
  ['removeConsent', (c) => c.removeConsent(42), 'removeConsent: "42" is neither a group nor a feature', 'none'],
  ['checkConsent', (c) => c.checkConsent('x'), 'checkConsent: "x" is neither a group nor a feature', 'none'],
  ['changeId', (c) => c.changeId({}), 'changeId: deviceId must be a text', 'none'],
  ['changeId', (c) => c.changeId(`${undefined}`, { merge: true }), 'changeId: deviceId must be a text', 'none'],
  ['changeId', (c) => c.changeId('b', 'x'), 'changeId: options must be an object', 'none'],
  ['changeId', (c) => c.changeId('b', { merge: 'x' }), 'changeId: merge must be true or false', 'none'],
  ['setId', (c) => c.setId(null), 'changeId: deviceId must be a text', 'none'],
  ['request', (c) => c.request('x'), 'request: there is nothing in it', 'dropped'],
  ['request', (c) => c.request({ session_duration: 3, timestamp: 'x' }), 'request: timestamp must be', 'kept'],
  ['device', (c) => c.device({}).addEvent('a'), 'device: deviceId must be a text of 1 to 256', 'dropped'],
  ['device', (c) => c.device(Number(undefined)).addEvent('a'), 'device: deviceId must be a text', 'dropped'],
  ['scope', (c) => c.scope(null).addEvent('a'), 'scope: init must be an object, got null', 'dropped'],
  ['scope', (c) => c.scope('visitor').addEvent('a'), 'scope: init must be an object', 'dropped'],
  ['scope', (c) => c.scope({ deviceId: {} }).addEvent('a'), 'scope: deviceId must be a text', 'dropped'],
  ['scope', (c) => c.scope({ consent: 42 }), 'scope: consent must be a list of features, got 42', 'none'],
  ['scope', (c) => c.scope({ consent: ['x'] }), 'scope: consent must be one of', 'none'],
  ['scope', (c) => c.scope({ timezoneOffset: 'x' }).addEvent('a'), 'scope: timezoneOffset must be', 'kept'],
  ['scope', (c) => begun(c.scope({ deviceId: 'v', locale: 4 })), 'scope: locale must be a text', 'kept'],
  ['scope', (c) => begun(c.scope({ deviceId: 'v', metrics: 'x' })), 'scope: metrics must be an object', 'kept'],
  ['scope', (c) => begun(c.scope({ deviceId: 'v', ip: 'x' })), 'scope: ip must be an IP address', 'kept'],
  ['run', (c) => c.run(42, () => c.current().addEvent('a')), 'scope: init must be an object, got 42', 'dropped'],
  ['run', (c) => c.run(revoked(), () => {}), 'scope: what was passed cannot be read', 'dropped'],
  ['groupFeatures', (c) => c.groupFeatures('x'), 'groupFeatures: groups must be an object', 'none'],
  ['groupFeatures', (c) => c.groupFeatures({ a: 42 }), 'groupFeatures: "a" has no features', 'none'],
  ['trackErrors', (c) => c.trackErrors('x'), 'trackErrors: options must be an object', 'none'],
  ['flush', (c) => c.flush('x'), 'flush: options must be an object', 'none'],
  ['flush', (c) => c.flush({ timeout: 'x' }), 'flush: timeout must be milliseconds', 'none'],
  ['close', (c) => c.close({ timeout: -1 }), 'close: timeout must be milliseconds', 'none'],
];

/** Calls that take nothing that could be wrong, or anything. */
const WITHOUT = [
  'isAllowed',
  'warn',
  'refuse',
  'cancelAllTraces',
  'fetchFeedbackWidgets',
  'checkAnyConsent',
  'current',
  'useTemporaryId',
  'reportAppStart',
  'stats',
  'hold',
  'transaction',
  'userData.save',
  'abTests.fetchExperiments',
];

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

function begun(scope: Loose): Loose {
  scope.beginSession();
  return scope;
}

describe('a wrong argument', () => {
  let test: Recorded;
  afterEach(() => test.close());

  it.each(TABLE)('%s %s: %s', async (_call, wrong, warning, entries) => {
    test = recorded();
    // Every time the same warning, but written once.
    for (let i = 0; i < 2; i++) await wrong(test.client);
    await test.client.flush();
    expect(test.warnings).toHaveLength(1);
    expect(test.warnings[0]).toContain(warning);
    const { accepted, delivered, dropped } = test.client.stats();
    if (entries === 'dropped') expect(dropped).toEqual({ invalid: 2 });
    else expect(dropped).toEqual({});
    if (entries === 'kept') expect(delivered).toBeGreaterThan(0);
    if (entries === 'none') expect(accepted - delivered).toBe(0);
    expect(isBalanced(test.client)).toBe(true);
  });

  it('is tested for every public call', () => {
    test = recorded();
    const methods = (type: { prototype: object }, prefix = '') =>
      Object.entries(Object.getOwnPropertyDescriptors(type.prototype))
        .filter(([name, { value }]) => name !== 'constructor' && typeof value === 'function')
        .map(([name]) => prefix + name);
    const calls = [
      ...[RecordingScope, DeviceScope, Countly].flatMap((type) => methods(type)),
      ...methods(UserData, 'userData.'),
      ...methods(AbTests, 'abTests.'),
    ];
    const tested = new Set([...TABLE.map(([call]) => call), ...WITHOUT]);
    expect([...new Set(calls)].filter((call) => !tested.has(call))).toEqual([]);
  });

  it('of run that is no function is an error of the caller', () => {
    test = recorded();
    expect(() => test.client.run({ deviceId: 'v' }, 'x' as never)).toThrow(TypeError);
  });
});

describe('a scope', () => {
  it('reads what it is told when an entry first needs it, and once', async () => {
    const test = recorded();
    const read: string[] = [];
    const init = {
      deviceId: 'v',
      get ip() {
        read.push('ip');
        return '203.0.113.7';
      },
      get locale() {
        read.push('locale');
        return 'de-AT';
      },
      get timezoneOffset() {
        read.push('timezoneOffset');
        return 60;
      },
    };
    const scope = test.client.scope(init);
    scope.addBreadcrumb('nothing is recorded');
    expect(read).toEqual([]);
    scope.addEvent('a');
    scope.addEvent('b');
    expect(read).toEqual(['timezoneOffset']);
    scope.beginSession();
    scope.endSession();
    scope.beginSession();
    expect(read.sort()).toEqual(['ip', 'locale', 'timezoneOffset']);
    await test.close();
  });

  it('whose getters throw is still the scope of its device', async () => {
    const test = recorded();
    const init = {
      deviceId: 'v',
      get timezoneOffset(): number {
        throw new Error('broken');
      },
    };
    test.client.scope(init).addEvent('a');
    expect((await test.sent()).map(({ deviceId }) => deviceId)).toEqual(['v']);
    expect(test.warnings).toHaveLength(1);
    await test.close();
  });

  it('of nobody records nothing, counts nothing and says nothing', async () => {
    const test = recorded();
    const scope = test.client.scope({ deviceId: null });
    scope.addEvent('a');
    scope.trackView('b');
    scope.logError(new Error('c'));
    scope.beginSession();
    scope.addBreadcrumb('d');
    scope.userData.set('e', 1);
    scope.request({ session_duration: 1 });
    scope.reportTrace(TRACE as never);
    await test.client.flush();
    expect(test.client.stats()).toMatchObject({ accepted: 0, dropped: {}, devices: 0 });
    expect([test.warnings, test.transport.requests]).toEqual([[], []]);
    await test.close();
  });
});
