import { describe, expect, it } from 'vitest';
import type { Delivery } from '../../lib/protocol/answer.js';
import type { Entry, SealedRequest } from '../../lib/protocol/entry.js';
import { eventBody, LeftoverStorage, oldEntry, settle, setup } from './harness.js';

const sealedOf = (...entries: Entry[]): SealedRequest => ({
  deviceId: entries[0]?.deviceId ?? '',
  path: '/i',
  head: '"device_id":"u1","timestamp":1',
  entries,
});
const contents = (transport: { seen: { devices: string[]; content: string[] }[] }) =>
  transport.seen.flatMap(({ devices, content }) => devices.map((device, i) => `${device} ${content[i]}`));

describe('the order of acceptance', () => {
  it('is kept on what is recovered: its ids stay, and it leaves before what is new', async () => {
    const storage = new LeftoverStorage([oldEntry(7), oldEntry(9)]);
    const { transport, event, pass } = setup({}, { storage });
    event('u1', 'new');
    await pass(1000);
    expect(contents(transport)).toEqual(['u1 old7 old9 new']);
    expect(storage.settled.slice(0, 2)).toEqual([7, 9]);
    expect(storage.settled[2]).toBe(storage.appended[0]?.id);
    expect(storage.appended[0]?.id).toBeGreaterThan(1_000_000_000_000_000);
  });

  it('lets a merge wait for entries of the old id that nobody has read yet', async () => {
    const storage = new LeftoverStorage(
      Array.from({ length: 60 }, (_, n) => oldEntry(n + 1, { deviceId: n === 59 ? 'anonymous' : `other${n}` })),
    );
    const { transport, outbox, merge, event, pass, expectBalanced } = setup(
      { maxQueuedEntries: 20, delivery: 'single' },
      { storage },
    );
    merge('ann', 'anonymous');
    event('ann', 'after');
    for (let i = 0; i < 60; i++) await pass(1000);
    const all = contents(transport);
    expect(all.slice(-3)).toEqual(['anonymous old60', 'ann x', 'ann after']);
    expect(outbox.stats()).toMatchObject({ delivered: 62, pending: 0 });
    expectBalanced();
  });

  it('lets a merge wait for the old id’s entries that failed', async () => {
    const { transport, merge, event, pass } = setup();
    transport.answer = ({ devices }, call) =>
      devices[0] === 'anonymous' && call < 4 ? { kind: 'retry', reason: '500' } : { kind: 'delivered' };
    event('anonymous', 'before');
    merge('ann', 'anonymous');
    for (let i = 0; i < 20; i++) await pass(1000);
    expect(contents(transport).slice(-2)).toEqual(['anonymous before', 'ann x']);
  });
});

describe('consent withdrawn while entries stand unread in the storage', () => {
  it('removes them when they are read, from sealed requests as well, which get new bytes', async () => {
    const view = { feature: 'views', body: eventBody('[CLY]_view') } as const;
    const storage = new LeftoverStorage([
      sealedOf(oldEntry(1), oldEntry(2, view)),
      sealedOf(oldEntry(3, view)),
      oldEntry(4),
      oldEntry(5, view),
      oldEntry(6, { ...view, deviceId: 'u2' }),
    ]);
    const { transport, outbox, event, pass, expectBalanced } = setup({}, { storage });
    outbox.purge('u1', new Set(['views']));
    event('u1', '[CLY]_view again', 'views');
    await pass(1000);
    await pass(1000);
    expect(contents(transport).sort()).toEqual(['u1 old1', 'u1 old4 [CLY]_view again', 'u2 [CLY]_view']);
    expect(storage.sealed[0]).toMatchObject({ entries: [{ id: 1 }] });
    expect(outbox.stats()).toMatchObject({ delivered: 4, pending: 0, dropped: { consent: 3 } });
    expectBalanced();
  });

  it('spares no request that stands behind one under way', async () => {
    const storage = new LeftoverStorage([
      sealedOf(oldEntry(1, { feature: 'views' })),
      sealedOf(oldEntry(2), oldEntry(3, { feature: 'views' })),
    ]);
    const { transport, outbox, pass, expectBalanced } = setup({}, { storage });
    let answer = (_: Delivery): void => {};
    transport.answer = (_request, call) =>
      call === 1 ? new Promise((resolve) => (answer = resolve)) : { kind: 'delivered' };
    await pass(0);
    outbox.purge('u1', new Set(['views']));
    answer({ kind: 'delivered' });
    await pass(1000);
    expect(contents(transport)).toEqual(['u1 old1', 'u1 old2']);
    expect(outbox.stats()).toMatchObject({ delivered: 2, dropped: { consent: 1 } });
    expectBalanced();
  });
});

describe('what the storage says', () => {
  it('entries of different origin never share a request', async () => {
    const [one, other] = [{}, {}];
    const storage = new LeftoverStorage([
      oldEntry(1, { origin: one }),
      oldEntry(2, { origin: one }),
      oldEntry(3, { origin: other }),
    ]);
    const { transport, event, pass } = setup({}, { storage });
    event('u1', 'own');
    for (let i = 0; i < 3; i++) await pass(1000);
    expect(contents(transport)).toEqual(['u1 old1 old2', 'u1 old3', 'u1 own']);
    for (const { entries } of storage.sealed) expect(new Set(entries.map(({ origin }) => origin)).size).toBe(1);
  });

  it('“lost” makes everything that waits be appended, in order, and sealed again', async () => {
    const storage = new LeftoverStorage([sealedOf(oldEntry(1), oldEntry(2)), oldEntry(3)]);
    const { transport, event, pass, outbox } = setup({}, { storage });
    transport.answer = () => ({ kind: 'retry', reason: 'away' });
    event('u2', 'tried');
    await pass(1000);
    event('u3', 'new');
    storage.appended.length = 0;
    storage.sealed.length = 0;
    storage.listener?.lost();
    expect(storage.appended.map(({ body }) => (JSON.parse(body) as { key: string }).key)).toEqual([
      'old1',
      'old2',
      'old3',
      'tried',
      'new',
    ]);
    expect(storage.sealed.map(({ entries }) => entries.length).sort()).toEqual([1, 2]);
    transport.answer = () => ({ kind: 'delivered' });
    await outbox.flush(1000);
    const tried = transport.seen.filter(({ devices }) => devices[0] === 'u2').map(({ body }) => body);
    expect(new Set(tried).size).toBe(1);
  });

  it('what it finds later is sent as well', async () => {
    const storage = new LeftoverStorage([oldEntry(1)]);
    const { transport, pass, outbox } = setup({}, { storage });
    await pass(1000);
    storage.recover = async () => ({ entries: [oldEntry(2)], sealed: [] });
    storage.listener?.found();
    await pass(1000);
    expect(contents(transport)).toEqual(['u1 old1', 'u1 old2']);
    expect(outbox.stats()).toMatchObject({ delivered: 2, pending: 0 });
  });
});

describe('a flush', () => {
  it('is not over because something was delivered that came up later', async () => {
    const storage = new LeftoverStorage([]);
    const { transport, event, outbox } = setup({}, { storage });
    await settle();
    let answer = (_: Delivery): void => {};
    transport.answer = ({ devices }) =>
      devices[0] === 'slow' ? new Promise((resolve) => (answer = resolve)) : { kind: 'delivered' };
    event('slow', 'own');
    let ended: unknown;
    void outbox.flush(10_000).then((result) => (ended = result));
    await settle();
    storage.recover = async () => ({ entries: [oldEntry(1)], sealed: [] });
    storage.listener?.found();
    await settle();
    expect(outbox.stats()).toMatchObject({ delivered: 1, pending: 1 });
    expect(ended).toBeUndefined();
    answer({ kind: 'delivered' });
    await settle();
    expect(ended).toEqual({ delivered: 2, pending: 0, dropped: 0 });
  });
});

describe('a storage that never answers', () => {
  it.each(['close', 'commit', 'recover'] as const)('in %s: flush and close end with their time', async (method) => {
    const storage = new LeftoverStorage([]);
    storage[method] = () => new Promise<never>(() => {});
    const { clock, outbox, event, expectBalanced } = setup({}, { storage });
    event('u1', 'a');
    for (const ended of [() => outbox.flush(200), () => outbox.close(200)]) {
      let done = false;
      const result = ended().then(() => (done = true));
      await settle();
      clock.advance(200);
      await result;
      expect(done).toBe(true);
    }
    expectBalanced();
  });

  it('in commit: requests leave after five seconds without it, and that is told once', async () => {
    const storage = new LeftoverStorage([]);
    storage.commit = () => new Promise(() => {});
    const { transport, event, pass, warnings, outbox } = setup({}, { storage });
    for (const key of ['a', 'b', 'c']) {
      event('u1', key);
      await pass(1000);
      await pass(5000);
    }
    expect(contents(transport)).toEqual(['u1 a', 'u1 b', 'u1 c']);
    expect(outbox.stats()).toMatchObject({ delivered: 3, pending: 0 });
    expect(warnings).toEqual([expect.stringContaining('has not committed within 5 s')]);
  });

  it('in recover: what is new is delivered all the same, within a flush', async () => {
    const storage = new LeftoverStorage([]);
    storage.recover = () => new Promise(() => {});
    const { transport, outbox, event } = setup({}, { storage });
    event('u1', 'a');
    void outbox.flush(10_000);
    await settle();
    expect(contents(transport)).toEqual(['u1 a']);
  });
});
