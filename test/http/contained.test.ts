import { describe, expect, it } from 'vitest';
import { containedTransport } from '../../lib/http/contained.js';
import type { Transport, WireRequest } from '../../lib/http/transport.js';
import { ManualClock } from '../../lib/testing/manual-clock.js';
import { recorded } from '../support/recorded.js';

const REQUEST: WireRequest = { path: '/i', query: '', contentType: 'application/json', body: '{}' };
const NEVER = new Promise<never>(() => {});

function contained(broken: Partial<Record<keyof Transport, unknown>>, clock = new ManualClock()) {
  return containedTransport(broken as Transport, clock, 30_000);
}

const THROWN: [string, unknown][] = [
  ['an error', new TypeError('secret')],
  ['a text', 'secret'],
  ['null', null],
  ['undefined', undefined],
  ['what has no text', Object.create(null)],
  [
    'what throws when it is looked at',
    new Proxy(
      {},
      {
        get: () => {
          throw new Error('no');
        },
      },
    ),
  ],
];

describe('a transport of one’s own', () => {
  it.each(THROWN)(
    'may throw %s, at once or later: the request is tried again, and nothing of it is told',
    async (_, thrown) => {
      const ways = [
        () => {
          throw thrown;
        },
        () => Promise.reject(thrown),
      ];
      for (const way of ways) {
        const transport = contained({ send: way, query: way });
        const delivery = await transport.send(REQUEST);
        expect(delivery).toMatchObject({ kind: 'retry', reason: expect.stringMatching(/^the transport failed/) });
        expect(await transport.query(REQUEST)).toMatchObject({ ok: false, status: 0 });
        expect(JSON.stringify(delivery)).not.toContain('secret');
      }
    },
  );

  it.each([undefined, null, 'delivered', 7, [], {}, { kind: 'Delivered' }, { kind: ['delivered'] }])(
    'may answer %j, which proves nothing',
    async (answer) => {
      const transport = contained({ send: async () => answer, query: async () => answer });
      expect(await transport.send(REQUEST)).toMatchObject({ kind: 'retry' });
      expect(await transport.query(REQUEST)).toMatchObject({ ok: false });
    },
  );

  it.each([
    [{ kind: 'delivered', info: 7 }, { kind: 'delivered' }],
    [
      { kind: 'retry', reason: 7, afterMs: Number.NaN },
      { kind: 'retry', bounded: false, unreachable: false },
    ],
    [
      { kind: 'retry', afterMs: 1e300 },
      { kind: 'retry', afterMs: 3_600_000 },
    ],
    [
      { kind: 'hold', reason: 'mood', message: 'x'.repeat(1e6) },
      { kind: 'hold', reason: 'unauthorized' },
    ],
    [
      { kind: 'hold', reason: 'checksum' },
      { kind: 'hold', reason: 'checksum' },
    ],
    [{ kind: 'rejected' }, { kind: 'rejected', reason: 'the transport does not say why' }],
  ])('is understood as far as it makes sense: %#', async (answer, understood) => {
    const delivery = await contained({ send: async () => answer }).send(REQUEST);
    expect(delivery).toMatchObject(understood);
    expect(JSON.stringify(delivery).length).toBeLessThan(400);
  });

  it('may never answer: that is a failure a second after the timeout', async () => {
    const clock = new ManualClock();
    const transport = contained({ send: () => NEVER, query: () => NEVER }, clock);
    const sent = transport.send(REQUEST);
    const asked = transport.query(REQUEST);
    clock.advance(31_000);
    expect(await sent).toEqual({ kind: 'retry', reason: 'the transport did not answer within 31000 ms' });
    expect(await asked).toMatchObject({ ok: false, message: expect.stringContaining('31000 ms') });
    expect(clock.pendingTimers).toBe(0);
  });

  it('may lack a method', async () => {
    expect(await contained({}).send(REQUEST)).toMatchObject({ kind: 'retry' });
    await expect(contained({}).close()).rejects.toBeInstanceOf(TypeError);
  });
});

describe('a client with such a transport', () => {
  it('keeps everything, tells it once, and goes on when it works', async () => {
    const test = recorded();
    let calls = 0;
    const { send } = test.transport;
    test.transport.send = (request) => {
      if (calls++ < 3) throw Object.create(null);
      return send.call(test.transport, request);
    };
    test.client.addEvent('a');
    for (let i = 0; i < 6; i++) {
      const flushed = test.client.flush({ timeout: 1000 });
      for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
      test.clock.advance(60_000);
      await flushed;
    }
    expect(test.client.stats()).toMatchObject({ delivered: 1, pending: 0, dropped: {} });
    expect(test.warnings.filter((text) => text.includes('the transport failed'))).not.toHaveLength(0);
  });

  it('is not stopped by one that hangs: eight devices hang, the ninth is delivered', async () => {
    const test = recorded();
    const { send } = test.transport;
    let hanging = 8;
    test.transport.send = (request) => (hanging-- > 0 ? NEVER : send.call(test.transport, request));
    for (let i = 0; i < 9; i++) test.client.device(`u${i}`).addEvent('a');
    for (let i = 0; i < 200; i++) {
      for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
      test.clock.advance(1000);
    }
    expect(test.client.stats()).toMatchObject({ delivered: 9, pending: 0 });
  });
});
