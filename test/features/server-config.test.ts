import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { readServerSettings } from '../../lib/features/server-config.js';
import { MemoryStorage } from '../../lib/journal/memory.js';
import { fieldsOf, type Recorded, recorded } from '../support/recorded.js';

const settled = async () => {
  for (let i = 0; i < 20; i++) await new Promise(setImmediate);
};

/** A client whose server has answered with these settings. */
async function governed(c: Record<string, unknown>, options = {}): Promise<Recorded> {
  const test = recorded({ serverSettings: true, ...options });
  test.transport.answerQuery({ ok: true, value: { v: 2, t: 1, c } });
  await settled();
  test.clock.advance(4 * 3_600_000);
  await settled();
  return test;
}

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

  it('are asked for at the start and every few hours', async () => {
    test = await governed({ scui: 2 });
    expect(test.transport.queries.map((query) => fieldsOf(query)['method'])).toEqual(['sc', 'sc']);
    test.clock.advance(2 * 3_600_000);
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
    expect(JSON.parse(readFileSync(join(folder, 'server-settings.json'), 'utf8'))).toMatchObject({ c: { cet: false } });
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
    test.client.addEvent('before');
    await settled();
    test.clock.advance(4 * 3_600_000);
    await settled();
    test.client.addEvent('after');
    expect((await test.sent()).flatMap(({ events }) => events.map(({ key }) => key))).toEqual(['before']);
  });

  it('stop all traffic but the question for the settings', async () => {
    test = await governed({ networking: false });
    test.client.addEvent('kept');
    expect(await test.client.flush()).toMatchObject({ delivered: 0, pending: 1 });
    expect(await test.client.fetchRemoteConfig()).toMatchObject({ ok: false });
    test.transport.answerQuery({ ok: true, value: { v: 2, t: 2, c: {} } });
    test.clock.advance(4 * 3_600_000);
    await settled();
    expect(await test.client.flush()).toMatchObject({ pending: 0 });
  });

  it('demand consent', async () => {
    test = await governed({ cr: true }, { consent: ['views'] });
    expect([test.client.isAllowed('events'), test.client.isAllowed('views')]).toEqual([false, true]);
    expect(await test.contents()).toMatchObject([{ consent: { views: true, events: false } }]);
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

  it('let only the listed through', async () => {
    test = await governed({ ew: ['order'], eb: ['order'], sw: ['sku'], esw: { order: ['sku'] }, upw: ['plan'] });
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
    test = await governed({ rqs: 1, eqs: 3, bom: false });
    test.transport.answer({ kind: 'retry', reason: 'down' });
    for (let i = 0; i < 5; i++) test.client.device('d').addEvent(`e${i}`);
    expect(test.client.stats()).toMatchObject({ pending: 3, dropped: { overflow: 2 } });
    test.transport.answer({ kind: 'delivered' });
  });

  it('send trigger events at once', async () => {
    test = await governed({ jte: ['signup'] }, { flushInterval: 60_000 });
    test.client.addEvent('normal');
    await settled();
    expect(test.transport.events).toHaveLength(0);
    test.client.addEvent('signup');
    await settled();
    expect(test.transport.events.map(({ key }) => key)).toEqual(['normal', 'signup']);
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
    expect(test.transport.events.map(({ key }) => key)).toEqual(['slow']);
    test.clock.advance(11_000);
    await settled();
    expect(test.transport.events.map(({ key }) => key)).toEqual(['slow', 'paused']);
  });
});
