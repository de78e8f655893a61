import { describe, expect, it } from 'vitest';
import { clientClock } from '../../lib/clock.js';
import type { Storage } from '../../lib/journal/storage.js';
import { ManualClock } from '../../lib/testing/manual-clock.js';
import { recorded } from '../support/recorded.js';

const turns = async () => {
  for (let i = 0; i < 20; i++) await new Promise(setImmediate);
};

describe('close', () => {
  it('takes at most its timeout, whatever the server does', async () => {
    const test = recorded();
    test.transport.answer({ kind: 'retry', reason: 'gone' });
    test.client.addEvent('a');
    const closed = test.client.close({ timeout: 200 });
    await turns();
    test.clock.advance(200);
    expect(await closed).toEqual({ delivered: 0, pending: 1, dropped: 0 });
    expect(test.clock.pendingTimers).toBe(0);
  });

  it('is over before a hook of a test runner runs out, when the server takes a request and never answers', async () => {
    const test = recorded();
    test.transport.send = () => new Promise(() => {});
    test.client.addEvent('a');
    const closed = test.client.close();
    await turns();
    test.clock.advance(3000);
    expect(await closed).toEqual({ delivered: 0, pending: 1, dropped: 0 });
    expect(test.clock.pendingTimers).toBe(0);
  });

  it('does not wait for a transport that never closes, or fails to', async () => {
    for (const close of [() => new Promise<void>(() => {}), () => Promise.reject(new Error('broken'))]) {
      const test = recorded();
      test.transport.close = close;
      const closed = test.client.close({ timeout: 200 });
      await turns();
      test.clock.advance(200);
      expect(await closed).toMatchObject({ pending: 0 });
      expect(test.clock.pendingTimers).toBe(0);
    }
  });

  it('settles every flush, the earlier and the later ones', async () => {
    const test = recorded();
    test.transport.answer({ kind: 'retry', reason: 'gone' });
    test.client.addEvent('a');
    const before = test.client.flush({ timeout: 60_000 });
    const closed = test.client.close({ timeout: 200 });
    const meanwhile = test.client.flush({ timeout: 60_000 });
    await turns();
    test.clock.advance(200);
    await closed;
    const after = test.client.flush({ timeout: 60_000 });
    for (const flushed of [before, meanwhile, after]) expect(await flushed).toMatchObject({ pending: 1 });
    expect(test.clock.pendingTimers).toBe(0);
  });
});

describe('close, where nobody takes anything', () => {
  const away = { kind: 'retry', reason: 'connection refused', unreachable: true } as const;
  const hold = { kind: 'hold', reason: 'app-unknown', message: 'App does not exist' } as const;
  /** Keeps everything, as the journal does. */
  class Kept implements Storage {
    degraded: string | undefined;
    open = () => {};
    append = () => {};
    seal = () => {};
    settle = () => {};
    recover = async () => ({ entries: [], sealed: [] });
    commit = async () => {};
    commitSync = () => {};
    close = async () => {};
    stats = () => ({ bytesWritten: 0, ...(this.degraded === undefined ? {} : { degraded: this.degraded }) });
  }

  it.each([away, hold])('ends at once when the storage has all that waits: %j', async (answer) => {
    const test = recorded({ storage: new Kept() });
    test.transport.answer(answer);
    for (let i = 0; i < 30; i++) test.client.device(`u${i}`).addEvent('a');
    // No timer is needed for it: the clock stands still.
    expect(await test.client.close()).toMatchObject({ delivered: 0, pending: 30, dropped: 0 });
    expect(test.clock.pendingTimers).toBe(0);
  });

  it('settles a flush under way with it', async () => {
    const test = recorded({ storage: new Kept() });
    test.transport.answer(away);
    test.client.addEvent('a');
    const flushed = test.client.flush({ timeout: 60_000 });
    await test.client.close();
    expect(await flushed).toMatchObject({ pending: 1 });
  });

  it.each([
    ['the storage is memory', undefined, away],
    ['the storage could not write', 'full', away],
    ['the server may be well in a moment', undefined, { kind: 'retry', reason: 'status 503' }],
  ] as const)('waits when %s', async (name, degraded, answer) => {
    const storage = new Kept();
    storage.degraded = degraded;
    const test = recorded(name === 'the storage is memory' ? {} : { storage });
    test.transport.answer(answer);
    test.client.addEvent('a');
    let over = false;
    const closed = test.client.close({ timeout: 5000 }).then(() => {
      over = true;
    });
    await turns();
    expect(over).toBe(false);
    test.transport.answer({ kind: 'delivered' });
    test.clock.advance(4000);
    await turns();
    expect(test.client.stats()).toMatchObject({ delivered: 1, pending: 0 });
    await closed;
  });

  it('waits for those that are under way', async () => {
    const test = recorded({ storage: new Kept() });
    let answer: (delivery: { kind: 'delivered' }) => void = () => {};
    test.transport.send = (request) =>
      String(request.body).includes('"slow"') ? new Promise((resolve) => (answer = resolve)) : Promise.resolve(away);
    test.client.device('slow').addEvent('a');
    test.client.device('u').addEvent('a');
    const closed = test.client.close();
    await turns();
    expect(test.client.stats().pending).toBe(2);
    answer({ kind: 'delivered' });
    await turns();
    // It took something, so there is hope for the other one, until that is refused once more.
    test.clock.advance(1000);
    expect(await closed).toMatchObject({ delivered: 1, pending: 1 });
  });
});

describe('the clock of a client', () => {
  it('cancels what waits when it stops, and tells callers that the time is up', () => {
    const machine = new ManualClock();
    const clock = clientClock(machine);
    const ran: string[] = [];
    clock.after(10, () => ran.push('work'));
    clock.after(10, () => ran.push('caller'), true);
    clock.after(10, () => ran.push('cancelled'), true)();
    clock.stop();
    expect(ran).toEqual(['caller']);
    machine.advance(10);
    expect(ran).toEqual(['caller']);
  });

  it('sets no timer after that', async () => {
    const machine = new ManualClock();
    const clock = clientClock(machine);
    clock.stop();
    const ran: string[] = [];
    clock.after(10, () => ran.push('work'));
    clock.after(10, () => ran.push('caller'), true);
    expect(machine.pendingTimers).toBe(0);
    await Promise.resolve();
    expect(ran).toEqual(['caller']);
  });
});
