import { describe, expect, it } from 'vitest';
import { createBackoff } from '../../lib/http/backoff.js';
import { CircuitBreaker } from '../../lib/outbox/circuit-breaker.js';
import type { Delivery } from '../../lib/protocol/answer.js';
import { settle, setup } from './harness.js';

const away: Delivery = { kind: 'retry', reason: '503' };
const breaker = () => new CircuitBreaker(createBackoff({ random: () => 0.999_999 }));

describe('the way to the server as a whole', () => {
  it('takes one step an episode, however many requests were under way: all is delivered two seconds later', async () => {
    const { clock, transport, event, pass, outbox, expectBalanced } = setup({ delivery: 'single', eventQueueSize: 1 });
    const answers: (() => void)[] = [];
    transport.answer = () => new Promise((resolve) => answers.push(() => resolve(away)));
    for (let i = 0; i < 8; i++) event(`u${i}`, 'a');
    await settle();
    expect(answers).toHaveLength(8);
    for (const answer of answers) {
      clock.advance(19);
      answer();
      await settle();
    }
    transport.answer = () => ({ kind: 'delivered' });
    for (let i = 0; i < 20; i++) await pass(100);
    expect(outbox.stats()).toMatchObject({ delivered: 8, pending: 0 });
    expectBalanced();
  });

  it('lets one request go ahead after the pause, and the others when it was taken', async () => {
    const { transport, event, pass } = setup({ delivery: 'single', eventQueueSize: 1 });
    transport.answer = () => away;
    for (let i = 0; i < 8; i++) event(`u${i}`, 'a');
    await pass(0);
    transport.seen.length = 0;
    let answer = (_: Delivery): void => {};
    transport.answer = () => new Promise((resolve) => (answer = resolve));
    await pass(1000);
    expect(transport.seen).toHaveLength(1);
    await pass(5000);
    expect(transport.seen).toHaveLength(1);
    transport.answer = () => ({ kind: 'delivered' });
    answer({ kind: 'delivered' });
    await settle();
    expect(transport.seen).toHaveLength(8);
  });

  it('waits longer from episode to episode, and starts anew after a success', () => {
    const it = breaker();
    for (let i = 0; i < 3; i++) it.failure(0, 10, undefined);
    expect(it.readyAt).toBe(1010);
    // These left before the pause, and say nothing new.
    for (let i = 0; i < 5; i++) it.failure(5, 20 + i, undefined);
    expect(it.readyAt).toBe(1010);
    const pauses = [2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000];
    for (const pause of pauses) {
      const now = it.readyAt;
      expect(it.allows(now)).toBe(true);
      it.sent();
      expect(it.allows(now)).toBe(false);
      it.failure(now, now, undefined);
      expect(it.readyAt).toBe(now + pause);
    }
    it.success();
    expect(it.allows(0)).toBe(true);
    const now = it.readyAt + 1e9;
    for (let i = 0; i < 3; i++) it.failure(now, now, undefined);
    expect(it.readyAt).toBe(now + 1000);
  });

  it('keeps a delay that the server named, whatever else says that it may go on', () => {
    const it = breaker();
    it.failure(0, 0, 30_000);
    it.wake();
    it.tryBy(1000);
    it.success();
    expect(it.readyAt).toBe(30_000);
    expect([it.allows(29_999), it.allows(30_000)]).toEqual([false, true]);
  });

  it('obeys a named delay also when somebody flushes', async () => {
    const { clock, transport, event, pass, outbox, expectBalanced } = setup();
    transport.answer = (_request, call) => (call === 1 ? { ...away, afterMs: 30_000 } : { kind: 'delivered' });
    event('u1', 'a');
    await pass(1000);
    event('u2', 'b');
    const flushed = outbox.flush(60_000);
    await settle();
    clock.advance(29_000);
    await settle();
    expect(transport.seen).toHaveLength(1);
    clock.advance(1000);
    expect(await flushed).toEqual({ delivered: 2, pending: 0, dropped: 0 });
    expectBalanced();
  });
});

describe('a failure that may be a request’s own fault', () => {
  it('costs nothing, however often it comes, while the server takes nothing else either', async () => {
    const { transport, event, pass, outbox, expectBalanced } = setup();
    transport.answer = () => ({ kind: 'retry', reason: 'Cannot get app user', bounded: true });
    for (let i = 0; i < 20; i++) event(`u${i}`, 'a');
    for (let i = 0; i < 500; i++) await pass(60_000);
    expect(transport.seen.length).toBeGreaterThan(100);
    expect(outbox.stats()).toMatchObject({ pending: 20, dropped: {} });
    transport.answer = () => ({ kind: 'delivered' });
    for (let i = 0; i < 5; i++) await pass(60_000);
    expect(outbox.stats()).toMatchObject({ delivered: 20, pending: 0, dropped: {} });
    expectBalanced();
  });
});
