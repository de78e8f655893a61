import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { compileJournal } from './support/compiled.js';

// For machines that are busy with other things.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const SCRIPT = join(__dirname, 'support', 'journal-process.mjs');

let lib: string;
let removeLib: () => void;
let root: string;
let children: JournalProcess[];

beforeAll(() => {
  ({ lib, remove: removeLib } = compileJournal());
});
afterAll(() => removeLib());
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'journal-'));
  children = [];
});
afterEach(async () => {
  await Promise.all(children.map((child) => child.kill()));
  rmSync(root, { recursive: true, force: true, maxRetries: 10 });
});

class JournalProcess {
  /** What it recovered when it was opened. */
  opened: number[] = [];
  /** Numbers it said were committed, and those it settled. */
  committed = -1;
  readonly settled = new Set<number>();
  readonly warnings: string[] = [];
  readonly #child: ChildProcess;
  readonly #answers = new Map<number, (found: number[]) => void>();
  readonly #ready: Promise<void>;
  /** Rejects when it ends, so that nobody waits for its answers. */
  readonly #end: Promise<never>;
  #calls = 0;
  #rest = '';

  constructor(durability = 'batched') {
    this.#child = fork(SCRIPT, [lib, root, durability], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'], execArgv: [] });
    children.push(this);
    this.#end = once(this.#child, 'close').then(([code, signal]) => {
      throw new Error(`the process ended (${code ?? signal})`);
    });
    this.#end.catch(() => {});
    this.#ready = new Promise((resolve) => {
      this.#child.on('message', (message: { opened?: number[]; warning?: string; id?: number; found?: number[] }) => {
        if (message.warning) this.warnings.push(message.warning);
        if (message.opened) {
          this.opened = message.opened;
          resolve();
        }
        if (message.id !== undefined) this.#answers.get(message.id)?.(message.found ?? []);
      });
    });
    this.#child.stdout?.on('data', (data: Buffer) => this.#read(data.toString()));
  }

  async start(): Promise<this> {
    await Promise.race([this.#ready, this.#end]);
    return this;
  }

  /** Resolves with everything it has recovered so far. */
  tell(command: string, rest: object = {}): Promise<number[]> {
    const id = ++this.#calls;
    const answer = new Promise<number[]>((resolve) => {
      this.#answers.set(id, resolve);
      this.#child.send({ id, command, ...rest });
    });
    return Promise.race([answer, this.#end]);
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'close');
  }

  async close(): Promise<void> {
    const closed = once(this.#child, 'close');
    await this.tell('close');
    await closed;
  }

  #read(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line.startsWith('s')) this.settled.add(Number(line.slice(1)));
      else this.committed = Number(line);
    }
  }
}

const numbers = (from: number, count: number): number[] => Array.from({ length: count }, (_, n) => from + n);
const byNumber = (a: number, b: number): number => a - b;
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('processes on one root', () => {
  it('leave each other alone, and what the killed ones had goes to exactly one', async () => {
    const workers = await Promise.all(numbers(0, 3).map(() => new JournalProcess().start()));
    await Promise.all(
      workers.map(async (worker, n) => {
        await worker.tell('append', { from: n * 100, count: 50 });
        await worker.tell('settle', { from: n * 100, count: 10 });
        await worker.tell('commit');
      }),
    );
    expect(readdirSync(root).filter((name) => name.startsWith('j2.'))).toHaveLength(3);
    await Promise.all(workers.slice(0, 2).map((worker) => worker.kill()));
    const heirs = await Promise.all(numbers(0, 2).map(() => new JournalProcess().start()));
    const found = heirs.flatMap((heir) => heir.opened);
    expect(found.sort(byNumber)).toEqual([...numbers(10, 40), ...numbers(110, 40)]);
    expect(await workers[2]?.tell('commit')).toEqual([]);
    for (const child of children) expect(child.warnings).toEqual([]);
  });

  it('leave nothing behind when all is delivered', async () => {
    const worker = await new JournalProcess().start();
    await worker.tell('append', { from: 0, count: 100 });
    await worker.tell('commit');
    await worker.kill();
    const heir = await new JournalProcess().start();
    expect(heir.opened).toHaveLength(100);
    await heir.tell('settle', { from: 0, count: 100 });
    await heir.close();
    expect(readdirSync(root)).toEqual([]);
  });
});

describe.each(['batched', 'sync'])('kill -9 while it works (%s)', (durability) => {
  it('loses nothing that was said to be safe, and brings nothing back that was settled', async () => {
    // What each life leaves is the next one's inheritance.
    let owed: number[] = [];
    let from = 0;
    for (let round = 0; round < 4; round++) {
      const worker = await new JournalProcess(durability).start();
      const found = worker.opened;
      expect(worker.warnings).toEqual([]);
      expect(new Set(found).size).toBe(found.length);
      expect(owed.filter((n) => !found.includes(n))).toEqual([]);
      worker.tell('work', { from }).catch(() => {});
      await expect.poll(() => worker.committed, { interval: 5, timeout: 10_000 }).toBeGreaterThan(0);
      await sleep(round * 13);
      await worker.kill();
      const { settled, committed } = worker;
      const safe = numbers(from, committed + 1 - from).filter((n) => !settled.has(n));
      owed = [...found, ...safe];
      const heir = await new JournalProcess(durability).start();
      const back = heir.opened;
      // A settlement may get lost when it was not committed, and only the last entries of a life.
      const sure = committed - 10;
      expect(durability === 'batched' ? back.filter((n) => settled.has(n) && n < sure) : []).toEqual([]);
      const own = back.filter((n) => n >= from && !settled.has(n));
      expect(own).toEqual(numbers(from, (own.at(-1) ?? from - 1) + 1 - from).filter((n) => !settled.has(n)));
      expect(owed.filter((n) => !back.includes(n))).toEqual([]);
      owed = back;
      from = (back.at(-1) ?? from) + 1_000;
      await heir.kill();
    }
  });
});
