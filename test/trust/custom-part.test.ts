import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { CustomStorage } from '../../lib/compat/custom-storage.js';
import { containedTransport } from '../../lib/http/contained.js';
import { applyRequestOptions } from '../../lib/http/request-options.js';
import { containedStorage } from '../../lib/journal/contained.js';
import { MemoryStorage } from '../../lib/journal/memory.js';
import { reasonOf } from '../../lib/journal/warnings.js';
import { type Logger, Reporter, silentLogger } from '../../lib/logger.js';
import { isEntry } from '../../lib/protocol/entry.js';
import { ManualClock } from '../../lib/testing/manual-clock.js';
import { event, Listener, PLENTY } from '../journal/support/entries.js';
import { isBalanced, recorded } from '../support/recorded.js';
import { anything, expectUnpolluted } from './hostile.js';

const KINDS = ['delivered', 'retry', 'hold', 'split', 'rejected'];
const deed = fc.tuple(fc.constantFrom('gives', 'throws', 'rejects', 'resolves'), anything);
const settled = () => new Promise((resolve) => setImmediate(resolve));

function play([how, make]: readonly [string, () => unknown]): unknown {
  const value = make();
  if (how === 'throws') throw value;
  if (how === 'rejects') return Promise.reject(value);
  return how === 'resolves' ? Promise.resolve(value) : value;
}

afterEach(expectUnpolluted);

describe('a storage of one’s own (containedStorage)', () => {
  const METHODS = ['open', 'append', 'seal', 'settle', 'recover', 'commit', 'commitSync', 'close', 'stats'] as const;

  it('may do anything: entries are entries, numbers are numbers, and nothing is thrown or left unhandled', async () => {
    await fc.assert(
      fc.asyncProperty(deed, async (one) => {
        const odd = Object.fromEntries(METHODS.map((name) => [name, () => play(one)]));
        const storage = containedStorage(odd as never, new Reporter(silentLogger, Date.now));
        storage.open(new Listener());
        storage.append(event(1));
        storage.seal({ deviceId: 'a', path: '/i', head: 'h', entries: [event(1)] });
        storage.settle([event(1)]);
        storage.commitSync();
        const { entries, sealed, nextId } = await storage.recover(PLENTY);
        expect(entries.every(isEntry)).toBe(true);
        expect(sealed.every(({ path, entries }) => path.startsWith('/i') && entries.every(isEntry))).toBe(true);
        expect(nextId === undefined || Number.isSafeInteger(nextId)).toBe(true);
        expect(storage.stats().bytesWritten).toBeGreaterThanOrEqual(0);
        await storage.commit();
        await storage.close();
        await settled();
      }),
    );
  });

  it('whose writing methods are asynchronous and fail is told, and the process goes on', async () => {
    const said: string[] = [];
    const failing = async () => {
      throw new Error('no connection');
    };
    const storage = containedStorage(
      Object.assign(new MemoryStorage(), { append: failing, seal: failing, settle: failing }) as never,
      new Reporter({ ...silentLogger, warn: (text) => said.push(text) }, Date.now),
    );
    storage.append(event(1));
    storage.settle([event(1)]);
    await settled();
    expect(said).toHaveLength(2);
  });

  it('gives a reason for whatever it throws (reasonOf)', () => {
    fc.assert(
      fc.property(anything, (make) => {
        expect(typeof reasonOf(make())).toBe('string');
      }),
    );
  });
});

describe('a storage in the official way (CustomStorage)', () => {
  const nearly = fc.tuple(fc.constantFrom('path', 'head', 'ids'), anything).map(([name, make]) => () => ({
    entries: [event(1), event(2)],
    seals: [{ path: '/i', head: '"device_id":"a"', ids: [event(1).id], [name]: make() }],
  }));

  it('hands out entries and requests to paths that there are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(anything, nearly), deed, async (make, one) => {
        const method = { storeGet: () => make(), storeSet: () => play(one) as never, storeRemove: () => {} };
        const storage = new CustomStorage(method, new ManualClock());
        const { entries, sealed } = await storage.recover(PLENTY);
        expect(entries.every(isEntry)).toBe(true);
        expect(sealed.every(({ path, entries }) => /^\/i(\/bulk)?$/.test(path) && entries.every(isEntry))).toBe(true);
        storage.append(event(9));
        await storage.close();
        await settled();
      }),
    );
  });

  it('takes a request whose list of entries throws for none, and keeps the entries', async () => {
    const ids = new Proxy([event(1).id], {
      get: () => {
        throw new Error('nobody may look at this');
      },
    });
    const found = { entries: [event(1)], seals: [{ path: '/i/bulk', head: 'h', ids }] };
    const method = { storeGet: () => found as never, storeSet: () => {}, storeRemove: () => {} };
    const { entries, sealed } = await new CustomStorage(method, new ManualClock()).recover(PLENTY);
    expect([entries.map(({ id }) => id), sealed]).toEqual([[event(1).id], []]);
  });
});

describe('a transport of one’s own (containedTransport)', () => {
  it('may do anything: a delivery is of a known kind, a question has an answer', async () => {
    await fc.assert(
      fc.asyncProperty(deed, async (one) => {
        const odd = { send: () => play(one), query: () => play(one), close: () => play(one) } as never;
        const transport = containedTransport(odd, new ManualClock(), 1000);
        const delivery = await transport.send({} as never);
        expect(KINDS).toContain(delivery.kind);
        const { afterMs = 0 } = delivery as { afterMs?: number };
        expect(afterMs).toBeLessThanOrEqual(3_600_000);
        const answer = await transport.query({} as never);
        expect(answer.ok || typeof answer.message === 'string').toBe(true);
      }),
    );
  });
});

describe('options of a request (applyRequestOptions)', () => {
  const base = { method: 'POST', host: 'h', port: 1, path: '/i', headers: { host: 'h' } } as const;

  it('add headers that a header may hold, and no line ends, to a path that is one', () => {
    const value = fc.oneof(
      anything,
      fc.string({ unit: 'binary' }).map((text) => () => text as unknown),
    );
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('x', '__proto__', 'content-length')),
        value,
        fc.boolean(),
        (name, make, isPath) => {
          const hook = (outgoing: Record<string, unknown>) => {
            if (isPath) outgoing['path'] = make();
            else Object.defineProperty(outgoing['headers'], name, { value: make(), enumerable: true });
          };
          const { path, headers } = applyRequestOptions(
            { ...base, headers: { ...base.headers } },
            hook as never,
            () => {},
          );
          expect(path).toMatch(/^\/[\x21-\x7e]*$/);
          for (const [key, text] of Object.entries(headers)) {
            expect(`${key}: ${text}`).not.toMatch(/[\r\n\0]/);
            expect(key).not.toBe('content-length');
          }
        },
      ),
    );
  });

  it('never bring a line end into a header of an object either', () => {
    for (const text of ['a\r\nx: y', 'a\nb', '\0', 'é\u2028']) {
      const warnings: string[] = [];
      const { headers } = applyRequestOptions({ ...base }, { headers: { 'x-tenant': text } }, (said) =>
        warnings.push(said),
      );
      expect(headers).toEqual(base.headers);
      expect(warnings).toHaveLength(1);
    }
  });
});

describe('a logger of one’s own (Reporter)', () => {
  it('may do anything, also with a promise', async () => {
    await fc.assert(
      fc.asyncProperty(deed, async (one) => {
        const logger = { error: () => play(one), warn: () => play(one), log: () => play(one), debug: () => play(one) };
        const reporter = new Reporter(logger as unknown as Logger, Date.now, true);
        reporter.error('a', 'a');
        reporter.warn('a', 'a');
        reporter.info('a');
        await settled();
      }),
    );
  });

  it('does not stop a client', async () => {
    const failing = () => Promise.reject(new Error('no connection')) as never;
    const test = recorded({ logger: { error: failing, warn: failing, log: failing } });
    test.client.addEvent('' as never);
    test.client.addEvent('a');
    await test.bodies();
    expect(isBalanced(test.client)).toBe(true);
    await test.close();
  });
});
