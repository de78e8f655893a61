import { isOwner, type Lease, leaseName, type Verdict } from '../../../lib/journal/lease.js';
import type { SimulatedMount } from './simulated-disk.js';

/** Processes that live and die as a test wants, on a machine that sees its own ones only. */
export class FakeMachine {
  readonly #alive = new Set<string>();
  readonly #name: string;
  #count = 0;

  /** @param name eight hexadecimal digits */
  constructor(name = 'aaaaaaaa') {
    this.#name = name;
  }

  start(mount: SimulatedMount): FakeLease {
    const owner = `s${this.#name}${String(++this.#count).padStart(16, '0')}`;
    this.#alive.add(owner);
    return new FakeLease(owner, mount, (other) => this.#verdict(other));
  }

  kill(lease: FakeLease): void {
    this.#alive.delete(lease.owner);
  }

  #verdict(owner: string): Verdict {
    if (!isOwner(owner) || !owner.startsWith(`s${this.#name}`)) return 'unknown';
    return this.#alive.has(owner) ? 'alive' : 'dead';
  }
}

class FakeLease implements Lease {
  readonly owner: string;
  readonly ask: Lease['ask'];
  readonly #mount: SimulatedMount;

  constructor(owner: string, mount: SimulatedMount, verdict: (owner: string) => Verdict) {
    this.owner = owner;
    this.#mount = mount;
    this.ask = async (_root, other) => verdict(other);
  }

  hold(root: string): void {
    const path = `${root}/${leaseName(this.owner)}`;
    if (!this.#mount.has(path)) this.#mount.closeFile(this.#mount.createFile(path));
  }

  renew(root: string): void {
    this.#mount.renew(`${root}/${leaseName(this.owner)}`);
  }

  release(root: string): void {
    this.#mount.delete(`${root}/${leaseName(this.owner)}`);
  }
}

export type { FakeLease };
