import { expect } from 'vitest';
import { createBackoff } from '../../lib/http/backoff.js';
import type { QueryResult, Transport, WireRequest } from '../../lib/http/transport.js';
import { MemoryStorage } from '../../lib/journal/memory.js';
import type { Recovered, Room, Storage, StorageListener } from '../../lib/journal/storage.js';
import { Reporter, silentLogger } from '../../lib/logger.js';
import { type DeadLetter, noDeadLetter } from '../../lib/outbox/dead-letter.js';
import { Outbox } from '../../lib/outbox/outbox.js';
import type { OutboxOptions } from '../../lib/outbox/port.js';
import { Sender } from '../../lib/outbox/sender.js';
import type { Delivery } from '../../lib/protocol/answer.js';
import type { Entry, EntryDraft, SealedRequest } from '../../lib/protocol/entry.js';
import type { RollUp } from '../../lib/protocol/roll-up.js';
import { ManualClock } from '../../lib/testing/manual-clock.js';

/** A request as the server would read it. */
export interface SeenRequest {
  readonly path: string;
  readonly body: string;
  /** `device_id` of each logical request in it. */
  readonly devices: string[];
  /** Keys of the events, or the member that makes the request, for each logical request. */
  readonly content: string[];
}

type Script = (request: SeenRequest, call: number) => Delivery | Promise<Delivery>;

/** Answers as the test says; the wire itself has tests of its own. */
export class ScriptedTransport implements Transport {
  readonly seen: SeenRequest[] = [];
  answer: Script = () => ({ kind: 'delivered' });

  async send(request: WireRequest): Promise<Delivery> {
    const seen = read(request);
    this.seen.push(seen);
    return this.answer(seen, this.seen.length);
  }

  async query(): Promise<QueryResult> {
    return { ok: false, status: 0, message: 'not scripted' };
  }

  async close(): Promise<void> {}
}

function read(request: WireRequest): SeenRequest {
  const body = JSON.parse(String(request.body)) as Record<string, unknown>;
  const list = (request.path === '/i/bulk' ? body['requests'] : [body]) as Record<string, unknown>[];
  return {
    path: request.path,
    body: String(request.body),
    devices: list.map((item) => String(item['device_id'])),
    content: list.map((item) => {
      const events = item['events'] as { key: string }[] | undefined;
      return events?.map((event) => event.key).join(' ') ?? Object.keys(item).at(-1) ?? '';
    }),
  };
}

export interface Parts {
  readonly storage?: Storage;
  readonly deadLetter?: DeadLetter;
  readonly clock?: ManualClock;
}

export function setup(
  options: Partial<OutboxOptions> = {},
  { storage = new MemoryStorage(), deadLetter = noDeadLetter, clock = new ManualClock() }: Parts = {},
) {
  const transport = new ScriptedTransport();
  const warnings: string[] = [];
  const logger = {
    ...silentLogger,
    warn: (text: string) => warnings.push(text),
    error: (text: string) => warnings.push(text),
  };
  const reporter = new Reporter(logger, () => clock.monotonic());
  const outbox = new Outbox(
    {
      delivery: 'auto',
      url: 'http://user:secret@countly.example:8080/analytics',
      appVersion: '1.0.0',
      flushInterval: 1000,
      eventQueueSize: 100,
      maxEvents: 500,
      maxParallelRequests: 8,
      maxQueuedEntries: 100_000,
      maxQueuedBytes: 10_000_000,
      maxAge: 0,
      ...options,
    },
    {
      clock,
      storage,
      reporter,
      deadLetter,
      // Without the random part, so that tests can name the delays: 1, 2, 4 … seconds.
      backoff: createBackoff({ random: () => 0.999_999 }),
      sender: new Sender(
        { appKey: 'KEY', salt: undefined, encoding: 'json' },
        { transport, clock, reporter, delivered: () => {}, failed: () => {} },
      ),
    },
  );
  outbox.open();
  let stamp = clock.now();
  const add = (draft: Partial<EntryDraft>, rollUp?: RollUp): void => {
    stamp = Math.max(stamp + 1, clock.now());
    outbox.add(draftOf({ timestamp: stamp, ...draft }), rollUp);
  };
  return {
    clock,
    transport,
    outbox,
    warnings,
    add,
    event(deviceId: string, key: string, feature: EntryDraft['feature'] = 'events') {
      add({ deviceId, feature, body: eventBody(key) });
    },
    request(deviceId: string, member: string, feature: EntryDraft['feature']) {
      add({ deviceId, kind: 'request', feature, body: `"${member}":{"x":1}` });
    },
    merge(deviceId: string, oldId: string) {
      add({ deviceId, kind: 'request', feature: 'core', body: `"old_device_id":"${oldId}","x":1` });
    },
    /** Lets time pass and everything that it starts come to an end. */
    async pass(ms: number) {
      await settle();
      clock.advance(ms);
      await settle();
    },
    /** The promise of the ledger, to be checked after every story. */
    expectBalanced() {
      const { accepted, delivered, pending, dropped } = outbox.stats();
      const droppedTotal = Object.values(dropped).reduce((sum, count) => sum + count, 0);
      expect(delivered + pending + droppedTotal).toBe(accepted);
      expect(pending).toBeGreaterThanOrEqual(0);
    },
  };
}

export function eventBody(key: string): string {
  return `{"key":"${key}","count":1}`;
}

export function draftOf(draft: Partial<EntryDraft>): EntryDraft {
  return {
    deviceId: 'u1',
    idType: 0,
    kind: 'event',
    feature: 'events',
    timestamp: 1_700_000_000_000,
    tz: 0,
    weight: 1,
    body: eventBody('a'),
    ...draft,
  };
}

/** What an earlier process would have left. */
export function oldEntry(id: number, draft: Partial<Entry> = {}): Entry {
  return { ...draftOf({ body: eventBody(`old${id}`) }), ...draft, id };
}

/** Has what an earlier process left, and notes what becomes of it. */
export class LeftoverStorage extends MemoryStorage {
  readonly appended: Entry[] = [];
  readonly sealed: SealedRequest[] = [];
  readonly settled: number[] = [];
  /** Most entries that were handed out at a time. */
  most = 0;
  listener: StorageListener | undefined;
  #left: readonly SealedRequest[];

  constructor(left: readonly (Entry | SealedRequest)[]) {
    super();
    this.#left = left.map((one) =>
      'entries' in one ? one : { deviceId: one.deviceId, path: '/i', head: '', entries: [one] },
    );
  }

  override open(listener?: StorageListener): void {
    this.listener = listener;
  }
  override append(entry?: Entry): void {
    if (entry !== undefined) this.appended.push(entry);
  }
  override seal(request?: SealedRequest): void {
    if (request !== undefined) this.sealed.push(request);
  }
  override settle(entries: readonly Entry[] = []): void {
    this.settled.push(...entries.map(({ id }) => id));
  }
  override async recover(room: Room = { entries: 1, bytes: 1 }): Promise<Recovered> {
    await new Promise(setImmediate);
    let count = 0;
    let entries = 0;
    for (const request of this.#left) {
      entries += request.entries.length;
      if (count > 0 && entries > room.entries) break;
      count++;
    }
    const found = this.#left.slice(0, count);
    this.#left = this.#left.slice(count);
    this.most = Math.max(this.most, found.flatMap((one) => one.entries).length);
    return {
      entries: found.flatMap((one) => (one.head === '' ? one.entries : [])),
      sealed: found.filter(({ head }) => head !== ''),
      nextId: this.#left[0]?.entries[0]?.id,
    };
  }
}

/** Until everything that is scheduled without a clock has run. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise<void>((resolve) => setImmediate(resolve));
}
