import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resolveOptions } from '../../lib/config/resolve.js';
import { parseEndpoint } from '../../lib/http/endpoint.js';
import { defaultStoragePath } from '../../lib/journal/path.js';
import { checksum256 } from '../../lib/protocol/encode.js';
import { Countly } from '../../lib/scope/countly.js';
import { fatal, isBalanced, recorded } from '../support/recorded.js';

const turns = async () => {
  for (let i = 0; i < 20; i++) await new Promise(setImmediate);
};

// Contract §12.2, by its numbers. Delivery itself (2, 3, 4, 5, 12, 23) has its tests in test/outbox and test/storage;
// here stands what a client shows of it.
describe('the faults of the official SDK are not ours', () => {
  it('1: with a salt every request carries a checksum over its exact bytes', async () => {
    const test = recorded({ salt: 's3cr3t' });
    test.client.addEvent('a');
    await test.client.flush();
    const { request } = test.transport.requests[0] ?? {};
    expect(request?.query).toBe(`checksum256=${checksum256(String(request?.body ?? ''), 's3cr3t')}`);
    await test.close();
  });

  it('2: a request that is refused blocks nothing', async () => {
    const test = recorded();
    test.transport.answerOnce({ kind: 'rejected', reason: 'Invalid parameter' });
    test.client.addEvent('poison');
    await test.client.flush();
    test.client.addEvent('next');
    expect(await test.client.flush()).toMatchObject({ delivered: 1, pending: 0 });
    expect(test.client.stats().dropped).toEqual({ rejected: 1 });
    await test.close();
  });

  it('3: a server that says nothing holds up one request, and only until its timeout', () => {
    expect(resolveOptions({ url: 'http://x', appKey: 'k' }, {}).requestTimeout).toBe(30_000);
  });

  it('4, 5: a request stays in the storage until it was answered', async () => {
    const appended: number[] = [];
    const settled: number[] = [];
    const test = recorded({
      storage: {
        open: () => {},
        append: ({ id }) => appended.push(id),
        seal: () => {},
        settle: (entries) => settled.push(...entries.map(({ id }) => id)),
        recover: async () => ({ entries: [], sealed: [] }),
        commit: async () => {},
        commitSync: () => {},
        close: async () => {},
        stats: () => ({ bytesWritten: 0 }),
      },
    });
    let answered = () => {};
    test.transport.answerOnce(
      () =>
        new Promise((resolve) => {
          answered = () => resolve({ kind: 'delivered' });
        }),
    );
    test.client.addEvent('a');
    const flushed = test.client.flush();
    await turns();
    expect(settled).toEqual([]);
    answered();
    await flushed;
    expect(settled).toEqual(appended);
    expect(settled).toHaveLength(1);
    await test.close();
  });

  it('6: there is a flush and a close, and both tell the truth', async () => {
    const test = recorded();
    test.client.addEvent('a');
    expect(await test.client.flush()).toEqual({ delivered: 1, pending: 0, dropped: 0 });
    expect(await test.client.close()).toEqual({ delivered: 0, pending: 0, dropped: 0 });
  });

  it('7: a raw request is not cut', async () => {
    const test = recorded();
    const events = Array.from({ length: 50 }, (_none, index) => ({ key: `key-${index}`, count: 1 }));
    test.client.request({ events: JSON.stringify(events) });
    expect((await test.sent())[0]?.events).toEqual(events);
    await test.close();
  });

  it('8: a trace may have app_metrics, and the start of the process can be reported', async () => {
    const test = recorded();
    test.client.reportTrace({
      type: 'device',
      name: 'x',
      stz: 1_700_000_000_000,
      etz: 1_700_000_000_005,
      app_metrics: { duration: 5 },
    } as never);
    test.client.reportAppStart();
    const traces = (await test.contents()).map(({ apm }) => apm as { stz: number; etz: number });
    expect(traces).toMatchObject([{ apm_metrics: { duration: 5 } }, { name: 'app_start' }]);
    expect(traces[1]?.stz).toBeGreaterThan(1_600_000_000_000);
    await test.close();
  });

  it('9: push, clicks and scrolls can be agreed to', async () => {
    const test = recorded({ requireConsent: true, consent: ['push', 'clicks', 'scrolls'] });
    test.client.addEvent('[CLY]_push_action', { segmentation: { i: 'x'.repeat(24) } });
    test.client.addEvent('[CLY]_action', { segmentation: { type: 'click' } });
    test.client.addEvent('[CLY]_action', { segmentation: { type: 'scroll' } });
    expect((await test.sent()).flatMap(({ events }) => events)).toHaveLength(3);
    await test.close();
  });

  it('10: a set followed by an increment loses neither', async () => {
    const test = recorded();
    test.client.userData.set('n', 5);
    test.client.userData.increment('n');
    expect(await test.contents()).toEqual([
      { user_details: { custom: { n: 5 } } },
      { user_details: { custom: { n: { $inc: 1 } } } },
    ]);
    await test.close();
  });

  it('11: a fatal error without a disk writes no files', () => {
    const before = readdirSync(process.cwd());
    const test = recorded({ trackErrors: true });
    fatal(new Error('x'));
    expect(readdirSync(process.cwd())).toEqual(before);
    return test.close();
  });

  it('12, 24: what waits is bounded, and what is dropped is counted', () => {
    const test = recorded({ maxQueuedEntries: 10 });
    for (let i = 0; i < 25; i++) test.client.addEvent('e');
    expect(test.client.stats()).toMatchObject({ accepted: 25, pending: 10, dropped: { overflow: 15 } });
    expect(isBalanced(test.client)).toBe(true);
    return test.close();
  });

  it('13: withdrawn consent reaches the server', async () => {
    const test = recorded({ requireConsent: true, consent: ['events'] });
    await test.sent();
    test.client.removeConsent('events');
    expect(await test.contents()).toEqual([{ consent: { events: false } }]);
    await test.close();
  });

  it('14: a group that was withdrawn is not agreed to', () => {
    const test = recorded({ requireConsent: true, consentGroups: { all: ['events', 'views'] } });
    test.client.giveConsent('all');
    test.client.removeConsent('all');
    expect(test.client.checkConsent('all')).toBe(false);
    return test.close();
  });

  it('15: a rating needs its own consent only', async () => {
    const test = recorded({ requireConsent: true, consent: ['feedback'] });
    test.client.reportFeedback({ widgetId: 'w', rating: 3 });
    expect((await test.sent()).flatMap(({ events }) => events)).toHaveLength(1);
    await test.close();
  });

  it('16: the time of the caller is kept', async () => {
    const test = recorded();
    test.client.addEvent('a', { timestamp: 1_600_000_000_000 });
    expect((await test.sent())[0]?.events[0]).toMatchObject({ timestamp: 1_600_000_000_000 });
    await test.close();
  });

  it('17: the address may have a folder, a port and IPv6', () => {
    expect(parseEndpoint('http://host:8080/countly')).toMatchObject({
      hostname: 'host',
      port: 8080,
      basePath: '/countly',
    });
    expect(parseEndpoint('https://[::1]/a/b')).toMatchObject({ hostname: '[::1]', port: 443, basePath: '/a/b' });
    expect(() => resolveOptions({ url: 'countly.example.com', appKey: 'k' }, {})).toThrow(
      /http:\/\/ or https:\/\/ URL/,
    );
  });

  it('18: files are kept outside the package, or exactly where one says', async () => {
    expect(defaultStoragePath('k')).not.toContain('node_modules');
    const folder = mkdtempSync(join(tmpdir(), 'weave-18-'));
    const client = new Countly({
      url: 'http://127.0.0.1:9',
      appKey: 'k',
      storagePath: join(folder, 'no-slash'),
      testMode: true,
    });
    expect(existsSync(join(folder, 'no-slash', 'device-id'))).toBe(true);
    await client.close({ timeout: 10 });
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  });

  it('19: a thrown null is a crash like any other, and Node decides what happens next', () => {
    const test = recorded({ trackErrors: true });
    expect(() => fatal(null)).not.toThrow();
    expect(test.client.stats().pending).toBe(1);
    expect(process.listeners('uncaughtException').some((listener) => String(listener).includes('countly'))).toBe(false);
    expect(process.listenerCount('unhandledRejection')).toBeLessThanOrEqual(1);
    return test.close();
  });

  it('20: every stack line is cut, however short the whole is', async () => {
    const test = recorded();
    const error = new Error('m');
    error.stack = `Error: m\n    at ${'x'.repeat(400)}`;
    test.client.logError(error);
    const crash = (await test.contents())[0]?.['crash'] as { _error: string };
    expect(crash._error.split('\n').map((line) => line.length)).toEqual([8, 200]);
    await test.close();
  });

  it('21: version and time zone are sent, and hours are those of the person', async () => {
    const test = recorded();
    test.client.scope({ deviceId: 'v', timezoneOffset: -300 }).addEvent('a');
    expect((await test.sent())[0]?.parameters).toMatchObject({ av: '2.3.1', tz: '-300', hour: '17', dow: '2' });
    await test.close();
  });

  it('22: a view has the platform it was told, its start and an id', async () => {
    const test = recorded({ metrics: { _os: 'Toaster' } });
    test.client.trackView('/');
    expect((await test.sent())[0]?.events[0]).toMatchObject({
      segmentation: { segment: 'Toaster', start: 1, _idv: expect.any(String) },
    });
    await test.close();
  });

  it('23: many devices leave together, not one request each half second', async () => {
    const test = recorded({ delivery: 'auto' });
    for (let i = 0; i < 500; i++) test.client.device(`d${i}`).addEvent('a');
    expect(await test.client.flush()).toMatchObject({ delivered: 500 });
    expect(test.transport.requests.length).toBeLessThan(20);
    await test.close();
  });

  it('25, 26, 27: clients and devices live side by side and share nothing', async () => {
    const one = recorded({ appKey: 'ONE' });
    const other = recorded({ appKey: 'OTHER' });
    one.client.device('a').addEvent('1');
    other.client.device('a').addEvent('2');
    const keys = async (test: typeof one) =>
      (await test.sent()).map(({ parameters, events }) => [parameters['app_key'], events[0]?.key]);
    expect([await keys(one), await keys(other)]).toEqual([[['ONE', '1']], [['OTHER', '2']]]);
    await Promise.all([one.close(), other.close()]);
  });

  it('28, 29: a time given as text is read, and midnight on a Sunday is midnight on a Sunday', async () => {
    const test = recorded();
    test.client.addEvent('a', { timestamp: String(Date.UTC(2023, 10, 12)) as never });
    expect((await test.sent())[0]?.events[0]).toMatchObject({ timestamp: Date.UTC(2023, 10, 12), hour: 0, dow: 0 });
    await test.close();
  });

  it('30: the limits hold for every device', async () => {
    const test = recorded({ maxValueSize: 3, maxKeyLength: 4 });
    test.client.device('a').addEvent('abcdef', { segmentation: { abcdef: 'abcdef' } });
    expect((await test.sent())[0]?.events[0]).toMatchObject({ key: 'abcd', segmentation: { abcd: 'abc' } });
    await test.close();
  });

  it('31: one device without an id stops none of the others', async () => {
    const test = recorded();
    for (const id of ['', 'a', 'b']) test.client.device(id).addEvent('e');
    expect((await test.sent()).map(({ deviceId }) => deviceId)).toEqual(['a', 'b']);
    expect(test.client.stats().dropped).toEqual({ invalid: 1 });
    await test.close();
  });

  it('32, 33: the consent of any device is sent, and a session that waited for it begins', async () => {
    const test = recorded({ requireConsent: true });
    const device = test.client.device('a');
    device.beginSession();
    device.giveConsent('sessions');
    expect(await test.contents('a')).toMatchObject([{ consent: { sessions: true } }, { begin_session: 1 }]);
    await test.close();
  });

  it('34: the parts of a long session are told when they happen', async () => {
    const test = recorded();
    test.client.beginSession();
    for (let i = 0; i < 3; i++) test.clock.advance(60_000);
    const times = (await test.sent()).map(({ timestamp }) => timestamp);
    expect(times).toEqual([0, 1, 2, 3].map((minute) => 1_700_000_000_000 + minute * 60_000));
    await test.close();
  });

  it('35: events of a raw request that are no JSON are refused at once', () => {
    const test = recorded();
    expect(test.client.request({ events: "[{'key':'val','count':1}]" })).toBe(false);
    expect(test.warnings).toHaveLength(1);
    return test.close();
  });
});

it('every one of the 35 has a test', () => {
  const titles = [...readFileSync(__filename, 'utf8').matchAll(/^ {2}it\('([\d, ]+):/gm)].map(([, numbers]) => numbers);
  const tested = titles.flatMap((numbers = '') => numbers.split(',').map(Number)).sort((a, b) => a - b);
  expect(tested).toEqual(Array.from({ length: 35 }, (_, i) => i + 1));
});
