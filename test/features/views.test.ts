import { afterEach, describe, expect, it } from 'vitest';
import { type Recorded, recorded } from '../support/recorded.js';

type ViewEvent = {
  readonly id?: string;
  readonly pvid?: string;
  readonly cvid?: string;
  readonly peid?: string;
  readonly dur?: number;
  readonly key: string;
  readonly segmentation: Readonly<Record<string, unknown>>;
};

describe('views', () => {
  let test: Recorded;
  afterEach(() => test.close());

  const events = async () =>
    (await test.sent()).flatMap(({ events: sent }) => sent) as readonly unknown[] as readonly ViewEvent[];
  const ends = async () =>
    (await events())
      .filter(({ dur }) => dur !== undefined)
      .map(({ segmentation, dur }) => [segmentation['name'], dur] as const);

  it('end with the next one, and name themselves and the one before', async () => {
    test = recorded();
    const home = test.client.trackView('home');
    test.clock.advance(3000);
    const cart = test.client.trackView('cart');
    const [start, end, next] = await events();
    expect(start).toMatchObject({ id: home.id, segmentation: { name: 'home', _idv: home.id, visit: 1, start: 1 } });
    expect(start).not.toHaveProperty('pvid');
    expect(end).toMatchObject({ id: home.id, dur: 3, segmentation: { name: 'home', _idv: home.id } });
    expect(end?.segmentation).not.toHaveProperty('visit');
    expect(next).toMatchObject({ id: cart.id, pvid: home.id, segmentation: { name: 'cart', _idv: cart.id } });
    expect(cart.id).not.toBe(home.id);
  });

  it('lie beside each other when they are parallel, each with a time of its own', async () => {
    test = recorded();
    test.client.trackView('page');
    const dialog = test.client.startView('dialog');
    const help = test.client.trackView('help', { parallel: true });
    test.clock.advance(2000);
    dialog.end();
    test.clock.advance(3000);
    test.client.trackView('next page');
    test.clock.advance(1000);
    help.end();
    expect(await ends()).toEqual([
      ['dialog', 2],
      ['page', 5],
      ['help', 6],
    ]);
  });

  it('all end with the session, and with the client', async () => {
    test = recorded();
    test.client.beginSession();
    test.client.trackView('page');
    test.client.startView('dialog');
    test.clock.advance(4000);
    test.client.endSession();
    expect(await ends()).toEqual([
      ['page', 4],
      ['dialog', 4],
    ]);
    test.client.startView('last');
    test.clock.advance(2000);
    await test.client.close();
    const last = test.transport.events.at(-1) as unknown as ViewEvent;
    expect([last.segmentation['name'], last.dur]).toEqual(['last', 2]);
  });

  it('stand still while they are paused', async () => {
    test = recorded();
    const view = test.client.trackView('video');
    test.clock.advance(2000);
    view.pause();
    view.pause();
    test.clock.advance(60_000);
    view.resume();
    view.resume();
    test.clock.advance(3000);
    view.end();
    view.resume();
    view.end();
    expect(await ends()).toEqual([['video', 5]]);
  });

  it('may end while they are paused, and take a duration that was measured elsewhere', async () => {
    test = recorded();
    const paused = test.client.startView('paused');
    test.clock.advance(2000);
    paused.pause();
    test.clock.advance(2000);
    paused.end();
    const given = test.client.startView('given');
    test.clock.advance(2000);
    given.end(7);
    expect(await ends()).toEqual([
      ['paused', 2],
      ['given', 7],
    ]);
  });

  it('tell what was added when they end, the last word on each segment', async () => {
    test = recorded();
    const view = test.client.trackView('page', { segmentation: { area: 'shop' } });
    view.addSegmentation({ scrolled: 40, area: 'other' });
    view.addSegmentation({ scrolled: 90, _idv: 'forged', name: 'forged' });
    view.addSegmentation('nonsense' as never);
    view.end();
    const [start, end] = await events();
    expect(start?.segmentation).toMatchObject({ area: 'shop' });
    expect(end?.segmentation).toEqual({ name: 'page', segment: 'Linux', _idv: view.id, scrolled: 90, area: 'other' });
    expect(test.warnings.filter((line) => line.includes('addSegmentation'))).toHaveLength(1);
  });

  it('carry segments that all of them have, behind their own', async () => {
    test = recorded({ viewSegmentation: { release: 'r1', area: 'all' } });
    test.client.trackView('a', { segmentation: { area: 'own' } });
    test.client.updateViewSegmentation({ tenant: 't1' });
    test.client.trackView('b');
    test.client.setViewSegmentation({ only: 1 });
    test.client.trackView('c');
    test.client.setViewSegmentation('nonsense' as never);
    test.client.trackView('d');
    const starts = (await events()).filter(({ segmentation }) => segmentation['visit'] === 1);
    const own = starts.map(({ segmentation }) => {
      const { name: _n, segment: _s, _idv, visit: _v, start: _st, ...rest } = segmentation;
      return rest;
    });
    expect(own).toEqual([
      { area: 'own', release: 'r1' },
      { release: 'r1', area: 'all', tenant: 't1' },
      { only: 1 },
      { only: 1 },
    ]);
  });

  it('are bounded where somebody starts without an end', async () => {
    test = recorded();
    for (let i = 0; i < 150; i++) test.client.startView(`v${i}`);
    expect(await ends()).toHaveLength(50);
  });

  it('begin once a request, since a server counts each start of a new visitor as a visitor', async () => {
    test = recorded();
    for (const name of ['home', 'cart', 'home', 'home', 'cart']) test.client.trackView(name);
    const requests = await test.sent();
    for (const request of requests) {
      const started = (request.events as readonly unknown[] as readonly ViewEvent[])
        .filter(({ segmentation }) => segmentation['visit'] === 1)
        .map(({ segmentation }) => segmentation['name']);
      expect(new Set(started).size).toBe(started.length);
    }
    expect(requests.flatMap(({ events: sent }) => sent)).toHaveLength(9);
  });

  it('begin once a request whoever made them: by hand, and with other events between', async () => {
    test = recorded();
    const view = (name: string) => test.client.addEvent('[CLY]_view', { segmentation: { name, visit: 1 } });
    view('home');
    test.client.addEvent('click');
    view('home');
    view('other');
    const requests = await test.sent();
    expect(requests.map(({ events: sent }) => sent.length)).toEqual([2, 2]);
  });
});

describe('views beside events of other days', () => {
  let test: Recorded;
  afterEach(() => test.close());

  const YESTERDAY = 86_400_000;
  const requests = async () =>
    (await test.sent()).map(({ events }) => events.map(({ key }) => (key === '[CLY]_view' ? 'view' : key)));

  it('leave in requests of their own, since a server files them under the day of the last event', async () => {
    test = recorded();
    const past = test.clock.now() - YESTERDAY;
    test.client.addEvent('now');
    test.client.trackView('a');
    test.client.addEvent('past', { timestamp: past });
    test.client.addEvent('now again');
    test.client.trackView('b');
    expect(await requests()).toEqual([
      ['now', 'view'],
      ['past', 'now again'],
      ['view', 'view'],
    ]);
  });

  it('leave alone when it is they who are of another day', async () => {
    test = recorded();
    const timestamp = test.clock.now() - YESTERDAY;
    test.client.addEvent('[CLY]_view', { timestamp, segmentation: { name: 'a', visit: 1 } });
    test.client.addEvent('now');
    test.client.addEvent('[CLY]_view', { timestamp, segmentation: { name: 'b', visit: 1 } });
    expect(await requests()).toEqual([['view'], ['now'], ['view']]);
  });

  it('keep nothing apart that has no views', async () => {
    test = recorded();
    test.client.addEvent('now');
    test.client.addEvent('past', { timestamp: test.clock.now() - YESTERDAY });
    test.client.addEvent('now again');
    expect(await requests()).toEqual([['now', 'past', 'now again']]);
  });
});

describe('what links events', () => {
  let test: Recorded;
  afterEach(() => test.close());
  const events = async () =>
    (await test.sent()).flatMap(({ events: sent }) => sent) as readonly unknown[] as readonly ViewEvent[];

  it('is an id, the view on display and the event before, for each device', async () => {
    test = recorded();
    const ann = test.client.device('ann');
    const bob = test.client.device('bob');
    ann.addEvent('first');
    bob.addEvent('other');
    const view = ann.trackView('page');
    ann.addEvent('second');
    view.end();
    ann.addEvent('third');
    const sent = await events();
    const [first, second, third] = ['first', 'second', 'third'].map((key) => sent.find((event) => event.key === key));
    expect(new Set(sent.filter(({ key }) => !key.startsWith('[CLY]')).map(({ id }) => id)).size).toBe(4);
    expect(first).not.toHaveProperty('peid');
    expect(first).not.toHaveProperty('cvid');
    expect(second).toMatchObject({ cvid: view.id, peid: first?.id });
    expect(third?.peid).toBe(second?.id);
    expect(third).not.toHaveProperty('cvid');
    expect(sent.find(({ key }) => key === 'other')).not.toHaveProperty('peid');
  });

  it('leaves out what may become part of another event, and what is Countly’s own', async () => {
    test = recorded();
    test.client.addEvent('a');
    test.client.addEvent('b', { rollUp: true });
    test.client.addEvent('b', { rollUp: true });
    test.client.reportFeedback({ rating: 5, widgetId: 'w' });
    test.client.addEvent('c');
    const sent = await events();
    const [a, b, c] = ['a', 'b', 'c'].map((key) => sent.find((event) => event.key === key));
    expect(b).toMatchObject({ id: expect.any(String), count: 2 });
    expect(b).not.toHaveProperty('peid');
    expect(sent.find(({ key }) => key === '[CLY]_star_rating')).not.toHaveProperty('peid');
    expect(c?.peid).toBe(a?.id);
  });
});
