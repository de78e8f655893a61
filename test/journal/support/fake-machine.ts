import type { Owner, ProcessTable, Verdict } from '../../../lib/journal/owner.js';

/** Processes that live and die as a test wants. */
export class FakeMachine {
  readonly #alive = new Set<number>();
  readonly #name: string;
  #lastPid = 100;

  constructor(name = 'feed') {
    this.#name = name;
  }

  start(thread = 0): ProcessTable {
    const pid = ++this.#lastPid;
    this.#alive.add(pid);
    const self: Owner = { machine: this.#name, pid, start: '1', thread };
    return { self, verdict: (owner) => this.#verdict(owner) };
  }

  kill(table: ProcessTable): void {
    this.#alive.delete(table.self.pid);
  }

  #verdict(owner: Owner): Verdict {
    if (owner.machine !== this.#name) return 'unknown';
    if (!this.#alive.has(owner.pid)) return 'dead';
    return owner.thread === 0 ? 'alive' : 'unknown';
  }
}
