import { describe, expect, it } from 'vitest';
import { clientClock } from '../../lib/clock.js';
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
