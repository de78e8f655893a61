import { describe, expect, it } from 'vitest';
import { noDeadLetter } from '../../lib/outbox/dead-letter.js';
import { mergeEvents } from '../../lib/protocol/roll-up.js';
import { eventBody, LeftoverStorage, oldEntry, setup } from './harness.js';

const leftovers = (count: number, deviceId = (n: number) => `old${n % 20}`) =>
  Array.from({ length: count }, (_, n) => oldEntry(n + 1, { deviceId: deviceId(n) }));

describe('one bound', () => {
  it('reads what was left in parts as room appears: half of the room at most, and nothing of it is dropped', async () => {
    const storage = new LeftoverStorage(leftovers(1000));
    const { transport, outbox, pass, expectBalanced } = setup({ maxQueuedEntries: 100 }, { storage });
    let most = 0;
    transport.answer = () => {
      most = Math.max(most, outbox.stats().pending);
      return { kind: 'delivered' };
    };
    for (let i = 0; i < 100; i++) await pass(100);
    expect(outbox.stats()).toEqual({ accepted: 1000, delivered: 1000, pending: 0, dropped: {} });
    expect(most).toBeLessThanOrEqual(50);
    expect(storage.most).toBeLessThanOrEqual(50);
    expect(storage.settled.sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, n) => n + 1));
    expectBalanced();
  });

  it('leaves on the disk what there is no room for while the server is away', async () => {
    const storage = new LeftoverStorage(leftovers(1000));
    const { transport, outbox, pass, expectBalanced } = setup({ maxQueuedEntries: 100 }, { storage });
    transport.answer = () => ({ kind: 'retry', reason: 'away' });
    for (let i = 0; i < 100; i++) await pass(1000);
    expect(outbox.stats()).toMatchObject({ accepted: 50, pending: 50, dropped: {} });
    transport.answer = () => ({ kind: 'delivered' });
    for (let i = 0; i < 200; i++) await pass(1000);
    expect(outbox.stats()).toEqual({ accepted: 1000, delivered: 1000, pending: 0, dropped: {} });
    expectBalanced();
  });

  it('drops the oldest of this process for what happens now, never what was recovered', async () => {
    const storage = new LeftoverStorage(leftovers(50));
    const { transport, outbox, event, pass, expectBalanced } = setup({ maxQueuedEntries: 100 }, { storage });
    outbox.setEnabled(false);
    await pass(0);
    expect(outbox.stats().pending).toBe(50);
    for (let i = 0; i < 80; i++) event(`old${i % 20}`, `n${i}`);
    expect(outbox.stats()).toMatchObject({ accepted: 130, pending: 100, dropped: { overflow: 30 } });
    outbox.setEnabled(true);
    for (let i = 0; i < 10; i++) await pass(1000);
    expect(outbox.stats()).toMatchObject({ delivered: 100, pending: 0, dropped: { overflow: 30 } });
    const keys = transport.seen.flatMap(({ content }) => content.flatMap((list) => list.split(' ')));
    expect(new Set(keys.filter((key) => key.startsWith('old'))).size).toBe(50);
    expect(keys.filter((key) => key.startsWith('n'))).toHaveLength(50);
    expectBalanced();
  });

  it('a flush delivers what stands in the storage as well, however many parts that takes', async () => {
    const storage = new LeftoverStorage(leftovers(1000));
    const { outbox, event, expectBalanced } = setup({ maxQueuedEntries: 100 }, { storage });
    event('u1', 'new');
    expect(await outbox.flush(10_000)).toEqual({ delivered: 1001, pending: 0, dropped: 0 });
    expectBalanced();
  });

  it('holds for refused requests on their way to the dead-letter file, too', async () => {
    const granted: boolean[] = [];
    const releases: (() => void)[] = [];
    const deadLetter = {
      ...noDeadLetter,
      add: (_request: unknown, _reason: string, budget: { reserve(n: number): boolean; release(n: number): void }) => {
        const taken = budget.reserve(400);
        granted.push(taken);
        if (taken) releases.push(() => budget.release(400));
      },
    };
    const { transport, outbox, event, pass, expectBalanced } = setup({ maxQueuedBytes: 1500 }, { deadLetter });
    transport.answer = () => ({ kind: 'rejected', reason: 'no' });
    for (let i = 0; i < 5; i++) {
      event('u1', `e${i}`);
      await pass(1000);
    }
    expect(granted.filter((taken) => taken).length).toBeLessThan(5);
    expect(outbox.stats().dropped).toEqual({ rejected: 5 });
    for (const release of releases.splice(0)) release();
    event('u1', 'later');
    await pass(1000);
    expect(granted.at(-1)).toBe(true);
    expectBalanced();
  });

  it('holds for what rolling up makes of many calls, each of them counted', async () => {
    const { transport, outbox, add, pass, expectBalanced } = setup({ maxQueuedEntries: 10 });
    for (let i = 0; i < 1000; i++) {
      const body = eventBody('a');
      add({ body }, { key: 'a', merge: (waiting) => mergeEvents(waiting, body) });
    }
    expect(outbox.stats()).toMatchObject({ accepted: 1000, pending: 1000, dropped: {} });
    for (let i = 0; i < 10; i++) add({ deviceId: `d${i}` });
    // The one that went was worth a thousand.
    expect(outbox.stats()).toMatchObject({ accepted: 1010, pending: 10, dropped: { overflow: 1000 } });
    await pass(1000);
    expect(transport.seen.flatMap(({ devices }) => devices)).toHaveLength(10);
    expectBalanced();
  });
});
