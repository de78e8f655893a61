import { describe, expect, it } from 'vitest';
import { recorded } from '../support/recorded.js';

const MANY = 2000;
/** Far fewer than what was done wrong, and enough for each kind of fault. */
const FEW = 20;
const ESC = '\u001b[2J\u009b31m\u202eevil\u2066\u0000\r\n\u2028[countly] forged';

describe('a warning is told once for its kind, not for each name it happened to', () => {
  const one = (name: string): Record<string, unknown> => ({ [name]: Symbol('no value') });

  it.each<[string, (test: ReturnType<typeof recorded>, i: number) => unknown]>([
    ['segments', ({ client }, i) => client.addEvent('a', { segmentation: one(`s${i}`) as never })],
    [
      'names of segments that are too long',
      ({ client }, i) => client.addEvent('a', { segmentation: { [`s${i}`.padEnd(300)]: 1 } }),
    ],
    ['keys with dots', ({ client }, i) => client.addEvent(`a.${i}`)],
    ['keys of the server', ({ client }, i) => client.addEvent(`[CLY]_${i}`)],
    ['keys that are too long', ({ client }, i) => client.addEvent(`${i}`.padEnd(300, 'x'))],
    [
      'metrics of traces',
      ({ client }, i) =>
        client.reportTrace({
          type: 'device',
          name: 't',
          startedAt: 1.7e12,
          durationMs: 1,
          metrics: one(`m ${i}`) as never,
        }),
    ],
    ['properties', ({ client }, i) => client.userData.set(`p${i}`, one(`x${i}`) as never)],
    ['device ids', ({ client }, i) => client.device(`u\u0000${i}`).addEvent('a')],
    ['ends of what was never started', ({ client }, i) => client.endEvent(`e${i}`)],
    ['features', ({ client }, i) => client.giveConsent(`f${i}` as never)],
    ['groups', ({ client }, i) => client.groupFeatures({ [`g${i}`]: [`f${i}`] as never })],
    ['errors', ({ client }, i) => client.logError(new Error(`e${i}`), { segmentation: one(`s${i}`) as never })],
  ])('%s', (_, call) => {
    const test = recorded();
    for (let i = 0; i < MANY; i++) call(test, i);
    expect(test.warnings.length).toBeLessThanOrEqual(FEW);
  });

  it('20 000 names of segments in one event, and as many in others', () => {
    const test = recorded();
    const names = Array.from({ length: 10 * MANY }, (_, i) => `s${i}`);
    test.client.addEvent('a', { segmentation: Object.assign({}, ...names.map(one)) as never });
    for (const name of names) test.client.addEvent('a', { segmentation: one(name) as never });
    expect(test.warnings.length).toBeLessThanOrEqual(FEW);
  });

  it('reasons of a server that refuses each request in other words', async () => {
    const test = recorded();
    let n = 0;
    test.transport.send = async () => ({ kind: 'rejected', reason: `Invalid parameter ${n++}` });
    for (let i = 0; i < 200; i++) test.client.device(`u${i}`).addEvent('a');
    await test.client.flush();
    expect(test.client.stats().dropped).toEqual({ rejected: 200 });
    expect(test.warnings.length).toBeLessThanOrEqual(2);
  });

  it('what a storage of one’s own says', () => {
    const storage = {
      open(listener: { warn(text: string): void }) {
        for (let i = 0; i < MANY; i++) listener.warn(`trouble ${i}`);
        listener.warn(Object.create(null));
      },
      append() {},
      seal() {},
      settle() {},
      recover: async () => ({ entries: [], sealed: [] }),
      async commit() {},
      commitSync() {},
      async close() {},
      stats: () => ({ bytesWritten: 0 }),
    };
    expect(recorded({ storage }).warnings.length).toBeLessThanOrEqual(FEW);
  });

  it('errors of a hook in requestOptions, each with a name of its own', async () => {
    const warnings: string[] = [];
    const { createHttpTransport } = await import('../../lib/http/http-transport.js');
    let n = 0;
    const transport = createHttpTransport({
      url: 'http://127.0.0.1:1',
      warn: (text) => warnings.push(text),
      requestOptions: () => {
        throw Object.assign(new Error('x'), { name: `E${n++}` });
      },
    });
    for (let i = 0; i < 50; i++)
      await transport.send({ path: '/i', query: '', contentType: 'application/json', body: '{}' });
    await transport.close();
    expect(warnings).toHaveLength(1);
  });
});

describe('nothing from outside reaches a log as it is', () => {
  it('neither from answers nor from keys, names and values', async () => {
    const said: string[] = [];
    const note = (text: string) => said.push(text);
    const test = recorded({ debug: true, logger: { error: note, warn: note, log: note, debug: note } });
    test.client.addEvent(`a.${ESC}`);
    test.client.addEvent('a', { segmentation: { [ESC]: Symbol('x') } as never, sum: ESC as never });
    test.client.device(ESC).addEvent('a');
    test.client.userData.set(ESC, { x: ESC } as never);
    test.client.endEvent(ESC);
    test.client.giveConsent(ESC as never);
    test.client.logError(new Error(ESC), { segmentation: { [ESC]: Symbol('x') } as never });
    for (const answer of [
      { kind: 'retry', reason: ESC },
      { kind: 'hold', reason: 'app-unknown', message: ESC },
      { kind: 'rejected', reason: ESC },
      { kind: 'delivered', info: ESC },
    ] as const) {
      test.transport.send = async () => answer;
      test.client.addEvent('again');
      const flushed = test.client.flush({ timeout: 1000 });
      for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
      test.clock.advance(120_000);
      await flushed;
    }
    expect(said.length).toBeGreaterThan(5);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the control characters are the point
    for (const text of said) expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/);
  });
});
