import { afterEach, describe, expect, it } from 'vitest';
import type { BeforeSend } from '../../lib/config/options.js';
import { isBalanced, type Recorded, recorded } from '../support/recorded.js';

describe('beforeSend', () => {
  let test: Recorded;
  afterEach(() => test.close());
  const events = async () => (await test.sent()).flatMap((request) => request.events);

  it('sees every entry, may change it, and may drop it', async () => {
    const seen: string[] = [];
    test = recorded({
      beforeSend: [
        (entry) => {
          seen.push(`${entry.feature} ${entry.kind}`);
        },
        (entry) => entry.content['key'] !== 'secret',
        (entry) => {
          if (entry.feature === 'events') (entry.content['segmentation'] as Record<string, unknown>)['added'] = true;
        },
      ],
    });
    test.client.addEvent('secret', { segmentation: { a: 1 } });
    test.client.addEvent('open', { segmentation: { a: 1 } });
    test.client.logError(new Error('x'));
    const requests = await test.sent();
    expect(requests.flatMap(({ events: list }) => list)).toMatchObject([
      { key: 'open', segmentation: { a: 1, added: true } },
    ]);
    expect(requests).toHaveLength(2);
    expect(seen).toEqual(['events event', 'events event', 'crashes request']);
    expect(test.client.stats().dropped).toEqual({ filtered: 1 });
    expect(isBalanced(test.client)).toBe(true);
  });

  it('that throws half-way loses nothing and leaves nothing behind', async () => {
    const broken: BeforeSend = (entry) => {
      entry.content['key'] = 'half';
      throw new Error('with a secret in it');
    };
    test = recorded({ beforeSend: broken });
    test.client.addEvent('whole');
    expect(await events()).toMatchObject([{ key: 'whole' }]);
    expect(test.warnings.join()).not.toContain('secret');
  });

  it.each<[string, BeforeSend]>([
    [
      'takes the key away',
      (entry) => {
        delete entry.content['key'];
      },
    ],
    [
      'leaves no object',
      (entry) => {
        entry.content = null as never;
      },
    ],
    [
      'leaves a cycle',
      (entry) => {
        entry.content['self'] = entry.content;
      },
    ],
    ['answers later', (async () => false) as never],
  ])('that %s is ignored', async (_name, hook) => {
    test = recorded({ beforeSend: hook });
    test.client.addEvent('whole');
    expect(await events()).toMatchObject([{ key: 'whole' }]);
    expect(test.warnings).toHaveLength(1);
  });

  it('does not see what a hook itself records, which would never end', async () => {
    const seen: unknown[] = [];
    test = recorded({
      beforeSend: [
        (entry) => {
          seen.push(entry.content['key']);
          test.client.addEvent('inner');
          throw new Error('later, too');
        },
        (entry) => {
          seen.push(entry.content['key']);
        },
      ],
    });
    test.client.addEvent('outer');
    test.client.addEvent('next');
    const keys = (await events()).map((event) => event['key']);
    expect(keys.sort()).toEqual(['inner', 'inner', 'next', 'outer']);
    expect(seen).toEqual(['outer', 'outer', 'next', 'next']);
  });

  it.each<[string, () => void]>([
    ['a crash', () => test.client.logError(new Error('inner'))],
    ['a trace', () => test.client.reportTrace({ type: 'device', name: 'inner', startedAt: 1.7e12, durationMs: 1 })],
    ['an event of somebody else', () => test.client.device('u2').addEvent('inner')],
    ['a view and a session', () => [test.client.beginSession(), test.client.trackView('inner')]],
  ])('does not see %s of a hook either', async (_, record) => {
    let seen = 0;
    test = recorded({
      beforeSend: [
        (entry) => {
          if (entry.content['key'] !== 'outer') throw new Error('seen');
          seen++;
          record();
        },
      ],
    });
    for (let i = 0; i < 3; i++) test.client.addEvent('outer');
    await test.client.flush();
    expect(seen).toBe(3);
    expect(test.warnings).toEqual([]);
    expect(test.client.stats().accepted).toBeLessThanOrEqual(12);
  });

  it('cannot take away consent or a merge', async () => {
    test = recorded({ beforeSend: () => false, requireConsent: true, consent: ['events'] });
    test.client.changeId('b', { merge: true });
    expect(await test.sent()).toHaveLength(2);
  });

  it('leaves no values behind that a server stores as "[object Object]" or "null"', async () => {
    test = recorded({
      beforeSend: (entry) => {
        entry.content['segmentation'] = { object: { a: 1 }, nothing: null, good: 1 };
      },
    });
    test.client.addEvent('e');
    expect(await events()).toMatchObject([{ segmentation: { object: '{"a":1}', good: 1 } }]);
  });
});

describe('rolling up', () => {
  let test: Recorded;
  afterEach(() => test.close());
  const events = async () => (await test.sent()).flatMap((request) => request.events);

  it('merges equal events that wait, and counts every call', async () => {
    test = recorded({ rollUp: true });
    const at = test.clock.now();
    for (let i = 0; i < 10; i++) {
      test.client.addEvent('a', { sum: 0.1, dur: 0.5, segmentation: { x: 1 } });
      test.clock.advance(10);
    }
    test.client.addEvent('a', { segmentation: { x: 2 } });
    test.client.device('other').addEvent('a', { segmentation: { x: 1 } });
    expect(test.client.stats().pending).toBe(12);
    expect(await events()).toMatchObject([
      { key: 'a', count: 10, sum: 1, dur: 5, segmentation: { x: 1 }, timestamp: at },
      { key: 'a', count: 1, segmentation: { x: 2 } },
      { key: 'a', count: 1, segmentation: { x: 1 } },
    ]);
    expect(test.client.stats()).toMatchObject({ accepted: 12, delivered: 12, pending: 0 });
  });

  it('does not merge over the border of an hour, nor with what has left', async () => {
    test = recorded();
    test.client.addEvent('a', { rollUp: true, timestamp: Date.UTC(2023, 10, 14, 20, 59, 59) });
    test.client.addEvent('a', { rollUp: true, timestamp: Date.UTC(2023, 10, 14, 21, 0, 0) });
    expect(await events()).toHaveLength(2);
    test.client.addEvent('a', { rollUp: true });
    expect(await events()).toHaveLength(1);
    test.client.addEvent('a', { rollUp: true });
    test.client.addEvent('a');
    expect(await events()).toHaveLength(2);
  });

  it('keeps the ledger balanced when consent takes merged events away', async () => {
    test = recorded({ rollUp: true, requireConsent: true, consent: ['events'] });
    await test.sent();
    for (let i = 0; i < 5; i++) test.client.addEvent('a');
    test.client.removeConsent('events');
    await test.sent();
    expect(test.client.stats().dropped).toEqual({ consent: 5 });
    expect(isBalanced(test.client)).toBe(true);
  });
});
