import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { Redis as Client } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { laneOf } from '../../lib/redis/keys.js';
import { noRedis, Redis } from '../support/redis.js';
import { Fleet } from './support/pods.js';

/** On a busy machine it takes its time. */
const soon = <T>(read: () => T) => expect.poll(read, { timeout: 10_000 });

describe.skipIf(noRedis)('a fleet on Redis', () => {
  let fleet: Fleet;

  beforeEach(async () => {
    fleet = new Fleet();
    await fleet.start();
  });

  afterEach(() => fleet.stop());

  const holders = async (pod: ReturnType<Fleet['pod']>) => {
    const { lanes = [] } = (await pod.fleet?.status()) ?? {};
    const counts = new Map<string, number>();
    for (const { holder = 'nobody' } of lanes) counts.set(holder, (counts.get(holder) ?? 0) + 1);
    return [...counts.values()].sort();
  };
  const balance = async (pod: ReturnType<Fleet['pod']>) => (await pod.fleet?.status())?.ledger;

  it('delivers through the lanes, and says where everything is', async () => {
    const pod = fleet.pod();
    for (let i = 0; i < 300; i++) pod.device(`d${i % 30}`).addEvent(`n${i}`);
    expect(await pod.flush({ timeout: 5000 })).toEqual({ delivered: 300, pending: 0, dropped: 0 });
    expect(fleet.server.total()).toBe(300);
    expect(fleet.keysOf('d7')).toEqual(Array.from({ length: 10 }, (_, i) => `n${7 + i * 30}`));
    expect(await pod.fleet?.status()).toMatchObject({
      ledger: { accepted: 300, delivered: 300, pending: 0, dropped: {} },
      entries: 0,
      bytes: 0,
    });
  });

  it('takes the settings of a client, and leaves the client alone', async () => {
    const client = new Client(fleet.redis.url, { keyPrefix: 'app:', db: 2, lazyConnect: true });
    const pod = fleet.pod({ client, url: undefined, prefix: 'own' });
    pod.device('ada').addEvent('n');
    expect(await pod.flush()).toMatchObject({ delivered: 1, pending: 0 });
    expect(client.status).toBe('wait');
    const direct = new Client(fleet.redis.url, { db: 2 });
    expect(await direct.exists('{own}:ledger')).toBe(1);
    direct.disconnect();
  });

  it('shares the lanes, and gives them to others as processes come and go', async () => {
    const one = fleet.pod();
    await soon(() => holders(one)).toEqual([16]);
    const other = fleet.pod();
    await soon(() => holders(one)).toEqual([8, 8]);
    const third = fleet.pod();
    await soon(() => holders(one)).toEqual([4, 6, 6]);
    await Promise.all([other.close(), third.close()]);
    await soon(() => holders(one)).toEqual([16]);
  });

  it('sends what pods hand over that do not send, once, in the order of each device', async () => {
    const pods = [fleet.pod({ send: false }), fleet.pod(), fleet.pod()];
    for (let i = 0; i < 60; i++) {
      const pod = pods[i % 3];
      pod?.device('shared').addEvent(`n${i}`);
      pod?.device(`d${i}`).addEvent('own');
      // Two pods agree on an order only when the first one's entry is in Redis before.
      if (i % 20 === 19) await Promise.all(pods.map((one) => one.flush({ timeout: 5000 })));
    }
    expect(fleet.server.total()).toBe(120);
    const keys = fleet.keysOf('shared');
    expect([...keys].sort()).toEqual(Array.from({ length: 60 }, (_, i) => `n${i}`).sort());
    for (let pod = 0; pod < 3; pod++) {
      const own = keys.map((key) => Number(key.slice(1))).filter((n) => n % 3 === pod);
      expect(own).toEqual([...own].sort((a, b) => a - b));
    }
    expect(await balance(pods[0] as never)).toEqual({ accepted: 120, delivered: 120, pending: 0, dropped: {} });
  });

  it('loses nothing of what changes places on the way to the server', async () => {
    const pod = fleet.pod();
    for (let i = 0; i < 5; i++) {
      pod.device('ada').addEvent('before');
      pod.device('ada').logError(new Error(`problem ${i}`));
      pod.device('ada').addEvent('after');
    }
    await pod.flush();
    expect(fleet.seen.filter(({ crash }) => crash !== undefined)).toHaveLength(5);
    expect(fleet.keysOf('ada')).toHaveLength(10);
    expect(await balance(pod)).toEqual({ accepted: 15, delivered: 15, pending: 0, dropped: {} });
  });

  it('keeps in the process what comes while Redis is away, and hands it over in order when it is back', async () => {
    const pod = fleet.pod();
    pod.device('ada').addEvent('before');
    await pod.flush();
    await fleet.redis.stop();
    for (let i = 0; i < 5; i++) pod.device('ada').addEvent(`away${i}`);
    expect(await pod.flush({ timeout: 300 })).toMatchObject({ pending: 5, dropped: 0 });
    await soon(() => fleet.warnings.join()).toMatch(/cannot be reached \(ECONNREFUSED\)/);
    await fleet.redis.start();
    await soon(() => fleet.keysOf('ada')).toHaveLength(6);
    expect(fleet.keysOf('ada')).toEqual(['before', ...Array.from({ length: 5 }, (_, i) => `away${i}`)]);
  });

  it('keeps in the process what does not fit into Redis', async () => {
    const pod = fleet.pod({ maxEntries: 10, send: false });
    for (let i = 0; i < 25; i++) pod.device('ada').addEvent(`n${i}`);
    await pod.flush({ timeout: 300 });
    for (let i = 25; i < 30; i++) pod.device('ada').addEvent(`n${i}`);
    await pod.flush({ timeout: 300 });
    const full = await pod.fleet?.status();
    expect(full?.ledger).toEqual({ accepted: 30, delivered: 0, pending: 30, dropped: {} });
    expect(full?.pods).toMatchObject([{ sends: false, waiting: 5 }]);
    fleet.pod();
    await soon(() => fleet.keysOf('ada')).toEqual(Array.from({ length: 30 }, (_, i) => `n${i}`));
  });

  it('counts once what each process dropped itself, also when it has ended', async () => {
    const [one, other] = [fleet.pod(), fleet.pod({}, { beforeSend: () => false })];
    one.device('ada').addEvent('kept');
    other.device('ada').addEvent('filtered');
    other.device('').addEvent('of nobody');
    await one.flush();
    await other.fleet?.status();
    const expected = { accepted: 3, delivered: 1, pending: 0, dropped: { filtered: 1, invalid: 1 } };
    await soon(() => balance(one)).toEqual(expected);
    await other.close();
    expect(await balance(one)).toEqual(expected);
  });

  it('sends nothing that a person took back, wherever it was recorded', async () => {
    const options = { requireConsent: true, failTimeout: 1 };
    const [one, other] = [fleet.pod({}, options), fleet.pod({}, options)];
    for (const pod of [one, other]) pod.device('ada').giveConsent('events', 'views');
    await Promise.all([one.flush(), other.flush()]);
    const { script } = fleet.server;
    fleet.server.script = () => ({ do: 'answer', status: 503, body: 'later' });
    one.device('ada').addEvent('of one');
    one.device('ada').trackView('kept');
    other.device('ada').addEvent('of other');
    await soon(async () => (await one.fleet?.status())?.entries).toBeGreaterThanOrEqual(3);
    other.device('ada').removeConsent('events');
    await soon(async () => (await one.fleet?.status())?.ledger.dropped).toEqual({ consent: 2 });
    fleet.server.script = script;
    await one.flush();
    expect(fleet.keysOf('ada')).toEqual(['[CLY]_view']);
    await soon(async () => (await balance(one))?.pending).toBe(0);
    const ledger = await balance(one);
    expect(ledger?.dropped).toEqual({ consent: 2 });
    expect(ledger?.accepted).toBe((ledger?.delivered ?? 0) + 2);
  });

  it('sends nothing that a person took back after its request was made, and before another process made it anew', async () => {
    const options = { requireConsent: true, failTimeout: 1 };
    const [one, other] = [fleet.pod({}, options), fleet.pod({ send: false }, options)];
    one.device('ada').giveConsent('events', 'views');
    await one.flush();
    other.device('ada').giveConsent('events', 'views');
    const { script } = fleet.server;
    let asked = 0;
    fleet.server.script = () => ({ do: 'answer', status: 503, body: `${asked++}` });
    one.device('ada').addEvent('of one');
    one.device('ada').trackView('kept');
    await soon(() => asked).toBeGreaterThan(0);
    await one.close({ timeout: 0 });
    other.device('ada').removeConsent('events');
    await soon(async () => (await other.fleet?.status())?.entries).toBe(3);
    fleet.server.script = script;
    const next = fleet.pod({}, options);
    await soon(async () => (await balance(next))?.pending).toBe(0);
    expect(fleet.keysOf('ada')).toEqual(['[CLY]_view']);
    expect((await balance(next))?.dropped).toEqual({ consent: 1 });
  });

  it('makes two devices one after all that came before for the old one, whoever sends for it', async () => {
    const [one, other] = [fleet.pod(), fleet.pod()];
    await soon(() => holders(one)).toEqual([8, 8]);
    for (let i = 0; i < 20; i++) {
      const scope = one.device(`anonymous${i}`);
      scope.addEvent('before');
      one.run(scope, () => one.current().changeId(`person${i}`, { merge: true }));
      one.device(`person${i}`).addEvent('after');
    }
    await one.flush({ timeout: 8000 });
    for (let i = 0; i < 20; i++) {
      const at = (test: (request: (typeof fleet.seen)[number]) => boolean) => fleet.seen.findIndex(test);
      const before = at(({ device_id, events }) => device_id === `anonymous${i}` && events?.[0]?.key === 'before');
      const merge = at(({ old_device_id }) => old_device_id === `anonymous${i}`);
      const after = at(({ device_id, events }) => device_id === `person${i}` && events !== undefined);
      expect(before, `${i}`).toBeGreaterThanOrEqual(0);
      expect(merge, `${i}`).toBeGreaterThan(before);
      expect(after, `${i}`).toBeGreaterThan(merge);
    }
    await other.flush();
  });

  it('tells that another number of lanes does not hold', async () => {
    await fleet.pod({ lanes: 4 }).fleet?.status();
    const other = fleet.pod({ lanes: 8 });
    await other.flush();
    expect((await other.fleet?.status())?.lanes).toHaveLength(4);
    expect(fleet.warnings).toContainEqual(expect.stringMatching(/4 lanes.*`lanes: 8`/));
  });

  const refusals: readonly (readonly [string, RegExp, readonly string[], readonly string[]])[] = [
    ['has no memory for it', /OOM/, ['config', 'set', 'maxmemory', '1'], ['config', 'set', 'maxmemory', '0']],
    ['is a replica', /READONLY/, ['replicaof', '127.0.0.1', '1'], ['replicaof', 'no', 'one']],
    ['holds something else under its name', /WRONGTYPE/, ['set', '{shop}:meta', 'x'], ['del', '{shop}:meta']],
    // A number that nobody may give: made into a list, it fills the memory.
    ['has 500 million lanes', /lanes/, ['hset', '{shop}:meta', 'lanes', '500000000'], ['del', '{shop}:meta']],
    ['has no number of lanes', /lanes/, ['hset', '{shop}:meta', 'lanes', 'many'], ['del', '{shop}:meta']],
  ];
  it.each(refusals)('is joined as soon as Redis has it that %s no more', async (_, reason, refuse, admit) => {
    const admin = new Client(fleet.redis.url);
    const say = ([command = '', ...args]: readonly string[]) => admin.call(command, ...args);
    await say(refuse);
    const pod = fleet.pod({ prefix: 'shop' });
    pod.device('ada').addEvent('early');
    expect(await pod.flush({ timeout: 500 })).toMatchObject({ pending: 1, dropped: 0 });
    expect(fleet.warnings).toContainEqual(expect.stringMatching(reason));
    await say(admit);
    await soon(() => fleet.keysOf('ada')).toEqual(['early']);
    admin.disconnect();
  });

  it('goes to where its name leads when the one that it knows has become a replica', async () => {
    const other = new Redis();
    await other.start();
    let { port } = fleet.redis;
    const name = createServer((socket) => {
      const target = connect(port, '127.0.0.1');
      for (const end of [socket, target]) end.on('error', () => {});
      socket.pipe(target).pipe(socket);
    }).listen(0, '127.0.0.1');
    await once(name, 'listening');
    const pod = fleet.pod({ url: `redis://127.0.0.1:${(name.address() as AddressInfo).port}` });
    pod.device('ada').addEvent('before');
    await pod.flush();
    port = other.port;
    const admin = new Client(fleet.redis.url);
    await admin.replicaof('127.0.0.1', '1');
    pod.device('ada').addEvent('after');
    await soon(() => fleet.keysOf('ada')).toEqual(['before', 'after']);
    admin.disconnect();
    name.close();
    await pod.close();
    await other.stop();
  });

  it.each([
    ['a wrong password', ':wrong-word@', /WRONGPASS/],
    ['no password', '', /NOAUTH/],
  ])('says why Redis does not let it in with %s, and no password', async (_, password, reason) => {
    await fleet.redis.stop();
    await fleet.redis.start('--requirepass', 'right-word');
    const pod = fleet.pod({ url: fleet.redis.url.replace('//', `//${password}`) });
    pod.device('ada').addEvent('n');
    await soon(() => fleet.warnings.join()).toMatch(reason);
    expect(fleet.warnings.join()).not.toMatch(/-word/);
    expect(await pod.flush({ timeout: 100 })).toMatchObject({ pending: 1, dropped: 0 });
  });

  it('counts its processes, whatever stands where one should', async () => {
    const admin = new Client(fleet.redis.url);
    const [one, other] = [fleet.pod({ prefix: 'shop' }), fleet.pod({ prefix: 'shop' }, { beforeSend: () => false })];
    await one.flush();
    await admin.call('zadd', '{shop}:pods', '1', 'text', '1', 'numbers');
    await admin.set('{shop}:pod:text', 'x');
    await admin.hset('{shop}:pod:numbers', { delivered: '1e400', 'dropped:filtered': 'many' });
    other.device('ada').addEvent('filtered');
    await other.close();
    await soon(() => balance(one)).toMatchObject({ accepted: 1, dropped: { filtered: 1 } });
    await soon(() => admin.zrange('{shop}:pods', '0', '0')).not.toContain('numbers');
    admin.disconnect();
  });

  it('sends what stands in the other lanes when something else stands under the name of one', async () => {
    const admin = new Client(fleet.redis.url);
    const pod = fleet.pod({ prefix: 'shop', lanes: 4 });
    await pod.fleet?.status();
    await admin.set('{shop}:lane:1', 'x');
    const devices = Array.from({ length: 40 }, (_, i) => `d${i}`);
    for (const device of devices) pod.device(device).addEvent('n');
    const others = devices.filter((device) => laneOf(device, 4) !== 1);
    const sent = () => fleet.seen.map(({ device_id }) => device_id);
    await soon(() => sent()).toEqual(expect.arrayContaining(others));
    await admin.del('{shop}:lane:1');
    await soon(() => sent().sort()).toEqual([...devices].sort());
    admin.disconnect();
  });

  it('says what Redis refuses, whatever it is for, and goes on when it does not', async () => {
    const admin = new Client(fleet.redis.url);
    await admin.call('acl', 'setuser', 'reader', 'on', '>word', '~*', '+@all', '-xread');
    const pod = fleet.pod({ url: fleet.redis.url.replace('//', '//reader:word@') });
    pod.device('ada').addEvent('n');
    await soon(() => fleet.warnings.join()).toMatch(/Redis refuses .*NOPERM to xread/);
    await admin.call('acl', 'setuser', 'reader', '+xread');
    await soon(() => fleet.keysOf('ada')).toEqual(['n']);
    admin.disconnect();
  });

  it('stays the fleet that it was when its Redis is emptied', async () => {
    const admin = new Client(fleet.redis.url);
    const pod = fleet.pod({ prefix: 'shop', lanes: 8, leaseTime: 500 });
    await pod.fleet?.status();
    await admin.flushall();
    await soon(() => admin.hget('{shop}:meta', 'lanes')).toBe('8');
    const later = fleet.pod({ prefix: 'shop', lanes: 2 });
    for (let i = 0; i < 20; i++) later.device(`d${i}`).addEvent('n');
    await soon(() => fleet.seen).toHaveLength(20);
    admin.disconnect();
  });

  it('never sends for another app, also when both were given one prefix', async () => {
    const [one, other] = [fleet.pod({ prefix: 'shop' }), fleet.pod({ prefix: 'shop', send: false })];
    // Once it has an answer it belongs to the fleet; a flush of nothing may end before.
    await one.fleet?.status();
    const strange = fleet.pod({ prefix: 'shop' }, { appKey: 'STRANGE' });
    strange.device('eve').addEvent('of another');
    for (let i = 0; i < 32; i++) other.device(`d${i}`).addEvent('n');
    await other.flush();
    expect(await strange.flush({ timeout: 300 })).toMatchObject({ pending: 1, dropped: 0 });
    expect(fleet.seen).toHaveLength(32);
    expect(new Set(fleet.seen.map(({ app_key }) => app_key))).toEqual(new Set(['APP']));
    expect(fleet.warnings).toContainEqual(expect.stringMatching(/prefix belongs to another app key/));
    expect(fleet.warnings.join()).not.toContain('STRANGE');
  });

  it('never mixes two apps on one Redis', async () => {
    const [one, other] = [fleet.pod(), fleet.pod({}, { appKey: 'OTHER' })];
    one.device('ada').addEvent('n');
    await one.flush();
    expect(await balance(one)).toMatchObject({ accepted: 1 });
    expect(await balance(other)).toMatchObject({ accepted: 0 });
  });
});
