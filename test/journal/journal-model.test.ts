import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { JournalStorage } from '../../lib/journal/journal.js';
import type { Recovered, Room } from '../../lib/journal/storage.js';
import type { Entry } from '../../lib/protocol/entry.js';
import { ManualClock } from '../../lib/testing/manual-clock.js';
import { allOf, event, PLENTY, START } from './support/entries.js';
import { FakeMachine } from './support/fake-lease.js';
import { SimulatedDisk } from './support/simulated-disk.js';

// For machines that are busy with other things.
vi.setConfig({ testTimeout: 60_000 });

/** What the model knows of an entry. */
interface Known {
  readonly n: number;
  /** The process that accepted it. */
  readonly writer: Process;
  /** The process that has it, or had it when it died. */
  holder: Process;
  /** As its holder knows it. */
  entry: Entry;
  /** A commit was awaited since it was appended. */
  durable: boolean;
  settled: 'no' | 'asked' | 'durable';
  seal: Seal | undefined;
}

interface Seal {
  readonly head: string;
  readonly members: readonly Known[];
  durable: boolean;
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

class World {
  readonly disk = new SimulatedDisk();
  readonly clock = new ManualClock(START);
  readonly machine = new FakeMachine();
  readonly processes: Process[] = [];
  readonly entries = new Map<number, Known>();
  count = 0;
  failure: unknown;

  get alive(): Process[] {
    return this.processes.filter((process) => process.alive);
  }

  /** Lets the disk work until the promise resolves. */
  async until<T>(promise: Promise<T>): Promise<T> {
    let done = false;
    void promise.finally(() => {
      done = true;
    });
    for (let i = 0; !done && i < 10_000; i++) {
      this.release();
      await turn();
    }
    expect(done).toBe(true);
    return promise;
  }

  release(): void {
    for (const held of this.disk.held.splice(0)) held.run();
  }

  start(): Process {
    const process = new Process(this);
    this.processes.push(process);
    process.storage.open(process);
    return process;
  }

  /** Everybody takes all there is: what should have come back from the dead has, the rest never may. */
  async checkNothingLeft(): Promise<void> {
    for (const process of this.alive) await process.recoverAll(PLENTY);
    for (const [id, known] of this.entries) {
      if (known.holder.alive) continue;
      if (known.settled === 'no') {
        expect(known.durable, `entry ${known.n} was lost`).toBe(false);
        expect(known.writer.lastBack, `entry ${known.n} was lost before others`).toBeLessThan(id);
      }
      this.entries.delete(id);
    }
  }
}

class Process {
  alive = true;
  /** The last of its entries that came back after its death. */
  lastBack = 0;
  readonly storage: JournalStorage;
  readonly world: World;
  readonly #mount;
  readonly #lease;

  constructor(world: World) {
    this.world = world;
    this.#mount = world.disk.mount(() => world.clock.now());
    this.#mount.hold = true;
    this.#lease = world.machine.start(this.#mount);
    this.storage = new JournalStorage({
      path: '/state',
      clock: world.clock,
      fs: this.#mount,
      lease: this.#lease,
      segmentBytes: 600,
      // Every other process finds the disk slow, so both ways of writing meet each other's journals.
      slowDisk: world.processes.length % 2 === 0,
    });
  }

  get own(): Known[] {
    return [...this.world.entries.values()].filter((it) => it.holder === this);
  }

  found(): void {}

  lost(): void {
    if (this.alive) this.world.failure ??= new Error('nothing was deleted');
  }

  warn(message: string): void {
    if (this.alive) this.world.failure ??= new Error(`unexpected warning: ${message}`);
  }

  append(count: number, device: number): void {
    for (let i = 0; i < count; i++) {
      const n = this.world.count++;
      const entry = event(n, { deviceId: `d${device}` });
      this.storage.append(entry);
      const known: Known = { n, writer: this, holder: this, entry, durable: false, settled: 'no', seal: undefined };
      this.world.entries.set(entry.id, known);
    }
  }

  /** As the outbox does it: entries of one origin, in the order of acceptance; a request may be split, never joined. */
  seal(picks: readonly number[]): void {
    const free = this.own.filter((it) => it.settled === 'no');
    const picked = [...new Set(picks.map((pick) => free[pick % Math.max(1, free.length)]))];
    const members = picked
      .filter((it) => it !== undefined)
      .filter((it) => it.entry.origin === picked[0]?.entry.origin && it.seal === picked[0]?.seal)
      .sort((a, b) => a.entry.id - b.entry.id);
    const [first] = members;
    if (first === undefined) return;
    const seal = { head: `"device_id":"d","n":${this.world.count++}`, members, durable: false };
    for (const member of members) member.seal = seal;
    const entries = members.map((it) => it.entry);
    this.storage.seal({ deviceId: first.entry.deviceId, path: '/i', head: seal.head, entries });
  }

  settle(picks: readonly number[]): void {
    const own = this.own;
    for (const pick of picks) {
      const known = own[pick % Math.max(1, own.length)];
      if (!known) continue;
      if (known.settled === 'no') known.settled = 'asked';
      this.storage.settle([known.entry]);
    }
  }

  committed(): void {
    for (const known of this.own) {
      known.durable = true;
      if (known.settled === 'asked') known.settled = 'durable';
      if (known.seal) known.seal.durable = true;
    }
  }

  crash(bytes: number): void {
    this.alive = false;
    this.#mount.lasts = bytes;
    if (bytes % 2 === 0) this.storage.commitSync();
    this.#mount.crash(bytes);
    this.world.machine.kill(this.#lease);
  }

  async close(): Promise<void> {
    await this.world.until(this.storage.close());
    this.committed();
    this.alive = false;
    this.world.machine.kill(this.#lease);
  }

  /** Takes what there is room for. */
  async recover(room: Room): Promise<Recovered> {
    const found = await this.world.until(this.storage.recover(room));
    this.#takeOver(found, room);
    return found;
  }

  async recoverAll(room: Room): Promise<void> {
    for (let least: number | undefined = 0; least !== undefined; ) {
      const found: Recovered = await this.recover(room);
      const ids = allOf(found).map(({ id }) => id);
      expect(found.nextId === undefined || ids.length > 0, 'nothing came although there is more').toBe(true);
      expect(Math.min(...ids), 'an entry came that is older than was said').toBeGreaterThanOrEqual(least);
      least = found.nextId;
    }
  }

  #takeOver(found: Recovered, room: Room): void {
    const all = allOf(found);
    const requests = found.entries.length + found.sealed.length;
    expect(all.length <= room.entries || requests === 1, 'more than there is room for').toBe(true);
    const back = new Map<Known, Entry>();
    for (const entry of all) {
      const { origin: _origin, ...plain } = entry;
      const known = this.world.entries.get(entry.id);
      if (!known) throw new Error(`entry ${entry.body} came from nowhere`);
      expect(known.holder.alive, `entry ${known.n} was handed out twice`).toBe(false);
      expect(back.has(known), `entry ${known.n} was handed out twice`).toBe(false);
      expect(known.settled, `entry ${known.n} was settled`).not.toBe('durable');
      const { origin: _former, ...before } = known.entry;
      expect(plain).toEqual(before);
      back.set(known, entry);
    }
    const ids = found.entries.map(({ id }) => id);
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
    this.#checkSeals(found);
    for (const [known, entry] of back) {
      Object.assign(known, { holder: this, entry, durable: true, settled: 'no', seal: undefined });
      known.writer.lastBack = Math.max(known.writer.lastBack, entry.id);
    }
    for (const { head, entries } of found.sealed) {
      const members = entries.map((entry) => this.world.entries.get(entry.id) as Known);
      const seal = { head, members, durable: true };
      for (const member of members) member.seal = seal;
    }
  }

  #checkSeals(found: Recovered): void {
    const seals = new Map(found.sealed.map((it) => [it.head, it]));
    for (const { head, entries, path } of found.sealed) {
      const known = entries.map((entry) => this.world.entries.get(entry.id) as Known);
      const seal = known[0]?.seal;
      // A crash may take back a seal that was not committed; the one before it holds then.
      if (!seal || (seal.head !== head && !seal.durable)) continue;
      expect(seal.head).toBe(head);
      expect(path).toBe('/i');
      expect(known.map((it) => it.n)).toEqual(seal.members.map((it) => it.n));
    }
    for (const entry of found.entries) {
      const seal = this.world.entries.get(entry.id)?.seal;
      if (!seal?.durable) continue;
      const whole = seal.members.every((it) => it.seal === seal && it.settled === 'no');
      expect(whole && !seals.has(seal.head), `${entry.body} lost its seal`).toBe(false);
    }
  }
}

const picks = fc.array(fc.nat(50), { minLength: 1, maxLength: 8 });
const who = fc.nat(2);
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('append' as const),
      who,
      count: fc.integer({ min: 1, max: 12 }),
      device: fc.nat(3),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('seal' as const), who, picks }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('settle' as const), who, picks }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('commit' as const), who }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('commitSync' as const), who }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('tick' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('disk' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('crash' as const), who, bytes: fc.nat(1_200) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('close' as const), who }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('start' as const), room: fc.integer({ min: 1, max: 30 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('recover' as const), who, room: fc.integer({ min: 1, max: 20 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('adopt' as const) }) },
);

async function play(world: World, it: Step): Promise<void> {
  if (world.failure) throw world.failure;
  const { alive } = world;
  if (it.do === 'start') {
    if (alive.length >= 3) return;
    await world.start().recoverAll({ entries: it.room, bytes: 1e9 });
    await world.checkNothingLeft();
    return;
  }
  if (it.do === 'tick') world.clock.advance(20);
  if (it.do === 'disk') world.release();
  if (it.do === 'adopt') {
    for (let ms = 0; ms < 31_000; ms += 1_000) {
      world.clock.advance(1_000);
      world.release();
      await turn();
    }
    if (alive.length > 0) await world.checkNothingLeft();
  }
  await turn();
  const process = 'who' in it ? alive[it.who % Math.max(1, alive.length)] : undefined;
  if (!process) return;
  if (it.do === 'append') process.append(it.count, it.device);
  if (it.do === 'seal') process.seal(it.picks);
  if (it.do === 'settle') process.settle(it.picks);
  if (it.do === 'crash') process.crash(it.bytes);
  if (it.do === 'close') await process.close();
  if (it.do === 'recover') await process.recover({ entries: it.room, bytes: 1e9 });
  if (it.do === 'commit') await world.until(process.storage.commit());
  if (it.do === 'commitSync') process.storage.commitSync();
  if (it.do === 'commit' || it.do === 'commitSync') process.committed();
}

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

describe('the journal, whatever happens to its processes', () => {
  it('loses nothing that was committed, doubles nothing, and leaves nothing behind', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60, size: 'max' }), async (steps) => {
        const world = new World();
        world.start();
        for (const it of steps) await play(world, it);
        for (const process of world.alive) process.crash(1_000_000);
        const last = world.start();
        await world.checkNothingLeft();
        last.storage.settle(last.own.map((it) => it.entry));
        await last.close();
        if (world.failure) throw world.failure;
        expect(world.disk.below('/state')).toEqual([]);
      }),
      { numRuns: Number(globalThis.process.env['JOURNAL_MODEL_RUNS'] ?? 100) },
    );
  });
});
