import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { JournalStorage } from '../../lib/journal/journal.js';
import type { Recovered } from '../../lib/journal/storage.js';
import { ManualClock } from '../../lib/testing/manual-clock.js';
import { event, inParts, START } from './support/drafts.js';
import { FakeMachine } from './support/fake-machine.js';
import { SimulatedDisk } from './support/simulated-disk.js';

// For machines that are busy with other things.
vi.setConfig({ testTimeout: 60_000 });

/** What the model knows of an entry. */
interface Known {
  readonly n: number;
  readonly body: string;
  /** The process that has it, or had it when it died. */
  holder: Process;
  id: number;
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
  readonly entries = new Map<string, Known>();
  count = 0;
  failure: unknown;

  /** Lets the disk work until the promise resolves. */
  async until(promise: Promise<void>): Promise<void> {
    let done = false;
    void promise.then(() => {
      done = true;
    });
    for (let i = 0; !done && i < 10_000; i++) {
      this.release();
      await turn();
    }
    expect(done).toBe(true);
  }

  release(): void {
    for (const held of this.disk.held.splice(0)) held.run();
  }

  async start(): Promise<void> {
    const process = new Process(this);
    this.processes.push(process);
    await this.until(process.storage.open(process));
    this.checkNothingLeft();
  }

  /** Every dead process was adopted by now: what should have come back has, the rest never may. */
  checkNothingLeft(): void {
    if (this.failure) throw this.failure;
    for (const [body, known] of this.entries) {
      if (known.holder.alive) continue;
      expect(known.durable && known.settled === 'no', `entry ${known.n} was lost`).toBe(false);
      this.entries.delete(body);
    }
  }
}

class Process {
  alive = true;
  readonly storage: JournalStorage;
  readonly world: World;
  readonly usedIds = new Set<number>();
  readonly #mount;
  readonly #table;
  /** Every other process finds the disk slow, so both ways of writing meet each other's journals. */
  readonly #slow: boolean;

  constructor(world: World) {
    this.world = world;
    this.#table = world.machine.start();
    this.#mount = world.disk.mount(() => world.clock.now());
    this.#mount.hold = true;
    this.#slow = world.processes.length % 2 === 0;
    this.storage = new JournalStorage({
      path: '/state',
      clock: world.clock,
      fs: this.#mount,
      processes: this.#table,
      segmentBytes: 600,
      slowDisk: this.#slow,
    });
  }

  get own(): Known[] {
    return [...this.world.entries.values()].filter((it) => it.holder === this);
  }

  warn(message: string): void {
    if (this.alive) this.world.failure ??= new Error(`unexpected warning: ${message}`);
  }

  append(count: number, device: number): void {
    for (let i = 0; i < count; i++) {
      const n = this.world.count++;
      const plain = event(n, { deviceId: `d${device}` });
      const draft = n % 3 === 0 ? plain : inParts(plain, undefined, n % 3 === 1);
      const id = this.storage.append(draft);
      this.#useId(id);
      this.world.entries.set(draft.body, {
        n,
        body: draft.body,
        holder: this,
        id,
        durable: false,
        settled: 'no',
        seal: undefined,
      });
    }
  }

  seal(picks: readonly number[]): void {
    const free = this.own.filter((it) => it.settled === 'no');
    const members = [...new Set(picks.map((pick) => free[pick % Math.max(1, free.length)]))].filter(
      (it) => it !== undefined,
    );
    if (members.length === 0) return;
    const seal = { head: `"device_id":"d","n":${this.world.count++}`, members, durable: false };
    for (const member of members) member.seal = seal;
    this.storage.seal(
      members.map((it) => it.id),
      '/i',
      seal.head,
    );
  }

  settle(picks: readonly number[]): void {
    const own = this.own;
    for (const pick of picks) {
      const known = own[pick % Math.max(1, own.length)];
      if (!known) continue;
      if (known.settled === 'no') known.settled = 'asked';
      this.storage.settle([known.id]);
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
    if (!this.#slow) {
      this.#mount.lasts = bytes;
      this.storage.commitSync();
    }
    this.#mount.crash(bytes);
    this.world.machine.kill(this.#table);
  }

  async close(): Promise<void> {
    await this.world.until(this.storage.close());
    this.committed();
    this.alive = false;
    this.world.machine.kill(this.#table);
  }

  recovered(found: Recovered): void {
    try {
      this.#takeOver(found);
    } catch (error) {
      // The storage contains errors of its listener.
      this.world.failure ??= error;
    }
  }

  #takeOver(found: Recovered): void {
    const all = [...found.entries, ...found.sealed.flatMap((it) => it.entries)];
    const back = new Map<Known, number>();
    for (const entry of all) {
      const known = this.world.entries.get(entry.body);
      expect(known, `${entry.body} came from nowhere`).toBeDefined();
      if (!known) continue;
      expect(known.holder.alive, `entry ${known.n} was handed out twice`).toBe(false);
      expect(known.settled, `entry ${known.n} was settled`).not.toBe('durable');
      expect(entry.timestamp).toBe(START + known.n);
      back.set(known, entry.id);
    }
    this.#checkOrder(found);
    this.#checkPrefix(back);
    this.#checkSeals(found);
    for (const [known, id] of back) {
      this.#useId(id);
      Object.assign(known, { holder: this, id, durable: true, settled: 'no' });
    }
    for (const known of back.keys()) known.seal = undefined;
    for (const { head, entries } of found.sealed) {
      const members = entries.map((entry) => this.world.entries.get(entry.body) as Known);
      const seal = { head, members, durable: true };
      for (const member of members) member.seal = seal;
    }
  }

  #useId(id: number): void {
    expect(this.usedIds.has(id), `id ${id} was given twice`).toBe(false);
    this.usedIds.add(id);
  }

  #checkOrder(found: Recovered): void {
    const ids = found.entries.map((entry) => this.world.entries.get(entry.body)?.id as number);
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
  }

  /** A process loses the last entries, never some in the middle. */
  #checkPrefix(back: ReadonlyMap<Known, number>): void {
    for (const known of back.keys()) {
      for (const older of known.holder.own) {
        if (older.id > known.id || older.settled !== 'no') continue;
        expect(back.has(older) || older.holder.alive, `entry ${older.n} was lost before ${known.n}`).toBe(true);
      }
    }
  }

  #checkSeals(found: Recovered): void {
    const seals = new Map(found.sealed.map((it) => [it.head, it]));
    for (const { head, entries, path } of found.sealed) {
      const known = entries.map((entry) => this.world.entries.get(entry.body) as Known);
      const seal = known[0]?.seal;
      // A crash may take back a seal that was not committed; the one before it holds then.
      if (!seal || (seal.head !== head && !seal.durable)) continue;
      expect(seal.head).toBe(head);
      expect(path).toBe('/i');
      expect(known).toEqual(seal.members);
    }
    for (const entry of found.entries) {
      const seal = this.world.entries.get(entry.body)?.seal;
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
  { weight: 2, arbitrary: fc.record({ do: fc.constant('start' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('adopt' as const) }) },
);

async function play(world: World, it: Step): Promise<void> {
  const alive = world.processes.filter((process) => process.alive);
  if (it.do === 'start') {
    if (alive.length < 3) await world.start();
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
    for (let i = 0; i < 100; i++) {
      world.release();
      await turn();
    }
    if (alive.length > 0) world.checkNothingLeft();
  }
  await turn();
  const process = 'who' in it ? alive[it.who % Math.max(1, alive.length)] : undefined;
  if (!process) return;
  if (it.do === 'append') process.append(it.count, it.device);
  if (it.do === 'seal') process.seal(it.picks);
  if (it.do === 'settle') process.settle(it.picks);
  if (it.do === 'crash') process.crash(it.bytes);
  if (it.do === 'close') await process.close();
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
        await world.start();
        for (const it of steps) await play(world, it);
        for (const process of world.processes) if (process.alive) process.crash(1_000_000);
        await world.start();
        const last = world.processes.at(-1) as Process;
        last.storage.settle([...world.entries.values()].map((it) => it.id));
        await last.close();
        expect(world.disk.below('/state')).toEqual([]);
      }),
      { numRuns: Number(globalThis.process.env['JOURNAL_MODEL_RUNS'] ?? 100) },
    );
  });
});
