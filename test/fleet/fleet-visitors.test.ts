import { afterEach, describe, expect, it } from 'vitest';
import type { CountlyOptions } from '../../lib/config/options.js';
import { ManualClock } from '../../lib/testing/manual-clock.js';
import { counted, type Pod, pods } from '../support/fleet.js';
import { FakeVisitorStore } from '../support/visitor-store.js';

describe('a visitor served by two processes', () => {
  let clock: ManualClock;
  let store: FakeVisitorStore;
  let a: Pod;
  let b: Pod;
  let all: Pod[] = [];

  function start(options: CountlyOptions = {}, count = 2): void {
    clock = new ManualClock();
    store = new FakeVisitorStore();
    all = pods(count, clock, store, options);
    [a, b] = all as [Pod, Pod];
  }

  /** A tick, and all that comes of it. */
  async function tick(): Promise<void> {
    clock.advance(20);
    for (const { client } of all) await client.flush();
  }

  afterEach(async () => {
    store.isAway = false;
    await Promise.all(all.map(({ client }) => client.close()));
  });

  const told = () => counted(store.accepted);
  const visitor = ({ client }: Pod) => client.device('visitor');

  it('has one session, whoever is asked to begin it, and its seconds are counted once', async () => {
    start();
    visitor(a).beginSession();
    visitor(b).beginSession();
    await tick();
    clock.advance(29_980);
    visitor(b).addEvent('click');
    await tick();
    clock.advance(29_980);
    visitor(a).addEvent('click');
    await tick();
    clock.advance(9_980);
    visitor(b).endSession();
    visitor(a).endSession();
    await tick();
    expect(told()).toMatchObject({ sessions: 1, ended: 1, seconds: 70, events: 2 });
  });

  it('ends the view of the one with the view of the other, with its time, and lands once', async () => {
    start();
    visitor(a).trackView('/one');
    await tick();
    clock.advance(4980);
    visitor(b).trackView('/two');
    await tick();
    const [, end] = store.accepted.map(({ body }) => JSON.parse(body));
    expect(end).toMatchObject({ dur: 5, segmentation: { name: '/one' } });
    expect(told()).toMatchObject({ visits: 2, landings: 1, viewSeconds: 5 });
  });

  it('ends a view through its handle, also when the other process knows of it by now', async () => {
    start();
    const view = visitor(a).trackView('/one');
    view.addSegmentation({ plan: 'pro' });
    await tick();
    visitor(b).addEvent('click');
    await tick();
    clock.advance(2960);
    view.end();
    view.end();
    await tick();
    expect(told()).toMatchObject({ visits: 1, viewSeconds: 3 });
    expect(JSON.parse(store.accepted.at(-1)?.body ?? '').segmentation).toMatchObject({ plan: 'pro' });
  });

  it('is linked: an event names the view and the event of the other process', async () => {
    start();
    const view = visitor(a).trackView('/one');
    visitor(a).addEvent('first');
    await tick();
    visitor(b).addEvent('second');
    await tick();
    const [, first, second] = store.accepted.map(({ body }) => JSON.parse(body));
    expect(second).toMatchObject({ cvid: view.id, peid: first.id });
  });

  it('agrees to what they agreed to at the other process, before and after', async () => {
    start({ requireConsent: true });
    visitor(a).giveConsent('events');
    await tick();
    visitor(b).addEvent('known');
    visitor(b).trackView('/refused');
    await tick();
    expect(told()).toMatchObject({ events: 1, visits: 0, consent: ['events'] });
    expect(b.client.stats().dropped.consent).toBe(1);
    visitor(a).removeConsent('events');
    await tick();
    visitor(b).addEvent('unwanted');
    await tick();
    expect(told()).toMatchObject({ events: 1, consent: [] });
    expect(b.client.stats().dropped.consent).toBe(2);
  });

  it('of whom no process knows anything has agreed to nothing', async () => {
    start({ requireConsent: true });
    visitor(a).addEvent('early');
    visitor(a).logError(new Error('early'));
    await tick();
    expect(store.accepted).toEqual([]);
    expect(a.client.stats().dropped.consent).toBe(2);
  });

  it('agrees to what the present request says, as long as nothing else is known', async () => {
    start({ requireConsent: true });
    const scope = a.client.scope({ deviceId: 'visitor', assumedConsent: ['events'] });
    scope.addEvent('assumed');
    await tick();
    visitor(b).giveConsent('views');
    await tick();
    scope.addEvent('withdrawn');
    await tick();
    expect(told()).toMatchObject({ events: 1 });
  });

  it('has seen nothing that was refused: no event names its view, and the next one is the landing', async () => {
    start({ requireConsent: true });
    visitor(a).giveConsent('events');
    await tick();
    visitor(b).trackView('/refused');
    visitor(b).addEvent('click');
    await tick();
    expect(JSON.parse(store.accepted.at(-1)?.body ?? '')).not.toHaveProperty('cvid');
    visitor(a).giveConsent('views');
    await tick();
    visitor(b).trackView('/seen');
    await tick();
    expect(told()).toMatchObject({ visits: 1, landings: 1, events: 1 });
  });

  it('takes back what is not committed yet, with the session it began', async () => {
    start({ requireConsent: true });
    visitor(b).giveConsent('events', 'sessions');
    await tick();
    visitor(a).giveConsent('views');
    visitor(a).beginSession();
    visitor(a).addEvent('click');
    visitor(a).trackView('/kept');
    visitor(a).removeConsent('events', 'sessions');
    await tick();
    expect(told()).toMatchObject({ sessions: 0, ended: 0, events: 0, visits: 1, consent: ['views'] });
    expect(a.client.stats().dropped.consent).toBe(2);
  });

  it('has breadcrumbs in a crash report they agreed to elsewhere', async () => {
    start({ requireConsent: true });
    visitor(a).giveConsent('crashes');
    await tick();
    const scope = b.client.scope({ deviceId: 'visitor' });
    scope.addBreadcrumb('looked at the cart');
    scope.logError(new Error('failed'));
    await tick();
    expect(store.accepted.at(-1)?.body).toContain('looked at the cart');
  });

  it('is asked about consent with what the others know', async () => {
    start({ requireConsent: true });
    visitor(a).giveConsent('remote-config');
    await tick();
    expect(await visitor(b).fetchRemoteConfig()).toMatchObject({ ok: true });
    expect(await b.client.device('other').fetchRemoteConfig()).toMatchObject({ ok: false });
  });

  it('has the remote config that the other process fetched lately, and asks anew later', async () => {
    start({ remoteConfigMaxAge: 60 });
    a.transport.answerQuery({ ok: true, value: { plan: 'pro' } });
    b.transport.answerQuery({ ok: true, value: { plan: 'other' } });
    await visitor(a).fetchRemoteConfig();
    expect(await visitor(b).fetchRemoteConfig()).toEqual({ ok: true, value: { plan: 'pro' } });
    expect(visitor(b).getRemoteConfig('plan')).toBe('pro');
    expect(b.transport.queries).toHaveLength(0);
    clock.advance(61_000);
    expect(await visitor(b).fetchRemoteConfig()).toEqual({ ok: true, value: { plan: 'other' } });
    expect(await b.client.device('next').fetchRemoteConfig({ maxAge: 0 })).toEqual({
      ok: true,
      value: { plan: 'other' },
    });
  });

  it('becomes one with another, with view, session and consent', async () => {
    start({ requireConsent: true });
    const anonymous = a.client.device('anonymous');
    anonymous.giveConsent('sessions', 'views', 'events');
    anonymous.beginSession();
    anonymous.trackView('/one');
    await tick();
    clock.advance(980);
    b.client.device('anonymous').changeId('known', { merge: true });
    await tick();
    clock.advance(980);
    a.client.device('known').trackView('/two');
    a.client.device('known').endSession();
    await tick();
    expect(told()).toMatchObject({
      sessions: 1,
      ended: 1,
      seconds: 2,
      visits: 2,
      landings: 1,
      viewSeconds: 2,
      merges: 1,
    });
    const merge = store.accepted.find(({ body }) => body.includes('old_device_id'));
    expect(merge).toMatchObject({ deviceId: 'known' });
    expect(merge?.body).toContain('"views":true');
  });

  it('who becomes another person ends what runs, wherever it runs', async () => {
    start();
    visitor(a).beginSession();
    visitor(a).trackView('/one');
    await tick();
    clock.advance(2980);
    visitor(b).changeId('next');
    await tick();
    const of = (device: string) => counted(store.accepted.filter(({ deviceId }) => deviceId === device));
    expect(of('visitor')).toMatchObject({ sessions: 1, ended: 1, seconds: 3, viewSeconds: 3 });
    expect(of('next')).toMatchObject({ sessions: 1, ended: 0 });
  });

  it('is not gone for the one while the other still sees them', async () => {
    start({ deviceIdleTimeout: 100 });
    visitor(a).beginSession();
    visitor(a).trackView('/one');
    await tick();
    for (let i = 0; i < 8; i++) {
      clock.advance(29_980);
      visitor(b).addEvent('click');
      await tick();
    }
    expect(told()).toMatchObject({ sessions: 1, ended: 0 });
    clock.advance(200_000);
    await tick();
    expect(told()).toMatchObject({ sessions: 1, ended: 1, seconds: 240, viewSeconds: 240 });
  });

  it('goes on where a process leaves', async () => {
    start();
    visitor(a).beginSession();
    visitor(a).trackView('/one');
    await tick();
    await a.client.close();
    clock.advance(4980);
    visitor(b).endSession();
    await tick();
    expect(told()).toMatchObject({ sessions: 1, ended: 1, seconds: 5, viewSeconds: 5 });
  });

  it('has a session that is extended by whoever sees them, when the one that began it has left', async () => {
    start();
    visitor(a).beginSession();
    await tick();
    await a.client.close();
    clock.advance(29_980);
    visitor(b).addEvent('click');
    await tick();
    clock.advance(60_000);
    await tick();
    expect(told()).toMatchObject({ sessions: 1, ended: 0, seconds: 30 });
  });

  it('is found gone by the next process, when nobody was left to see it', async () => {
    start({ deviceIdleTimeout: 100 });
    visitor(a).beginSession();
    await tick();
    clock.advance(9980);
    visitor(a).addEvent('click');
    await tick();
    await a.client.close();
    clock.advance(5_000_000);
    visitor(b).beginSession();
    await tick();
    expect(told()).toMatchObject({ sessions: 2, ended: 1, seconds: 10 });
  });

  it('changes at both in the same moment: both calls count, in one order', async () => {
    start();
    visitor(a).beginSession();
    await tick();
    for (let i = 0; i < 5; i++) {
      visitor(a).trackView(`/a${i}`);
      visitor(b).trackView(`/b${i}`);
    }
    await tick();
    expect(store.conflicts).toBeGreaterThan(0);
    expect(told()).toMatchObject({ visits: 10, landings: 1 });
    const views = store.accepted.filter(({ kind }) => kind === 'event').map(({ body }) => JSON.parse(body));
    const starts = views.filter(({ segmentation }) => segmentation.visit === 1);
    expect(starts.map(({ pvid }) => pvid)).toEqual([undefined, ...starts.slice(0, -1).map(({ id }) => id)]);
  });

  it('shows each entry to the hooks of the application once', async () => {
    const seen: string[] = [];
    start({
      beforeSend: (entry) => void seen.push(String((entry as { readonly key?: unknown }).key ?? entry.feature)),
    });
    visitor(a).addEvent('first');
    await tick();
    visitor(b).logError(new Error('failed'));
    visitor(b).addEvent('second');
    await tick();
    expect(store.conflicts).toBe(1);
    expect(seen.filter((one) => one.includes('crashes'))).toHaveLength(1);
  });

  it('waits for the end of a transaction as everywhere, once', async () => {
    start();
    visitor(b).addEvent('before');
    await tick();
    const scope = visitor(a);
    const hold = scope.hold();
    scope.addEvent('held');
    scope.trackView('/at-once');
    await tick();
    expect(told()).toMatchObject({ events: 1, visits: 1 });
    hold.commit();
    await tick();
    expect(told()).toMatchObject({ events: 2, visits: 1 });
  });

  it('while the store is away is served by each alone, and what is recorded is queued there', async () => {
    start();
    visitor(a).beginSession();
    visitor(a).trackView('/one');
    await tick();
    store.isAway = true;
    clock.advance(4980);
    visitor(a).trackView('/two');
    visitor(a).addEvent('click');
    await tick();
    expect(a.transport.events.map(({ key }) => key)).toEqual(['[CLY]_view', '[CLY]_view', 'click']);
    expect(store.accepted.filter(({ kind }) => kind === 'event')).toHaveLength(1);
    store.isAway = false;
    clock.advance(980);
    visitor(a).trackView('/three');
    await tick();
    const ends = store.accepted.map(({ body }) => body).filter((body) => body.includes('"dur"'));
    expect(ends.map((body) => JSON.parse(body))).toMatchObject([{ dur: 1, segmentation: { name: '/two' } }]);
  });

  it('is reconciled after: the latest view, and the latest decision', async () => {
    start({ requireConsent: true });
    visitor(a).giveConsent('views', 'events');
    visitor(a).trackView('/one');
    await tick();
    visitor(b).addEvent('click');
    await tick();
    store.isAway = true;
    clock.advance(1000);
    visitor(a).removeConsent('events');
    await tick();
    clock.advance(1000);
    visitor(b).trackView('/two');
    await tick();
    store.isAway = false;
    visitor(b).addEvent('unknown');
    await tick();
    a.client.device('anybody').addEvent('reached');
    await tick();
    visitor(b).addEvent('refused');
    visitor(b).trackView('/three');
    await tick();
    const ends = store.accepted.map(({ body }) => body).filter((body) => body.includes('"dur"'));
    expect(ends.map((body) => JSON.parse(body))).toMatchObject([{ segmentation: { name: '/two' } }]);
    expect(store.accepted.some(({ body }) => body.includes('refused'))).toBe(false);
  });

  it('begins anew where the state is damaged, and others are not concerned', async () => {
    start();
    visitor(a).trackView('/one');
    a.client.device('other').trackView('/other');
    await tick();
    for (const damage of [
      '{',
      '[]',
      '{"v":1,"views":[1,{"id":"\\"","name":2}],"session":{"until":"x"}}',
      'x'.repeat(200_000),
    ]) {
      store.states.set('visitor', { version: 1e6, state: damage });
      visitor(b).trackView('/two');
      await tick();
    }
    b.client.device('other').trackView('/next');
    await tick();
    expect(told()).toMatchObject({ visits: 7 });
    expect(JSON.parse(store.states.get('visitor')?.state ?? '').views).toHaveLength(1);
  });

  it('is left as it is where a later release has stored it, and has agreed to what is said here alone', async () => {
    start({ requireConsent: true });
    visitor(a).giveConsent('events');
    visitor(a).addEvent('before');
    await tick();
    const later = '{"v":2,"consent":{"events":"no"}}';
    for (let i = 0; i < 3; i++) {
      store.states.set('visitor', { version: 1e6 + i, state: later });
      visitor(a).addEvent('refused');
      visitor(b).addEvent('refused');
      await tick();
      visitor(b).addEvent('refused');
      await tick();
    }
    expect(store.states.get('visitor')?.state).toBe(later);
    expect(store.accepted.some(({ body }) => body.includes('refused'))).toBe(false);
    visitor(a).giveConsent('events');
    visitor(a).addEvent('agreed');
    await tick();
    visitor(a).addEvent('agreed');
    await tick();
    expect(store.states.get('visitor')?.state).toBe(later);
    expect(told()).toMatchObject({ events: 3 });
  });

  it('is committed with the tick, all of it at once', async () => {
    start();
    const commits: number[] = [];
    store.delay = async () => void commits.push(clock.now());
    const began = clock.now();
    visitor(a).addEvent('first');
    a.client.device('other').addEvent('second');
    clock.advance(10);
    visitor(a).addEvent('third');
    clock.advance(9);
    expect(commits).toEqual([]);
    clock.advance(1);
    await Promise.resolve();
    expect(commits).toEqual([began + 20]);
    await tick();
    expect(store.accepted.map(({ deviceId }) => deviceId)).toEqual(['visitor', 'visitor', 'other']);
  });

  it('is committed in the order of the calls, one commit at a time, however slow the store is', async () => {
    start();
    let under = 0;
    store.delay = async () => {
      expect(++under).toBe(1);
      for (let i = 0; i < 5; i++) await new Promise(setImmediate);
      under--;
    };
    for (let i = 0; i < 30; i++) {
      visitor(a).addEvent(`event-${i}`);
      clock.advance(7);
      await new Promise(setImmediate);
    }
    await tick();
    expect(store.accepted.map(({ body }) => JSON.parse(body).key)).toEqual(
      Array.from({ length: 30 }, (_, i) => `event-${i}`),
    );
  });

  it('is served here when the store answers nonsense', async () => {
    start();
    const nonsense = [
      undefined,
      null,
      7,
      [],
      [null],
      [{ kind: 'stored' }],
      [{ kind: 'stored', versions: ['1'] }],
      [{ kind: 'conflict', current: [null] }],
      [{ kind: 'conflict', current: [{ version: 1, state: 5 }] }],
      // Nobody was quicker than who is told what they changed.
      [{ kind: 'conflict', current: [{ version: 0, state: '' }] }],
    ];
    for (const [i, answer] of nonsense.entries()) {
      store.commit = async () => answer as never;
      visitor(a).addEvent(`event-${i}`);
      await tick();
    }
    store.commit = () => {
      throw new Error('at once');
    };
    visitor(a).addEvent('last');
    await tick();
    expect(a.transport.events).toHaveLength(nonsense.length + 1);
  });

  it('fills no memory when the store never answers', async () => {
    start({ maxQueuedEntries: 100_000 });
    store.commit = () => new Promise(() => {});
    for (let i = 0; i < 45_000; i++) visitor(a).addEvent('click');
    const { pending } = a.client.stats();
    expect(pending).toBeGreaterThanOrEqual(20_000);
    const closing = a.client.close({ timeout: 5 });
    for (let i = 0; i < 200; i++) {
      clock.advance(1000);
      await new Promise(setImmediate);
    }
    await closing;
    expect(a.client.stats().accepted).toBe(45_000);
  });

  it('keeps nobody waiting longer than asked for when the store never answers', async () => {
    start();
    store.commit = () => new Promise(() => {});
    visitor(a).addEvent('click');
    const flushed = a.client.flush({ timeout: 100 });
    clock.advance(100);
    await new Promise(setImmediate);
    clock.advance(100);
    expect(await flushed).toMatchObject({ delivered: 0 });
    const closed = a.client.close({ timeout: 100 });
    for (let i = 0; i < 5; i++) {
      clock.advance(100);
      await new Promise(setImmediate);
    }
    await closed;
    expect(a.client.stats()).toMatchObject({ accepted: 1 });
  });

  it('whose call cannot be done is counted once, and what comes after it goes on', async () => {
    start();
    visitor(b).addEvent('before');
    await tick();
    visitor(a).addEvent('bad', { segmentation: new Proxy({}, { ownKeys: () => ['x', 'x'] }) });
    visitor(a).addEvent('good');
    await tick();
    expect(store.accepted.map(({ body }) => JSON.parse(body).key)).toContain('good');
  });

  it('is recorded by hooks as well, once', async () => {
    let told = false;
    start({
      beforeSend: (entry) => {
        const isFirst = !told;
        told = true;
        if (isFirst) a.client.device('visitor').addEvent('by-the-hook');
        return entry as never;
      },
    });
    visitor(b).addEvent('before');
    await tick();
    told = false;
    visitor(a).addEvent('after');
    await tick();
    const keys = store.accepted.map(({ body }) => JSON.parse(body).key);
    expect(keys.filter((key) => key === 'after')).toHaveLength(1);
    expect(keys.filter((key) => key === 'by-the-hook')).toHaveLength(2);
  });

  it('leaves what is not committed to the journal when the process dies', async () => {
    start();
    store.isAway = true;
    visitor(a).addEvent('last');
    expect(a.client.stats()).toMatchObject({ accepted: 1, pending: 1 });
    (process as NodeJS.EventEmitter).emit('uncaughtExceptionMonitor', new Error('fatal'), 'uncaughtException');
    expect(a.client.stats().pending).toBeGreaterThanOrEqual(1);
    await a.client.flush();
    expect(a.transport.events.map(({ key }) => key)).toEqual(['last']);
  });

  it('loses nothing when a process ends with something on its way', async () => {
    start();
    store.isAway = true;
    visitor(a).addEvent('last');
    await a.client.close();
    expect(a.transport.events.map(({ key }) => key)).toEqual(['last']);
  });
});
