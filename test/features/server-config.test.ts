import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { readServerSettings } from '../../lib/features/server-settings.js';
import { MemoryStorage } from '../../lib/journal/memory.js';
import { fieldsOf, type Recorded, recorded } from '../support/recorded.js';

const settled = async () => {
  for (let i = 0; i < 20; i++) await new Promise(setImmediate);
};

/** A client whose server has answered with these settings. */
async function governed(c: Record<string, unknown>, options = {}): Promise<Recorded> {
  const test = recorded({ serverSettings: true, ...options });
  test.transport.answerQuery({ ok: true, value: { v: 2, t: 1, c } });
  await firstDelivery(test);
  test.clock.advance(4 * 3_600_000);
  await settled();
  return test;
}

/** The server is asked under a device it knows. */
async function firstDelivery(test: Recorded): Promise<void> {
  test.client.device('known').addEvent('known');
  await test.sent();
  await settled();
}

const keysOf = (test: Recorded) => test.transport.events.map(({ key }) => key).filter((key) => key !== 'known');

describe('reading the server settings', () => {
  it('takes every key of the contract and leaves out what has the wrong type', () => {
    const good = {
      tracking: false,
      networking: true,
      st: true,
      vt: true,
      crt: true,
      cet: true,
      lt: true,
      ecz: false,
      rcz: true,
      czi: 30,
      cr: false,
      sui: 60,
      eqs: 100,
      rqs: 1000,
      dort: 0,
      scui: 4,
      lkl: 128,
      lvs: 256,
      lsv: 100,
      lbc: 100,
      ltlpt: 30,
      ltl: 200,
      bom: true,
      bom_at: 10,
      bom_rqp: 0.5,
      bom_ra: 24,
      bom_d: 60,
      upcl: 100,
      eb: ['a'],
      ew: [],
      upb: [],
      upw: [],
      sb: [],
      sw: [],
      esb: { a: ['b'] },
      esw: {},
      jte: ['x'],
      log: false,
    };
    expect(readServerSettings({ v: 2, t: 1, c: good })).toEqual(good);
    expect(
      readServerSettings({ v: 2, t: 1, c: { sui: '60', eqs: -1, eb: 'a', esb: [], cr: 1, zzz: true, lkl: 50 } }),
    ).toEqual({ lkl: 50 });
  });

  it('leaves out numbers that no timer, request or memory could bear', () => {
    const c = {
      sui: 30 * 86_400,
      scui: 720,
      bom_d: 1e12,
      lbc: 1e308,
      lvs: 1e308,
      lsv: 1e308,
      ltl: 1e6,
      rqs: 1e15,
      upcl: 0.5,
    };
    expect(readServerSettings({ v: 2, t: 1, c: { ...c, lkl: 50 } })).toEqual({ lkl: 50 });
  });

  it('takes events by the names they have, whatever these are', async () => {
    const c = JSON.parse('{"esb":{"constructor":["a"],"__proto__":["b"]},"esw":{},"toString":true,"constructor":1}');
    const settings = readServerSettings({ v: 2, t: 1, c });
    expect(Object.keys(settings ?? {}).sort()).toEqual(['esb', 'esw']);
    expect(Object.entries(settings?.esb ?? {})).toEqual([
      ['constructor', ['a']],
      ['__proto__', ['b']],
    ]);
    expect(settings?.esw?.['constructor']).toBeUndefined();
    const nonsense = JSON.parse('{"esb":{"constructor":5},"sb":["a"]}');
    expect(readServerSettings({ v: 2, t: 1, c: nonsense })).toEqual({ sb: ['a'] });
    const test = await governed(c);
    for (const key of ['constructor', '__proto__', 'toString'])
      test.client.addEvent(key, { segmentation: { a: 1, b: 2 } });
    const sent = (await test.contents()).flatMap(({ events }) => events ?? []);
    await test.close();
    expect(sent).toMatchObject([
      { key: 'constructor', segmentation: { b: 2 } },
      { key: '__proto__', segmentation: { a: 1 } },
      { key: 'toString', segmentation: { a: 1, b: 2 } },
    ]);
  });

  it('takes nothing for an answer that is none', () => {
    for (const answer of [null, {}, { v: 2, t: 1 }, { v: 2, t: 1, c: [] }, { result: 'Success' }, 'x', { c: {} }]) {
      expect(readServerSettings(answer)).toBeUndefined();
    }
  });
});

describe('server settings', () => {
  let test: Recorded;
  const folder = mkdtempSync(join(tmpdir(), 'weave-settings-'));
  afterEach(async () => {
    await test.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  });

  it('are asked for once something was delivered, under the device it was for, and every few hours', async () => {
    test = recorded({ serverSettings: true });
    await settled();
    expect(test.transport.queries).toHaveLength(0);
    await test.close();
    test = await governed({ scui: 2 });
    expect(test.transport.queries.map((query) => fieldsOf(query)['device_id'])).toEqual(['known', 'known']);
    expect(test.transport.queries.map((query) => fieldsOf(query)['method'])).toEqual(['sc', 'sc']);
    test.clock.advance(2 * 3_600_000);
    await settled();
    expect(test.transport.queries).toHaveLength(3);
    expect(test.client.serverSettings).toEqual({ scui: 2 });
  });

  it('stay as they were when the server does not answer, also over a restart', async () => {
    const kept = { durability: 'batched', storagePath: folder, storage: new MemoryStorage() } as const;
    test = await governed({ cet: false }, kept);
    test.transport.answerQuery({ ok: false, status: 500, message: 'down' });
    test.clock.advance(4 * 3_600_000);
    await settled();
    expect(test.client.isAllowed('events')).toBe(false);
    const [name = ''] = (readdirSync(folder, { recursive: true }) as string[]).filter((it) => it.endsWith('.json'));
    // With the journal of the same app and server: what one server says is nothing to another.
    expect(name).toMatch(/^[0-9a-f]{16}.journal-[0-9a-f]{8}.server-settings\.json$/);
    expect(JSON.parse(readFileSync(join(folder, name), 'utf8'))).toMatchObject({ c: { cet: false } });
    await test.close();
    test = recorded({ serverSettings: true, ...kept, storage: new MemoryStorage() });
    expect(test.client.isAllowed('events')).toBe(false);
  });

  it('switch off tracking, and single features', async () => {
    test = await governed({ st: false, vt: false, crt: false, cet: false, lt: false });
    test.client.addEvent('e');
    test.client.trackView('v');
    test.client.logError(new Error('x'));
    test.client.beginSession();
    test.client.reportTrace({ type: 'device', name: 't', startedAt: test.clock.now(), durationMs: 1 });
    expect((await test.contents()).map((content) => Object.keys(content))).toEqual([['apm']]);
    expect(test.client.stats().dropped).toEqual({ filtered: 4 });
  });

  it('record nothing when tracking is off, but send what waits', async () => {
    test = recorded({ serverSettings: true });
    test.transport.answerQuery({ ok: true, value: { v: 2, t: 1, c: { tracking: false } } });
    await firstDelivery(test);
    expect(test.client.serverSettings).toEqual({ tracking: false });
    test.client.addEvent('after');
    expect(test.client.stats()).toMatchObject({ delivered: 1, dropped: { filtered: 1 } });
  });

  it('stop all traffic but the question for the settings', async () => {
    test = await governed({ networking: false });
    test.client.addEvent('kept');
    expect(await test.client.flush()).toMatchObject({ delivered: 0, pending: 1 });
    expect(await test.client.fetchRemoteConfig()).toMatchObject({ ok: false });
    test.transport.answerQuery({ ok: true, value: { v: 2, t: 2, c: { networking: true } } });
    test.clock.advance(4 * 3_600_000);
    await settled();
    expect(await test.client.flush()).toMatchObject({ pending: 0 });
  });

  it('demand consent', async () => {
    test = await governed({ cr: true }, { consent: ['views'] });
    expect([test.client.isAllowed('events'), test.client.isAllowed('views')]).toEqual([false, true]);
    expect((await test.contents()).slice(0, 1)).toMatchObject([{ consent: { views: true, events: false } }]);
  });

  it('set the limits', async () => {
    test = await governed({ lkl: 5, lvs: 3, lsv: 2, lbc: 1, ltlpt: 2, ltl: 10 });
    test.client.addBreadcrumb('one');
    test.client.addBreadcrumb('two');
    const error = new Error('x'.repeat(50));
    error.stack = ['Error: 0123456789', 'at 0123456789', 'at third'].join('\n');
    test.client.logError(error);
    test.client.addEvent('checkout', { segmentation: { longname: 'abcdef', b: 1, c: 2 } });
    const contents = await test.contents();
    expect(contents.flatMap(({ crash }) => crash ?? [])[0]).toMatchObject({
      _logs: 'two',
      _error: 'Error: 012\nat 0123456',
    });
    expect(contents.flatMap(({ events }) => events ?? [])).toMatchObject([
      { key: 'check', segmentation: { longn: 'abc', b: 1 } },
    ]);
  });

  it('filter events, segments and user properties', async () => {
    test = await governed({ eb: ['secret'], sb: ['mail'], esb: { order: ['card'] }, upb: ['iban'] });
    test.client.addEvent('secret');
    test.client.addEvent('order', { segmentation: { mail: 'x', card: 'y', sku: 'z' } });
    test.client.addEvent('other', { segmentation: { mail: 'x', card: 'y' } });
    test.client.userData.set('iban', 'x');
    test.client.userData.set('plan', 'pro');
    const contents = await test.contents();
    expect(contents).toMatchObject([
      {
        events: [
          { key: 'order', segmentation: { sku: 'z' } },
          { key: 'other', segmentation: { card: 'y' } },
        ],
      },
      { user_details: { custom: { plan: 'pro' } } },
    ]);
    expect(test.client.stats().dropped).toEqual({ filtered: 2 });
  });

  it('filter what is known of a person, also by the names Countly has', async () => {
    test = await governed({ upb: ['email', 'byear', 'picture'] });
    test.client.userDetails({ name: 'Ann', email: 'a@b.c', byear: 1990 });
    test.client.setUserPicture('/no/such.png');
    expect(await test.contents()).toEqual([{ user_details: { name: 'Ann' } }]);
    await test.close();
    test = await governed({ upw: ['email'] });
    test.client.userDetails({ name: 'Ann', email: 'a@b.c', phone: '1', custom: { plan: 'pro' } });
    expect(await test.contents()).toEqual([{ user_details: { email: 'a@b.c' } }]);
  });

  it('obey a blacklist where both come', async () => {
    test = await governed({ ew: ['a'], eb: ['a'], sw: ['x'], sb: ['x'], esw: { b: ['y'] }, esb: { b: ['y'] } });
    test.client.addEvent('a');
    test.client.addEvent('b', { segmentation: { x: 1, y: 2, z: 3 } });
    expect((await test.contents()).flatMap(({ events }) => events ?? [])).toMatchObject([
      { key: 'b', segmentation: { z: 3 } },
    ]);
  });

  it('hold until an answer names them again', async () => {
    test = await governed({ eb: ['a'], lkl: 5 });
    test.transport.answerQuery({ ok: true, value: { v: 2, t: 2, c: { lkl: 6, eb: [] } } });
    test.clock.advance(4 * 3_600_000);
    await settled();
    expect(test.client.serverSettings).toEqual({ eb: [], lkl: 6 });
    test.transport.answerQuery({ ok: true, value: { v: 2, t: 3, c: { lvs: 9 } } });
    test.clock.advance(4 * 3_600_000);
    await settled();
    expect(test.client.serverSettings).toEqual({ eb: [], lkl: 6, lvs: 9 });
  });

  it.each([
    ['an answer', { v: 2, t: 1, c: { cet: false, lkl: 50 } }],
    ['its JSON text', '{"v":2,"t":1,"c":{"cet":false,"lkl":50}}'],
    ['what is in one', { cet: false, lkl: 50 }],
  ])('can be given from the start: %s', async (_name, given) => {
    test = recorded({ sdkBehaviorSettings: given, serverSettings: true });
    expect(test.client.isAllowed('events')).toBe(false);
    test.transport.answerQuery({ ok: true, value: { v: 2, t: 1, c: { cet: true } } });
    test.client.device('known').trackView('v');
    await test.sent();
    await settled();
    expect(test.client.serverSettings).toEqual({ cet: true, lkl: 50 });
  });

  it('that are given and wrong cost themselves, with a message each', async () => {
    test = recorded({ sdkBehaviorSettings: { lkl: '50', nonsense: true, cet: false } });
    expect(test.client.isAllowed('events')).toBe(false);
    expect(test.warnings).toHaveLength(2);
    expect(test.warnings.join()).toMatch(/sdkBehaviorSettings: lkl .*sdkBehaviorSettings: nonsense /);
    expect(() => recorded({ sdkBehaviorSettings: 'no json' })).toThrow(/sdkBehaviorSettings/);
  });

  it('let only the listed through', async () => {
    test = await governed({ ew: ['order'], sw: ['sku'], esw: { order: ['sku'] }, upw: ['plan'] });
    test.client.addEvent('other');
    test.client.addEvent('order', { segmentation: { sku: 'z', card: 'y' } });
    test.client.trackView('/home', { segmentation: { sku: 1, card: 2 } });
    test.client.userDetails({ custom: { plan: 'pro', iban: 'x' } });
    const contents = await test.contents();
    const events = contents.flatMap(({ events: list }) => (list ?? []) as Record<string, unknown>[]);
    expect(events[0]).toMatchObject({ key: 'order', segmentation: { sku: 'z' } });
    expect(events[1]?.['segmentation']).toMatchObject({ name: '/home', sku: 1 });
    expect(events[1]?.['segmentation']).not.toHaveProperty('card');
    expect(contents.at(-1)).toEqual({ user_details: { custom: { plan: 'pro' } } });
  });

  it('set how often a session is extended', async () => {
    test = await governed({ sui: 10 });
    test.client.beginSession();
    test.clock.advance(30_000);
    const contents = await test.contents();
    expect(contents.filter((content) => content['session_duration'] === 10)).toHaveLength(3);
  });

  it('set how much may wait', async () => {
    test = await governed({ rqs: 1, eqs: 3 }, { backoffMechanism: false });
    test.transport.answer({ kind: 'retry', reason: 'down' });
    for (let i = 0; i < 5; i++) test.client.device('d').addEvent(`e${i}`);
    expect(test.client.stats()).toMatchObject({ pending: 3, dropped: { overflow: 2 } });
    test.transport.answer({ kind: 'delivered' });
  });

  it('send trigger events at once', async () => {
    test = await governed({ jte: ['signup'] }, { flushInterval: 60_000 });
    test.client.addEvent('normal');
    await settled();
    expect(keysOf(test)).toEqual([]);
    test.client.addEvent('signup');
    await settled();
    expect(keysOf(test)).toEqual(['normal', 'signup']);
  });

  it('let a slow server breathe', async () => {
    test = await governed({ bom_at: 2, bom_d: 30 }, { flushInterval: 1000 });
    test.transport.answerOnce(async () => {
      await new Promise(setImmediate);
      test.clock.advance(3000);
      return { kind: 'delivered' };
    });
    test.client.addEvent('slow');
    await settled();
    test.clock.advance(1000);
    await settled();
    test.client.addEvent('paused');
    test.clock.advance(20_000);
    await settled();
    expect(keysOf(test)).toEqual(['slow']);
    test.clock.advance(11_000);
    await settled();
    expect(keysOf(test)).toEqual(['slow', 'paused']);
  });
});
