import type { Clock } from '../clock.js';
import type { Keys } from './keys.js';
import type { RedisLink } from './link.js';

/** So often within its time a lease is renewed; and so much of it is left when we stop to rely on it. */
const PART = 5;

export interface LeaseOptions {
  /** Of this process, unlike any other. */
  readonly id: string;
  readonly lanes: number;
  /** Milliseconds that a lease lasts. */
  readonly leaseMs: number;
}

export interface LeaseHolder {
  acquired(lane: number): void;
  /** The lane is, or may be, somebody else's. Resolves when nothing of it is under way. */
  leave(lane: number): Promise<void>;
}

interface Held {
  /** As it stands in Redis: the process, and a number that is greater with each lease given out. */
  readonly lease: string;
  /** Until when nobody else can have it: monotonic clock, milliseconds. */
  until: number;
}

/** Which lanes this process sends: a fair share of them, as long as it lives and Redis can be asked. */
export class Leases {
  readonly #held = new Map<number, Held>();
  /** Those of which something is still under way: given back, and taken again, after that. */
  readonly #leaving = new Set<number>();
  #cancel: (() => void) | undefined;
  #asking: Promise<void> | undefined;
  #stopped = false;

  constructor(
    private readonly link: RedisLink,
    private readonly keys: Keys,
    private readonly clock: Clock,
    private readonly options: LeaseOptions,
    private readonly holder: LeaseHolder,
  ) {}

  /** Whether this process may send for a lane, at this moment. */
  holds(lane: number): boolean {
    const held = this.#held.get(lane);
    return held !== undefined && this.clock.monotonic() < held.until && !this.#leaving.has(lane);
  }

  leaseOf(lane: number): string | undefined {
    return this.holds(lane) ? this.#held.get(lane)?.lease : undefined;
  }

  get lanes(): number[] {
    return [...this.#held.keys()].filter((lane) => this.holds(lane));
  }

  start(): void {
    if (this.#stopped || this.#asking !== undefined) return;
    this.#cancel?.();
    const again = (): void => {
      this.#asking = undefined;
      if (!this.#stopped) this.#cancel = this.clock.after(this.options.leaseMs / PART, () => this.start());
    };
    this.#asking = this.#ask().then(again, again);
  }

  /** Somebody else has it. */
  refused(lane: number): void {
    if (this.#held.delete(lane)) void this.#leave(lane);
  }

  /** Gives everything back; what is still under way after this time is given back all the same. */
  async stop(graceMs: number): Promise<void> {
    this.#stopped = true;
    this.#cancel?.();
    await this.#asking;
    let cancel = (): void => {};
    const late = new Promise<void>((resolve) => {
      cancel = this.clock.after(graceMs, resolve, true);
    });
    const all = [...this.#held.keys()].map((lane) => this.#giveBack(lane));
    await Promise.race([Promise.all(all), late]);
    cancel();
    // What is on the wire is cut off by whoever stops us; the next holder repeats the same bytes.
    await this.link.calls([...this.#held].map(([lane, held]) => this.#release(lane, held.lease)));
    await this.link.call(['zrem', this.keys.senders(), this.options.id]);
    this.#held.clear();
  }

  async #ask(): Promise<void> {
    const { id, lanes, leaseMs } = this.options;
    const at = this.clock.monotonic();
    for (const [lane, held] of this.#held) if (at >= held.until) this.refused(lane);
    const all = Array.from({ length: lanes }, (_, lane) => lane);
    const said = all.map((lane) => this.#held.get(lane)?.lease ?? (this.#leaving.has(lane) ? '-' : ''));
    const keys = [this.keys.senders(), this.keys.tokens(), ...all.map((lane) => this.keys.lease(lane))];
    const reply = await this.link.call({ script: 'LEASE', keys, args: [id, leaseMs, ...said] });
    const [share, leases] = Array.isArray(reply) ? (reply as [unknown, unknown]) : [];
    if (typeof share !== 'number' || !Array.isArray(leases) || this.#stopped) return;
    const until = at + leaseMs - leaseMs / PART;
    for (const lane of all) {
      const lease = String(leases[lane] ?? '');
      const held = this.#held.get(lane);
      if (held?.lease === lease) held.until = until;
      else if (held !== undefined) this.refused(lane);
      else if (lease !== '' && !this.#leaving.has(lane)) {
        this.#held.set(lane, { lease, until });
        this.holder.acquired(lane);
      }
    }
    const mine = [...this.#held.keys()].filter((lane) => !this.#leaving.has(lane));
    for (const lane of mine.slice(share)) void this.#giveBack(lane);
  }

  async #giveBack(lane: number): Promise<void> {
    const held = this.#held.get(lane);
    if (held === undefined) return;
    await this.#leave(lane);
    if (this.#held.get(lane) !== held) return;
    this.#held.delete(lane);
    await this.link.calls([this.#release(lane, held.lease)]);
  }

  async #leave(lane: number): Promise<void> {
    this.#leaving.add(lane);
    await this.holder.leave(lane);
    this.#leaving.delete(lane);
  }

  #release(lane: number, lease: string) {
    return { script: 'RELEASE', keys: [this.keys.lease(lane)], args: [lease] } as const;
  }
}
