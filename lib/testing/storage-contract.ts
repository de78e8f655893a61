import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import { counted } from '../check.js';
import type { Recovered, Room, Storage, StorageListener } from '../journal/storage.js';
import type { Entry, SealedPath, SealedRequest } from '../protocol/entry.js';

/** One rule of a contract, for any test runner: `test(name, run)`. `run` rejects when the rule is broken. */
export interface ContractCase {
  /** What has to hold. */
  readonly name: string;
  /** Rejects when it does not hold. */
  run(): Promise<void>;
}

/** A fresh storage to be examined, on a place of its own. */
export interface StorageUnderTest {
  /** Not opened yet. */
  readonly storage: Storage;
  /**
   * Another storage on the same place, as after the process that used the first one died without closing it. Leave it
   * out when nothing is meant to survive.
   */
  readonly restart?: () => Storage | Promise<Storage>;
  /** Cleans the place up. */
  readonly dispose?: () => void | Promise<void>;
}

/**
 * The rules every `Storage` must keep, as cases for any test runner.
 *
 * @example
 * ```ts
 * import { test } from 'node:test';
 * import type { Storage } from 'countly-weave';
 * import { storageContract } from 'countly-weave/testing';
 *
 * // Makes the storage under test, on what the one before has left.
 * declare function createRedisStorage(): Storage;
 *
 * const create = () => ({ storage: createRedisStorage(), restart: createRedisStorage });
 * for (const { name, run } of storageContract(create)) test(name, run);
 * ```
 */
export function storageContract(create: () => StorageUnderTest | Promise<StorageUnderTest>): ContractCase[] {
  type Check = (subject: Subject, storage: Storage) => Promise<void>;
  const rule = (name: string, check: Check): ContractCase => ({
    name,
    async run() {
      const under = await create();
      const subject = new Subject(under);
      try {
        await check(subject, under.storage);
      } finally {
        await subject.end();
        await under.dispose?.();
      }
    },
  });
  const durable = (name: string, check: Check): ContractCase =>
    rule(name, async (subject, storage) => {
      if (subject.under.restart !== undefined) await check(subject, storage);
    });
  /** What is found after a restart. */
  const leaves = (name: string, expected: Recovered, steps: Check): ContractCase =>
    durable(name, async (subject, storage) => {
      await steps(subject, storage);
      await subject.restart();
      deepStrictEqual(await subject.recovered(), expected);
    });
  const own = entries(6, 'u1') as [Entry, Entry, Entry, Entry, Entry, Entry];
  const requests = [sealed([own[0], own[1], own[4]]), sealed([own[2]], `${HEAD},"hour":3`, '/i/bulk')];
  const halves = [sealed(own.slice(0, 3), `${HEAD},"half":1`), sealed(own.slice(3), `${HEAD},"half":2`)];

  return [
    rule('finds nothing in a fresh place', async (subject) => {
      subject.open();
      deepStrictEqual(await subject.recovered(), NOTHING);
      deepStrictEqual(subject.warnings, []);
    }),
    rule('bears calls without effect: nothing to settle, unknown entries, twice the same', async (subject, storage) => {
      const one = entry(1);
      await subject.keep([one]);
      for (const settled of [[], [one], [one, one, entry(99)]]) storage.settle(settled);
      await storage.commit();
      storage.commitSync();
      await storage.commit();
    }),
    rule('ignores every call after close', async (subject, storage) => {
      await subject.keep([entry(1)]);
      await storage.close();
      storage.append(entry(2));
      storage.seal(sealed([entry(1)]));
      storage.settle([entry(1)]);
      await storage.commit();
      storage.commitSync();
      await storage.recover(PLENTY);
      await storage.close();
    }),
    rule('can be closed without being opened', async (_subject, storage) => {
      storage.append(entry(1));
      await storage.close();
    }),
    rule('counts the bytes it wrote', async (subject, storage) => {
      await subject.keep([entry(1)]);
      const { bytesWritten, degraded } = storage.stats();
      ok(bytesWritten >= 0, `bytesWritten ${bytesWritten}`);
      strictEqual(degraded, undefined);
    }),
    leaves(
      'keeps what was committed, with every field and in order',
      unsealed(entries(12)),
      async (subject, storage) => {
        const [first, ...others] = entries(12);
        storage.append(first as Entry);
        await subject.keep(others);
      },
    ),
    leaves('keeps what commitSync wrote, without waiting for anything', unsealed(own), async (subject, storage) => {
      subject.open();
      for (const one of own) storage.append(one);
      storage.commitSync();
    }),
    leaves('forgets what was settled', unsealed([entry(0), entry(2), entry(3)]), async (subject, storage) => {
      await subject.keep(entries(5));
      storage.settle([entry(1), entry(4)]);
      await storage.commit();
    }),
    leaves(
      'keeps sealed requests with path, head and order',
      { entries: [own[3], own[5]], sealed: requests },
      (subject) => subject.keep(own, ...requests),
    ),
    leaves('forgets sealed requests that were settled', NOTHING, async (subject, storage) => {
      await subject.keep(own, sealed(own));
      storage.settle(own);
      await storage.commit();
    }),
    leaves('lets a later seal replace an earlier one', { entries: [], sealed: halves }, (subject) =>
      subject.keep(own, sealed(own), ...halves),
    ),
    durable('hands out as much as there is room for, oldest first, and says what is left', async (subject) => {
      await subject.keep(entries(30));
      const second = await subject.restart();
      const found: Entry[] = [];
      for (let more = true; more; ) {
        const part = await second.recover({ entries: 7, bytes: 100_000 });
        ok(part.entries.length > 0 && part.entries.length <= 7, counted(part.entries.length, 'entry'));
        found.push(...part.entries.map(plain));
        more = part.nextId !== undefined;
        ok(!more || (part.nextId as number) <= entry(found.length).id, `nextId ${part.nextId}`);
      }
      deepStrictEqual(found, entries(30));
    }),
    durable('goes on with what was recovered and what is new', async (subject) => {
      await subject.keep(entries(3));
      const second = await subject.restart((storage) => storage.append(entry(10)));
      const found = await second.recover(PLENTY);
      second.append(entry(11));
      second.settle(found.entries.slice(0, 2));
      await second.commit();
      await subject.restart();
      const kept = (await subject.recovered()).entries.toSorted((a, b) => a.id - b.id);
      deepStrictEqual(kept, [entry(2), entry(10), entry(11)]);
    }),
    leaves('keeps what a closed storage had not settled, once', NOTHING, async (subject, storage) => {
      await subject.keep(entries(3));
      storage.settle([entry(0)]);
      await storage.close();
      const second = await subject.restart();
      const found = await second.recover(PLENTY);
      deepStrictEqual(found.entries.map(plain), [entry(1), entry(2)]);
      second.settle(found.entries);
      await second.close();
    }),
    leaves('keeps the seal of what was recovered', { entries: [], sealed: [sealed(own)] }, async (subject) => {
      await subject.keep(own);
      const second = await subject.restart();
      second.seal(sealed((await second.recover(PLENTY)).entries));
      await second.commit();
    }),
  ];
}

const HEAD = '"device_id":"u1","t":0,"timestamp":1700000000000';
const PLENTY: Room = { entries: 1000, bytes: 1_000_000 };
const NOTHING: Recovered = { entries: [], sealed: [] };
const FIRST_ID = 1_700_000_000_000_000;

/** Device ids and bodies may contain anything. */
const DEVICE_IDS = ['u1', 'a"quote\\', 'comma,semi;', 'tab\tnew\nline', 'ünïcødé 🦜', ' '];

function entry(n: number, deviceId = DEVICE_IDS[n % DEVICE_IDS.length] as string): Entry {
  const event = n % 3 !== 2;
  return {
    id: FIRST_ID + n * 500,
    deviceId,
    idType: n % 2 === 0 ? 0 : 1,
    kind: event ? 'event' : 'request',
    feature: event ? (n % 2 === 0 ? 'events' : 'views') : n % 2 === 0 ? 'crashes' : 'core',
    timestamp: 1_700_000_000_000 + n * 7,
    tz: n % 4 === 0 ? 0 : n * 45 - 240,
    weight: n % 5 === 4 ? n : 1,
    body: `{"key":"k${n}","text":"ünïcødé \\n 🦜","n":${n}}`,
  };
}

function entries(count: number, deviceId?: string): Entry[] {
  return Array.from({ length: count }, (_, n) => entry(n, deviceId));
}

function unsealed(entries: readonly Entry[]): Recovered {
  return { entries, sealed: [] };
}

function sealed(entries: readonly Entry[], head = HEAD, path: SealedPath = '/i'): SealedRequest {
  return { deviceId: entries[0]?.deviceId ?? '', path, head, entries };
}

/** What the storage notes of where an entry came from is its own business. */
function plain({ origin: _origin, ...rest }: Entry): Entry {
  return rest;
}

class Subject {
  readonly warnings: string[] = [];
  readonly #opened: Storage[];

  constructor(readonly under: StorageUnderTest) {
    this.#opened = [under.storage];
  }

  open(storage = this.under.storage): void {
    const warn = (message: string): void => void this.warnings.push(message);
    storage.open({ found: () => {}, lost: () => {}, warn } as StorageListener);
  }

  /** Opens the first storage and commits these. */
  async keep(entries: readonly Entry[], ...requests: readonly SealedRequest[]): Promise<void> {
    const { storage } = this.under;
    this.open();
    for (const one of entries) storage.append(one);
    for (const request of requests) storage.seal(request);
    await storage.commit();
  }

  /** Opens another storage on the same place. */
  async restart(beforeOpen?: (storage: Storage) => void): Promise<Storage> {
    const storage = await this.under.restart?.();
    ok(storage, 'this storage cannot be restarted');
    this.#opened.push(storage);
    beforeOpen?.(storage);
    this.open(storage);
    return storage;
  }

  /** All that the storage opened last hands out. */
  async recovered(): Promise<Recovered> {
    const { entries, sealed, nextId } = await (this.#opened.at(-1) as Storage).recover(PLENTY);
    strictEqual(nextId, undefined);
    return { entries: entries.map(plain), sealed: sealed.map((it) => ({ ...it, entries: it.entries.map(plain) })) };
  }

  async end(): Promise<void> {
    for (const storage of this.#opened) await storage.close();
  }
}
