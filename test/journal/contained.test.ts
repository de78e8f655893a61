import { describe, expect, it } from 'vitest';
import { containedStorage } from '../../lib/journal/contained.js';
import { MemoryStorage } from '../../lib/journal/memory.js';
import type { Recovered, Storage } from '../../lib/journal/storage.js';
import { type Logger, Reporter } from '../../lib/logger.js';
import { storageContract } from '../../lib/testing/storage-contract.js';
import { event, Listener, PLENTY } from './support/entries.js';

const METHODS = ['open', 'append', 'seal', 'settle', 'recover', 'commit', 'commitSync', 'close', 'stats'] as const;

function contained(storage: Storage): { storage: Storage; said: string[] } {
  const said: string[] = [];
  const logger: Logger = { error: (text) => said.push(text), warn: (text) => said.push(text), log() {} };
  return { storage: containedStorage(storage, new Reporter(logger, Date.now)), said };
}

/** A storage each method of which is the same. */
function broken(method: () => never): Storage {
  return Object.fromEntries(METHODS.map((name) => [name, method])) as unknown as Storage;
}

async function useAll(storage: Storage): Promise<void> {
  storage.open(new Listener());
  storage.append(event(1));
  storage.seal({ deviceId: 'u1', path: '/i', head: 'head', entries: [event(1)] });
  storage.settle([event(1)]);
  storage.commitSync();
  expect(storage.stats()).toEqual({ bytesWritten: 0 });
  expect(await storage.recover(PLENTY)).toEqual({ entries: [], sealed: [] });
  await storage.commit();
  await storage.close();
}

describe('a storage of the user’s own', () => {
  it('may throw in every method: each is told once, and the host goes on', async () => {
    const { storage, said } = contained(
      broken(() => {
        throw new Error('out of order');
      }),
    );
    await useAll(storage);
    await useAll(storage);
    expect(said).toHaveLength(METHODS.length);
    for (const method of METHODS) {
      expect(said.filter((text) => text.includes(`${method}() (out of order)`))).toHaveLength(1);
    }
  });

  it('may reject where it promises', async () => {
    const rejecting = async () => {
      throw new Error('no connection');
    };
    const { storage, said } = contained(
      Object.assign(new MemoryStorage(), { recover: rejecting, commit: rejecting, close: rejecting }),
    );
    await useAll(storage);
    expect(said).toHaveLength(3);
  });

  it.each([undefined, null, 'text', { code: 7 }])('may throw what is no error: %j', async (thrown) => {
    const { storage, said } = contained(
      broken(() => {
        throw thrown;
      }),
    );
    await useAll(storage);
    expect(said).toHaveLength(METHODS.length);
  });

  it('may lack a method', async () => {
    await useAll(contained({} as Storage).storage);
  });

  it('is given every call and its arguments, and its answers are passed on', async () => {
    const calls: unknown[][] = [];
    const answers: Record<string, unknown> = {
      recover: { entries: [event(3)], sealed: [] },
      stats: { bytesWritten: 7 },
    };
    const own = Object.fromEntries(
      METHODS.map((name) => [
        name,
        (...args: unknown[]) => {
          calls.push([name, ...args]);
          return answers[name];
        },
      ]),
    ) as unknown as Storage;
    const { storage } = contained(own);
    const listener = new Listener();
    const request = { deviceId: 'u1', path: '/i' as const, head: 'head', entries: [event(1)] };
    storage.open(listener);
    storage.append(event(1));
    storage.seal(request);
    storage.settle([event(1)], 'delivered');
    storage.commitSync();
    expect(storage.stats()).toEqual(answers['stats']);
    expect(await storage.recover(PLENTY)).toEqual(answers['recover']);
    await storage.commit();
    await storage.close();
    expect(calls).toEqual([
      ['open', listener],
      ['append', event(1)],
      ['seal', request],
      ['settle', [event(1)], 'delivered'],
      ['commitSync'],
      ['stats'],
      ['recover', PLENTY],
      ['commit'],
      ['close'],
    ]);
  });

  it.each([undefined, null, 'text', [], { entries: 'text' }, { entries: 7, sealed: null, nextId: 'soon' }])(
    'may hand out what is nothing: %j',
    async (answer) => {
      const recover = async () => answer as unknown as Recovered;
      const { storage, said } = contained(Object.assign(new MemoryStorage(), { recover }));
      expect(await storage.recover(PLENTY)).toEqual({ entries: [], sealed: [] });
      expect(said).toEqual([]);
    },
  );

  it('may hand out what is no entry and no request: it is told how many, the others are taken', async () => {
    const good = event(1);
    const sealed = { deviceId: 'u1', path: '/i' as const, head: 'head', entries: [event(2)] };
    const odd = [null, 'text', {}, { ...good, id: '1' }, { ...good, deviceId: '' }, { ...good, kind: 'x' }];
    const { body: _body, ...bodiless } = good;
    const requests = [null, { ...sealed, path: '/o' }, { ...sealed, entries: [] }, { ...sealed, entries: odd }];
    const recover = async () =>
      ({ entries: [...odd, good, bodiless], sealed: [...requests, sealed], nextId: 9 }) as unknown as Recovered;
    const { storage, said } = contained(Object.assign(new MemoryStorage(), { recover }));
    expect(await storage.recover(PLENTY)).toEqual({ entries: [good], sealed: [sealed], nextId: 9 });
    expect(said).toHaveLength(1);
    expect(said[0]).toContain('of what it handed out 11 items are no entry');
  });

  it('may copy what it is given and find all of it in the copy', () => {
    expect(JSON.parse(JSON.stringify(event(1)))).toEqual(event(1));
    expect(structuredClone(event(1))).toEqual(event(1));
  });
});

describe('a contained storage', () => {
  const subject = () => ({ storage: contained(new MemoryStorage()).storage });
  for (const { name, run } of storageContract(subject)) it(name, run);
});
