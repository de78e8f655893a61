import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import type { Recovered, Storage, StorageListener } from '../journal/storage.js';
import type { Entry, EntryDraft } from '../protocol/entry.js';
import type { ContractCase } from './contract-case.js';

/** A fresh storage to be examined, on a place of its own. */
export interface StorageUnderTest {
  /** Not opened yet. */
  readonly storage: Storage;
  /**
   * Another storage on the same place, as after the process that used the first one died without closing it. Leave it
   * out when nothing is meant to survive.
   */
  readonly restart?: () => Storage | Promise<Storage>;
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
  const rule = (name: string, check: (subject: Subject) => Promise<void>): ContractCase => ({
    name,
    async run() {
      const under = await create();
      const subject = new Subject(under);
      try {
        await check(subject);
      } finally {
        await subject.end();
        await under.dispose?.();
      }
    },
  });
  return [
    rule('gives positive ids that increase, before and after open', async ({ storage, listen }) => {
      const before = storage.append(draft(1));
      await storage.open(listen());
      const ids = [before, storage.append(draft(2)), storage.append(draft(3))];
      ok(
        ids.every((id, index) => Number.isSafeInteger(id) && id > (ids[index - 1] ?? 0)),
        `ids ${ids}`,
      );
    }),
    rule('finds nothing in a fresh place', async (subject) => {
      await subject.storage.open(subject.listen());
      deepStrictEqual(subject.found, { entries: [], sealed: [] });
      deepStrictEqual(subject.warnings, []);
    }),
    rule('bears calls without effect: nothing to settle, unknown ids, twice the same', async ({ storage, listen }) => {
      await storage.open(listen());
      const id = storage.append(draft(1));
      storage.settle([]);
      storage.settle([id]);
      storage.settle([id, id, 123_456_789]);
      await storage.commit();
      storage.commitSync();
      await storage.commit();
    }),
    rule('ignores every call after close', async ({ storage, listen }) => {
      await storage.open(listen());
      const id = storage.append(draft(1));
      await storage.close();
      storage.append(draft(2));
      storage.seal([id], '/i', HEAD);
      storage.settle([id]);
      await storage.commit();
      storage.commitSync();
      await storage.close();
    }),
    rule('can be closed without being opened', async ({ storage }) => {
      storage.append(draft(1));
      await storage.close();
    }),
    rule('counts the bytes it wrote', async ({ storage, listen }) => {
      await storage.open(listen());
      storage.append(draft(1));
      await storage.commit();
      const { bytesWritten, degraded } = storage.stats();
      ok(bytesWritten >= 0, `bytesWritten ${bytesWritten}`);
      strictEqual(degraded, undefined);
    }),
    rule('keeps what was committed, with every field and in order', async (subject) => {
      if (!subject.durable) return;
      const { storage } = subject;
      await storage.open(subject.listen());
      const drafts = Array.from({ length: DRAFTS }, (_, n) => draft(n));
      for (const it of drafts) storage.append(it);
      await storage.commit();
      await subject.restart();
      deepStrictEqual(subject.found.entries.map(withoutId), drafts);
      deepStrictEqual(subject.found.sealed, []);
    }),
    rule('keeps what commitSync wrote, without waiting for anything', async (subject) => {
      if (!subject.durable) return;
      await subject.storage.open(subject.listen());
      for (let n = 0; n < 5; n++) subject.storage.append(draft(n));
      subject.storage.commitSync();
      await subject.restart();
      strictEqual(subject.found.entries.length, 5);
    }),
    rule('forgets what was settled', async (subject) => {
      if (!subject.durable) return;
      const { storage } = subject;
      await storage.open(subject.listen());
      const ids = [0, 1, 2, 3, 4].map((n) => storage.append(draft(n)));
      await storage.commit();
      storage.settle([ids[1] as number, ids[4] as number]);
      await storage.commit();
      await subject.restart();
      deepStrictEqual(subject.found.entries.map(withoutId), [draft(0), draft(2), draft(3)]);
    }),
    rule('keeps sealed requests with path, head and order', async (subject) => {
      if (!subject.durable) return;
      const { storage } = subject;
      await storage.open(subject.listen());
      const ids = [0, 1, 2, 3, 4, 5].map((n) => storage.append({ ...draft(n), deviceId: 'u1' }));
      storage.seal([ids[4] as number, ids[0] as number, ids[1] as number], '/i', HEAD);
      storage.seal([ids[2] as number], '/i/bulk', `${HEAD},"hour":3`);
      await storage.commit();
      await subject.restart();
      const { entries, sealed } = subject.found;
      deepStrictEqual(
        sealed.map((it) => ({ ...it, entries: it.entries.map((entry) => entry.body) })),
        [
          { deviceId: 'u1', path: '/i', head: HEAD, entries: [4, 0, 1].map((n) => draft(n).body) },
          { deviceId: 'u1', path: '/i/bulk', head: `${HEAD},"hour":3`, entries: [draft(2).body] },
        ],
      );
      deepStrictEqual(
        entries.map((entry) => entry.body),
        [draft(3).body, draft(5).body],
      );
    }),
    rule('forgets sealed requests that were settled', async (subject) => {
      if (!subject.durable) return;
      const { storage } = subject;
      await storage.open(subject.listen());
      const ids = [0, 1].map((n) => storage.append(draft(n)));
      storage.seal(ids, '/i', HEAD);
      await storage.commit();
      storage.settle(ids);
      await storage.commit();
      await subject.restart();
      deepStrictEqual(subject.found, { entries: [], sealed: [] });
    }),
    rule('lets a later seal replace an earlier one', async (subject) => {
      if (!subject.durable) return;
      const { storage } = subject;
      await storage.open(subject.listen());
      const ids = [0, 1, 2, 3].map((n) => storage.append({ ...draft(n), deviceId: 'u1' }));
      storage.seal(ids, '/i', HEAD);
      storage.seal(ids.slice(0, 2), '/i', `${HEAD},"half":1`);
      storage.seal(ids.slice(2), '/i', `${HEAD},"half":2`);
      await storage.commit();
      await subject.restart();
      deepStrictEqual(
        subject.found.sealed.map((it) => [it.head, it.entries.length]),
        [
          [`${HEAD},"half":1`, 2],
          [`${HEAD},"half":2`, 2],
        ],
      );
    }),
    rule('gives recovered and new entries different ids, and goes on with both', async (subject) => {
      if (!subject.durable) return;
      await subject.storage.open(subject.listen());
      for (let n = 0; n < 3; n++) subject.storage.append(draft(n));
      await subject.storage.commit();
      const second = await subject.restart((storage) => storage.append(draft(10)));
      const recovered = subject.found.entries.map((entry) => entry.id);
      const ids = [...recovered, second.append(draft(11))];
      strictEqual(new Set(ids).size, 4);
      second.settle(recovered.slice(0, 2));
      await second.commit();
      await subject.restart();
      deepStrictEqual(
        new Set(subject.found.entries.map((entry) => entry.body)),
        new Set([2, 10, 11].map((n) => draft(n).body)),
      );
    }),
    rule('keeps what a closed storage had not settled, once', async (subject) => {
      if (!subject.durable) return;
      await subject.storage.open(subject.listen());
      const ids = [0, 1, 2].map((n) => subject.storage.append(draft(n)));
      subject.storage.settle(ids.slice(0, 1));
      await subject.storage.close();
      const second = await subject.restart();
      deepStrictEqual(subject.found.entries.map(withoutId), [draft(1), draft(2)]);
      second.settle(subject.found.entries.map((entry) => entry.id));
      await second.close();
      await subject.restart();
      deepStrictEqual(subject.found, { entries: [], sealed: [] });
    }),
  ];
}

const HEAD = '"device_id":"u1","t":0,"timestamp":1700000000000';
const DRAFTS = 12;

/** Device ids and bodies may contain anything. */
const DEVICE_IDS = ['u1', 'a"quote\\', 'comma,semi;', 'tab\tnew\nline', 'ünïcødé 🦜', ' '];

function draft(n: number): EntryDraft {
  const event = n % 3 !== 2;
  return {
    deviceId: DEVICE_IDS[n % DEVICE_IDS.length] as string,
    idType: n % 2 === 0 ? 0 : 1,
    kind: event ? 'event' : 'request',
    feature: event ? (n % 2 === 0 ? 'events' : 'views') : n % 2 === 0 ? 'crashes' : 'core',
    timestamp: 1_700_000_000_000 + n * 7,
    tz: n % 4 === 0 ? 0 : n * 45 - 240,
    weight: n % 5 === 4 ? n : 1,
    body: `{"key":"k${n}","text":"ünïcødé \\n 🦜","n":${n}}`,
  };
}

function withoutId({ id: _id, ...rest }: Entry): EntryDraft {
  return rest;
}

class Subject {
  readonly storage: Storage;
  readonly warnings: string[] = [];
  found: Recovered = { entries: [], sealed: [] };
  readonly #under: StorageUnderTest;
  readonly #opened: Storage[];

  constructor(under: StorageUnderTest) {
    this.#under = under;
    this.storage = under.storage;
    this.#opened = [under.storage];
  }

  get durable(): boolean {
    return this.#under.restart !== undefined;
  }

  listen = (): StorageListener => ({
    recovered: ({ entries, sealed }) => {
      this.found = { entries: [...this.found.entries, ...entries], sealed: [...this.found.sealed, ...sealed] };
    },
    warn: (message) => this.warnings.push(message),
  });

  /** Opens another storage on the same place; `found` is what it recovers. */
  async restart(beforeOpen?: (storage: Storage) => void): Promise<Storage> {
    const storage = await this.#under.restart?.();
    ok(storage, 'this storage cannot be restarted');
    this.#opened.push(storage);
    this.found = { entries: [], sealed: [] };
    beforeOpen?.(storage);
    await storage.open(this.listen());
    return storage;
  }

  async end(): Promise<void> {
    for (const storage of this.#opened) await storage.close();
  }
}
