import { hostname } from 'node:os';
import type { Clock } from '../clock.js';
import type { LedgerState } from '../outbox/ledger.js';
import type { Keys } from './keys.js';
import type { RedisCall, RedisLink } from './link.js';

/** So many times a lease a process may say nothing before it is taken for dead. */
const SILENCES = 3;
const REMEMBERED_MS = 86_400_000;

/** What a process counts itself: what never came to Redis. Told in absolute numbers, so that telling twice changes nothing. */
export class PodReport {
  #cancel: (() => void) | undefined;
  #telling = false;
  #stopped = false;

  constructor(
    private readonly link: RedisLink,
    private readonly keys: Keys,
    private readonly clock: Clock,
    private readonly options: { readonly id: string; readonly sends: boolean; readonly leaseMs: number },
    /** The ledger here, and entries that were sent to the server past Redis. */
    private readonly counts: () => { readonly ledger: LedgerState; readonly direct: number },
    /** What is said with each sign of life. */
    private readonly also: () => readonly RedisCall[],
  ) {}

  start(): void {
    if (this.#stopped || this.#telling) return;
    this.#cancel?.();
    this.#telling = true;
    void this.tell().finally(() => {
      this.#telling = false;
      if (!this.#stopped) this.#cancel = this.clock.after(this.options.leaseMs / 5, () => this.start());
    });
  }

  async tell(ends = false): Promise<void> {
    const { id, sends, leaseMs } = this.options;
    const { ledger, direct } = this.counts();
    const dropped = Object.entries(ledger.dropped).flatMap(([reason, count]) => [`dropped:${reason}`, count]);
    const fields = ['host', hostname(), 'sends', sends ? 1 : 0, 'waiting', ledger.pending, 'delivered', direct];
    const told: RedisCall = {
      script: 'POD',
      keys: [this.keys.pods(), this.keys.ledger()],
      args: [
        ...[this.keys.pod(''), this.keys.folded(''), id, SILENCES * leaseMs, REMEMBERED_MS, ends ? 1 : 0],
        ...fields,
        ...dropped,
      ],
    };
    await this.link.calls([...this.also(), told]);
  }

  /** The numbers become part of the ledger. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel?.();
    await this.tell(true);
  }
}
