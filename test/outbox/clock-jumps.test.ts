import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../lib/testing/manual-clock.js';
import { recorded } from '../support/recorded.js';
import { LeftoverStorage, oldEntry, setup } from './harness.js';

const DAY = 86_400_000;

describe('a clock that is far ahead for one event, and then right', () => {
  it.each([DAY, 5 * 3_600_000, 30 * DAY])('%d ms: only that event has a wrong time', async (ahead) => {
    const test = recorded();
    const now = test.clock.now();
    test.client.addEvent('before');
    test.clock.setNow(now + ahead);
    test.client.addEvent('ahead');
    test.clock.setNow(now + 10);
    test.client.addEvent('after');
    test.client.logError(new Error('x'));
    const sent = await test.contents();
    const times = sent.flatMap(({ events }) => (events as { key: string; timestamp: number }[]) ?? []);
    expect(times.map(({ key, timestamp }) => [key, timestamp - now])).toEqual([
      ['before', 0],
      ['ahead', ahead],
      ['after', 10],
    ]);
  });

  it('keeps the order, and the ids go on as if nothing had been', async () => {
    const storage = new LeftoverStorage([]);
    const { clock, event, pass, transport } = setup({}, { storage });
    const now = clock.now();
    event('u1', 'a');
    clock.setNow(now + DAY);
    event('u1', 'b');
    clock.setNow(now);
    event('u1', 'c');
    await pass(1000);
    event('u1', 'd');
    await pass(1000);
    expect(transport.seen.flatMap(({ content }) => content)).toEqual(['a b c', 'd']);
    const ids = storage.appended.map(({ id }) => id);
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
    // In microseconds: nobody who starts later comes before this process.
    expect((ids.at(-1) as number) / 1000 - now).toBeLessThan(3000);
  });
});

describe('what a process left whose clock was ahead', () => {
  const ahead = (n: number) => (1_700_000_000_000 + DAY) * 1000 + n;

  it('comes before what is recorded after it was read, by the ids as well', async () => {
    const storage = new LeftoverStorage([oldEntry(ahead(1)), oldEntry(ahead(2))]);
    const { event, pass, transport } = setup({}, { storage });
    await pass(0);
    event('u1', 'new');
    await pass(1000);
    expect(transport.seen.flatMap(({ content }) => content.join().split(' '))).toEqual([
      `old${ahead(1)}`,
      `old${ahead(2)}`,
      'new',
    ]);
    expect(storage.appended[0]?.id).toBeGreaterThan(ahead(2));
  });

  it('leaves before a merge of its device', async () => {
    const storage = new LeftoverStorage([oldEntry(ahead(1), { deviceId: 'old' })]);
    const { merge, pass, transport } = setup({}, { storage });
    await pass(0);
    merge('new', 'old');
    await pass(2000);
    expect(transport.seen.flatMap(({ devices }) => devices)).toEqual(['old', 'new']);
  });

  it('is taken back with the consent', async () => {
    const storage = new LeftoverStorage([oldEntry(ahead(1)), oldEntry(ahead(2), { feature: 'crashes' })]);
    const { outbox, transport, pass } = setup({}, { storage });
    transport.answer = () => ({ kind: 'retry', reason: 'away' });
    await pass(0);
    outbox.purge('u1', new Set(['events']));
    await pass(60_000);
    expect(outbox.stats()).toMatchObject({ pending: 1, dropped: { consent: 1 } });
  });
});

/** Real time goes on between two looks at it, and Node's timers ring up to a millisecond early. */
class GoingClock extends ManualClock {
  #looks = 0;

  constructor(private readonly earlyMs: number) {
    super();
  }

  override monotonic(): number {
    return super.monotonic() + this.#looks++ / 1000;
  }

  override after(ms: number, task: () => void): () => void {
    return super.after(Math.max(0, ms - this.earlyMs), task);
  }
}

describe('a clock that goes on while it is looked what may leave', () => {
  it('never leaves what is due without anybody who looks again', async () => {
    for (let early = 0; early < 30; early++) {
      const { transport, outbox, event, pass } = setup({}, { clock: new GoingClock(early / 1000) });
      transport.answer = (_, call) => (call < 6 ? { kind: 'retry', reason: 'status 503' } : { kind: 'delivered' });
      for (const device of ['ada', 'bob', 'cy']) event(device, 'key');
      for (let second = 0; second < 60; second++) await pass(1000);
      expect(outbox.stats().pending, `timers ring ${early} µs early`).toBe(0);
    }
  });
});
