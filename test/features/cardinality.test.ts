import { afterEach, describe, expect, it, vi } from 'vitest';
import type { CountlyOptions } from '../../lib/config/options.js';
import { createTestClient, type TestClient } from '../../lib/testing/index.js';

const warn = vi.fn<(message: string) => void>();
const logger = { error: warn, warn, log() {} };
let test: TestClient;
const start = (options: CountlyOptions = {}) => {
  warn.mockClear();
  test = createTestClient({ logger, ...options });
  return test.client;
};
afterEach(() => test.close());
const said = () =>
  warn.mock.calls.map(([message]) => message).filter((message) => /different (values|keys)/.test(message));
const numbered = (count: number, record: (i: number) => void) => {
  for (let i = 0; i < count; i++) record(i);
};

describe('a segment with many values', () => {
  it('is told once, before a server ignores new ones', () => {
    const client = start();
    numbered(750, (i) => client.addEvent('search', { segmentation: { words: `word ${i}`, sorted: i % 3 } }));
    expect(said()).toEqual([]);
    numbered(5000, (i) => client.addEvent('search', { segmentation: { words: `other ${i}` } }));
    expect(said()).toHaveLength(1);
    expect(said()[0]).toContain(
      'segment "words" of "search" has more than 800 different values; a server ignores new ones beyond 1000',
    );
    expect(said()[0]).not.toContain('other');
  });

  it.each([
    ['texts', (i: number) => `u-${i}`],
    ['numbers', (i: number) => i * 7],
    ['fractions', (i: number) => i / 1000],
    ['ids of one length', (i: number) => ((i * 2654435761) % 2 ** 32).toString(16).padStart(8, '0')],
  ])('is counted to about two in a hundred: %s', (_what, value) => {
    const client = start();
    let told = 0;
    for (let i = 0; told === 0 && i < 2000; i++) {
      client.addEvent('e', { segmentation: { s: value(i) } });
      if (said().length > 0) told = i + 1;
    }
    expect(told).toBeGreaterThan(770);
    expect(told).toBeLessThan(835);
  });

  it('is told for each segment of each key, and not for few values however often they come', () => {
    const client = start({ cardinalityBudget: 50 });
    numbered(100, (i) => client.addEvent('a', { segmentation: { one: i, two: -i, few: i % 40, flag: i % 2 === 0 } }));
    numbered(100, (i) => client.addEvent('b', { segmentation: { one: i } }));
    numbered(3000, (i) => client.addEvent('c', { segmentation: { few: `v${i % 45}` } }));
    expect(
      said()
        .map((message) => /segment "(\w+)" of "(\w+)"/.exec(message)?.slice(1).join(' '))
        .sort(),
    ).toEqual(['one a', 'one b', 'two a']);
  });

  it('is told far earlier for views, of which a server keeps 10 values', () => {
    const client = start();
    numbered(8, (i) => client.trackView('Page', { segmentation: { product: `p${i}` } }));
    expect(said()).toEqual([]);
    numbered(4, (i) => client.trackView('Page', { segmentation: { product: `q${i}` } }));
    expect(said()).toHaveLength(1);
    expect(said()[0]).toContain('more than 8 different values');
  });

  it('is not looked at when the budget is 0, and does not matter to what is recorded', async () => {
    const client = start({ cardinalityBudget: 0 });
    numbered(1500, (i) => client.addEvent('e', { segmentation: { s: i } }));
    expect(said()).toEqual([]);
    expect(await test.events()).toHaveLength(1500);
  });
});

describe('many keys', () => {
  it('are told once, and own ones of Countly do not count', () => {
    const client = start();
    numbered(380, (i) => client.addEvent(`key ${i}`));
    expect(said()).toEqual([]);
    numbered(3000, (i) => client.addEvent(`more ${i}`));
    expect(said()).toEqual([
      expect.stringContaining('more than 400 different keys of events; a server ignores new ones beyond 500'),
    ]);
  });
});

it('memory is bounded, whatever names and values come', () => {
  const client = start({ durability: 'memory', testMode: true, maxQueuedEntries: 10 });
  numbered(3000, (i) => client.addEvent(`k${i}`, { segmentation: { [`s${i}`]: `v${i}` } }));
  const before = process.memoryUsage().arrayBuffers;
  numbered(20_000, (i) => client.addEvent(`k${i + 3000}`, { segmentation: { [`s${i}`]: `v${i}` } }));
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
});

it.each([[-1], [1.5], [5001], ['many']])('a budget of %s is refused', (cardinalityBudget) => {
  expect(() => createTestClient({ cardinalityBudget } as CountlyOptions)).toThrow(
    'cardinalityBudget: expected a whole number from 0 to 5000',
  );
});
