import { counted } from '../check.js';
import type { Clock } from '../clock.js';
import type { Reporter } from '../logger.js';
import type { Keys } from './keys.js';
import type { RedisLink } from './link.js';

const TIDY_MS = 30_000;

export interface UpkeepPort {
  readonly link: RedisLink;
  readonly keys: Keys;
  readonly clock: Clock;
  readonly reporter: Reporter;
}

/** What has to be looked after in Redis from time to time, by one process of a fleet. */
export class Upkeep {
  #cancel: (() => void) | undefined;

  constructor(private readonly port: UpkeepPort) {}

  /** @param isOurs whether it is this process's turn */
  start(lanes: number, isOurs: () => boolean): void {
    this.#cancel = this.port.clock.after(TIDY_MS, () => {
      if (isOurs()) void this.tidy(lanes);
      this.start(lanes, isOurs);
    });
  }

  stop(): void {
    this.#cancel?.();
  }

  /** Forgets withdrawals that nothing is left for, and counts what waited in Redis and is not there any more. */
  async tidy(lanes: number): Promise<void> {
    const { link, keys, reporter } = this.port;
    const all = Array.from({ length: lanes }, (_, lane) => keys.lane(lane));
    const names = [keys.withdrawn(), keys.withdrawals(), keys.ledger(), keys.meta(), ...all];
    const lost = await link.call({ script: 'TIDY', keys: names, args: [lanes] });
    if (typeof lost !== 'number' || lost <= 0) return;
    const text = `Redis has lost what waited there (${counted(lost, 'entry')}: evicted, or deleted by somebody); it is counted as lost.`;
    reporter.error('redis.lost', text);
  }

  /** A Redis that makes room by itself throws away what waits, and what is known of visitors. */
  async checkPolicy(): Promise<void> {
    const { link, reporter } = this.port;
    const [info] = (await link.tried([['info', 'memory']])) ?? [];
    const policy = evictionIn(info);
    if (policy === undefined) return;
    const text = `Redis removes what it has when its memory is full (maxmemory-policy ${policy}), entries that wait among it; set it to noeviction.`;
    reporter.warn('redis.eviction', text);
  }
}

/** What Redis does when its memory is full, if that is not to refuse more; undefined where nothing bounds it, or nothing is known. */
export function evictionIn(info: unknown): string | undefined {
  if (typeof info !== 'string' || !/^maxmemory:[1-9]/m.test(info)) return undefined;
  const [, policy] = /^maxmemory_policy:((?:allkeys|volatile)-[a-z]+)\r?$/m.exec(info) ?? [];
  return policy;
}
