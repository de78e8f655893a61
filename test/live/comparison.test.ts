import { describe, expect, it } from 'vitest';
import { compare } from './comparison.js';
import { baselines, type Expectation, type Value } from './fact.js';

const PATIENCE = { every: 10, atMost: 50, stays: 30 };

/** A server whose figures follow the time that was waited. */
function server(figureAt: (time: number) => Value) {
  let time = 0;
  return {
    read: async () => figureAt(time),
    wait: async (milliseconds: number) => {
      time += milliseconds;
    },
    time: () => time,
  };
}

async function run(sent: Value, figureAt: (time: number) => Value, more: Partial<Expectation> = {}) {
  const { read, wait, time } = server(figureAt);
  const facts = await compare(await baselines([{ fact: 'f', sent, read, ...more }]), PATIENCE, wait);
  return { ...facts[0], waited: time() };
}

describe('comparing what was sent with what was counted', () => {
  it('waits until a figure is right, then looks once more', async () => {
    expect(await run(3, (time) => (time < 20 ? undefined : 3))).toMatchObject({ counted: 3, ok: true, waited: 50 });
  });

  it('gives up when the time is over, with the last figure', async () => {
    expect(await run(3, () => 2)).toMatchObject({ counted: 2, ok: false, waited: 50 });
  });

  it('sees a figure that was right and then grew: something counted twice', async () => {
    expect(await run(3, (time) => (time < 30 ? 3 : 6))).toMatchObject({ counted: 6, ok: false });
  });

  it('takes off what the app had before, for figures of the whole app', async () => {
    expect(await run(3, (time) => (time === 0 ? 100 : 103), { grows: true })).toMatchObject({ counted: 3, ok: true });
    expect(await run(3, () => 103)).toMatchObject({ counted: 103, ok: false });
  });

  it('takes no text for the number that looks like it, and nothing for 0', async () => {
    expect(await run(3, () => '3')).toMatchObject({ ok: false });
    expect(await run(0, () => undefined)).toMatchObject({ ok: false });
    expect(await run(undefined, () => undefined)).toMatchObject({ ok: true });
  });

  it('compares sums by their first five decimals', async () => {
    expect(await run(0.3, () => 0.1 + 0.2)).toMatchObject({ counted: 0.3, ok: true });
    expect(await run(0.1 + 0.2, () => 0.3)).toMatchObject({ sent: 0.3, ok: true });
    expect(await run(0.3, () => 0.30001)).toMatchObject({ ok: false });
  });

  it('shows a question that failed in the row it belongs to', async () => {
    const broken = async (): Promise<Value> => {
      throw new Error('401 User does not exist');
    };
    expect(await run(3, () => 3, { read: broken })).toMatchObject({ counted: '401 User does not exist', ok: false });
  });
});
