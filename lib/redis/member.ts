import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.js';
import type { Reporter } from '../logger.js';
import type { FleetStatus } from '../outbox/fleet.js';
import type { LedgerState } from '../outbox/ledger.js';
import type { OutboxOptions, OutboxPort } from '../outbox/port.js';
import type { SharedCache } from '../outbox/visitor-store.js';
import { commit, type EntryGroup, type GroupResult } from './commit.js';
import { readStatus } from './fleet-status.js';
import { mergedId } from './held-merges.js';
import { Keys, laneOf } from './keys.js';
import { LaneOutbox } from './lane-outbox.js';
import { LaneStorage } from './lane-storage.js';
import { LaneWriter } from './lane-writer.js';
import { LeasedSender } from './leased-sender.js';
import { Leases } from './leases.js';
import { type RedisCall, RedisLink, reasonOf } from './link.js';
import { type FleetSettings, lanesFrom } from './options.js';
import { PodReport } from './pod-report.js';
import { appMark } from './prefix.js';
import { Upkeep } from './upkeep.js';

const ANSWER_MS = 2000;
const LOOK_MS = 30;
/** Until Redis is asked again that refuses to have this process in the fleet. */
const REFUSED_MS = 1000;

export interface MemberPort extends OutboxPort {
  readonly appKey: string;
  /** The ledger of this process, and entries that it sent past Redis. */
  counts(): { readonly ledger: LedgerState; readonly direct: number };
}

/** This process in its fleet: the connection, and, if it sends, what it sends. */
export class Member {
  readonly link: RedisLink;
  readonly #keys: Keys;
  readonly #id = randomBytes(6).toString('hex');
  readonly #clock: Clock;
  readonly #reporter: Reporter;
  readonly #report: PodReport;
  /** Known once Redis was asked. */
  #lanes: number | undefined;
  #sending: Sending | undefined;
  readonly #upkeep: Upkeep;
  #cancelJoin: (() => void) | undefined;
  #enabled = true;
  #left = false;

  constructor(
    private readonly settings: FleetSettings & { readonly prefix: string },
    private readonly options: OutboxOptions,
    private readonly port: MemberPort,
  ) {
    const { address, leaseTime, send } = settings;
    this.#clock = port.clock;
    this.#reporter = port.reporter;
    this.#keys = new Keys(settings.prefix);
    this.link = new RedisLink(address, port.clock, port.reporter, Math.min(ANSWER_MS, leaseTime));
    this.#upkeep = new Upkeep({ link: this.link, keys: this.#keys, clock: port.clock, reporter: port.reporter });
    const report = { id: this.#id, sends: send, leaseMs: leaseTime };
    const founding = () => (this.#lanes === undefined ? [] : this.#founding(this.#lanes));
    this.#report = new PodReport(this.link, this.#keys, port.clock, report, () => port.counts(), founding);
    this.link.onReady(() => {
      this.#join().catch(() => {});
    });
  }

  open(): void {
    this.link.open();
  }

  async commit(groups: readonly EntryGroup[]): Promise<GroupResult[]> {
    // At the start the first of them wait for the connection.
    if (this.#lanes === undefined) await this.#joined();
    if (this.#lanes === undefined) return groups.map(() => ({ kind: 'failed', reason: 'Redis cannot be reached' }));
    return commit(this.link, this.#keys, this.#lanes, this.settings, groups);
  }

  /** Texts that all processes see, for a time. */
  readonly cache: SharedCache = {
    get: async (key) => {
      const text = await this.link.call(['get', this.#keys.cached(key)]);
      return typeof text === 'string' ? text : undefined;
    },
    set: async (key, value, ttlMs) => {
      await this.link.call(['set', this.#keys.cached(key), value, 'PX', Math.max(1, Math.round(ttlMs))]);
    },
  };

  /** Whether what this process sends may leave. */
  setEnabled(enabled: boolean): void {
    this.#enabled = enabled;
    this.#sending?.outbox.setEnabled(enabled);
  }

  pause(ms: number): void {
    this.#sending?.outbox.pause(ms);
  }

  /**
   * Has everything sent that waits in Redis now. Tells how much of it still waits, and resolves when nothing does, when time is
   * up, or when waiting is in vain.
   */
  async passed(isOver: () => boolean, endsInVain: boolean, tell: (waiting: number) => void): Promise<void> {
    const replies = await this.link.calls([
      ['get', this.#keys.seq()],
      ['hincrby', this.#keys.meta(), 'flush', 1],
    ]);
    const mark = String(replies?.[0] ?? '0');
    let vain = false;
    if (endsInVain) void this.#sending?.outbox.hopeless().then(() => (vain = true));
    for (;;) {
      const keys = Array.from({ length: this.#lanes ?? 0 }, (_, lane) => this.#keys.lane(lane));
      const waiting = keys.length === 0 ? 0 : await this.link.call({ script: 'WAITING', keys, args: [mark] });
      if (typeof waiting === 'number') tell(waiting);
      if (waiting === 0 || waiting === undefined || isOver() || vain) return;
      await new Promise<void>((resolve) => this.#clock.after(LOOK_MS, resolve));
    }
  }

  async status(): Promise<FleetStatus> {
    // The caller waits, and neither the connection nor the deadline of a call holds the process.
    const letGo = this.#clock.after(3 * ANSWER_MS, () => {}, true);
    try {
      await this.#joined();
      if (!this.#left) await this.#report.tell();
      return await readStatus(this.link, this.#keys, this.#lanes ?? 0);
    } finally {
      letGo();
    }
  }

  /** Gives everything back to the others, within this time. */
  async leave(graceMs: number): Promise<void> {
    this.#left = true;
    this.#upkeep.stop();
    this.#cancelJoin?.();
    await this.#sending?.leases.stop(graceMs);
    this.#sending?.outbox.stop();
    await this.#sending?.storage.close();
    await this.#report.stop();
    this.link.close();
  }

  /** Redis was asked once, or cannot be. */
  async #joined(): Promise<void> {
    const until = this.#clock.monotonic() + ANSWER_MS;
    while (this.#lanes === undefined && !this.#left && this.#clock.monotonic() < until) {
      await new Promise<void>((resolve) => this.#clock.after(LOOK_MS, resolve));
    }
  }

  async #join(): Promise<void> {
    const { lanes, send } = this.settings;
    if (this.#left) return;
    const [said, app] = this.#founding(this.#lanes ?? lanes);
    const meta = this.#keys.meta();
    const replies = await this.link.tried([said, ['hget', meta, 'lanes'], app, ['hget', meta, 'app']]);
    // Without an answer the connection is made anew, and this is done once more.
    if (replies === undefined || this.#left) return;
    const found = lanesFrom(replies[1]);
    // One that is out of memory refuses to be told what it knows.
    const isKnown = found !== undefined && typeof replies[3] === 'string';
    const refusal = isKnown ? undefined : replies.find((reply) => reply instanceof Error);
    if (refusal !== undefined) return this.#refused(reasonOf(refusal));
    if (found === undefined) return this.#refused('the number of its lanes makes no sense');
    if (replies[3] !== appMark(this.port.appKey)) return this.#refused('its prefix belongs to another app key');
    this.#tell(found);
    this.#lanes ??= found;
    this.#report.start();
    void this.#upkeep.checkPolicy();
    if (!send) return;
    this.#sending ??= this.#send(this.#lanes);
    this.#sending.leases.start();
  }

  /** What a fleet begins with. It is said again all the time: a Redis that was emptied must not begin another one. */
  #founding(lanes: number): readonly [RedisCall, RedisCall] {
    const meta = this.#keys.meta();
    return [
      ['hsetnx', meta, 'lanes', lanes],
      ['hsetnx', meta, 'app', appMark(this.port.appKey)],
    ];
  }

  /** The connection stands, and what is stored may be mended, or Redis be one that takes writes, while it does. */
  #refused(reason: string): void {
    const text = `The fleet cannot be joined (${reason}); entries stay here until it can. It is tried again all the time.`;
    this.#reporter.warn('redis.join', text, 60_000);
    this.#cancelJoin?.();
    this.#cancelJoin = this.#clock.after(REFUSED_MS, () => {
      if (this.link.isUp) this.#join().catch(() => {});
    });
  }

  #tell(found: number): void {
    const { lanes } = this.settings;
    if (this.#lanes !== undefined && this.#lanes !== found) {
      const text = `The fleet has ${found} lanes now and had ${this.#lanes}; restart this process.`;
      this.#reporter.error('redis.lanes', text);
    } else if (found !== lanes) {
      const text = `The fleet has ${found} lanes, as its first process said; \`lanes: ${lanes}\` does not hold.`;
      this.#reporter.warn('redis.lanes', text);
    }
  }

  #send(lanes: number): Sending {
    const sending = new Sending(lanes, this.settings, this.options, this.port, {
      link: this.link,
      keys: this.#keys,
      id: this.#id,
    });
    sending.outbox.setEnabled(this.#enabled);
    this.#upkeep.start(lanes, () => sending.leases.holds(0));
    return sending;
  }
}

/** What sends the lanes that this process has. */
class Sending {
  readonly leases: Leases;
  readonly storage: LaneStorage;
  readonly outbox: LaneOutbox;

  constructor(
    lanes: number,
    settings: FleetSettings,
    options: OutboxOptions,
    port: OutboxPort,
    { link, keys, id }: { readonly link: RedisLink; readonly keys: Keys; readonly id: string },
  ) {
    const { clock, reporter } = port;
    const lane = (deviceId: string) => laneOf(deviceId, lanes);
    const holds = (one: number) => this.leases.holds(one);
    const writer = new LaneWriter({
      link,
      keys,
      clock,
      laneOf: lane,
      leaseOf: (one) => this.leases.leaseOf(one),
      refused: (one) => this.leases.refused(one),
    });
    this.storage = new LaneStorage({
      link,
      keys,
      clock,
      reporter,
      writer,
      laneOf: lane,
      holds,
      withdraw: (deviceId, withdrawal) => this.outbox.withdraw(deviceId, withdrawal),
      sendAll: () => this.outbox.sendAll(),
    });
    const sender = new LeasedSender({
      direct: port.sender,
      holds: (deviceId) => holds(lane(deviceId)),
      sealed: (requests) => writer.sealed(requests),
    });
    const own: Partial<OutboxOptions> = { readsNews: true };
    this.outbox = new LaneOutbox(Object.assign(Object.create(options) as OutboxOptions, own), {
      ...port,
      sender,
      storage: this.storage,
    });
    this.leases = new Leases(
      link,
      keys,
      clock,
      { id, lanes, leaseMs: settings.leaseTime },
      {
        acquired: (one) => this.storage.add(one),
        leave: (one) => this.#leave((deviceId) => lane(deviceId) === one, one),
      },
    );
    this.outbox.open();
  }

  #leave(isGone: (deviceId: string) => boolean, lane: number): Promise<void> {
    this.storage.remove(lane);
    const left = this.outbox.forget(isGone);
    // Merges that wait for a device of this lane wait for its next holder from now on.
    this.storage.takeBack(
      this.outbox.takeBack((entry) => {
        const oldId = mergedId(entry);
        return oldId !== undefined && isGone(oldId);
      }),
    );
    return left;
  }
}
