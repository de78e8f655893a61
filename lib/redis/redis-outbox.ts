import { sharedHouse } from '../fleet/shared-house.js';
import { createBackoff } from '../http/backoff.js';
import type { FleetClient, FleetView } from '../outbox/fleet.js';
import { type FlushResult, withDeadline } from '../outbox/flush.js';
import type { LedgerState } from '../outbox/ledger.js';
import { Outbox } from '../outbox/outbox.js';
import type { OutboxOptions, OutboxPort } from '../outbox/port.js';
import type { Delivery } from '../protocol/answer.js';
import type { SealedRequest } from '../protocol/entry.js';
import type { MakeSharedHouse, SharingOutbox } from '../scope/shared-visitors.js';
import { LocalStorage } from './local-storage.js';
import { Member } from './member.js';
import type { FleetSettings } from './options.js';
import { RedisSender } from './redis-sender.js';
import { RedisVisitors } from './redis-visitors.js';

/** How long an entry may wait for others on its way to Redis. */
const TICK_MS = 20;
/** Longest delay after Redis took nothing: it comes back within moments, and nothing is lost by asking. */
const MOST_PAUSE_MS = 1000;
/** Time that `close` keeps for what is on the wire. */
const LEAVE_MS = 800;

/** The outbox of a process that belongs to a fleet: what it accepts goes to Redis, and from there somebody sends it. */
export class RedisOutbox extends Outbox implements SharingOutbox {
  readonly fleet: FleetView;
  readonly visitors: MakeSharedHouse | undefined;
  readonly #visitors: RedisVisitors | undefined;
  readonly #member: Member;
  readonly #sends: boolean;
  readonly #testMode: boolean;
  readonly #clock: OutboxPort['clock'];
  #over: Promise<FlushResult> | undefined;

  constructor(
    settings: FleetSettings & { readonly prefix: string },
    options: OutboxOptions,
    port: OutboxPort,
    client: FleetClient,
  ) {
    const local: { takes: boolean; direct: number; counts: Outbox | undefined } = {
      takes: false,
      direct: 0,
      counts: undefined,
    };
    const sends = settings.send && !client.testMode;
    const member = new Member({ ...settings, send: sends }, options, {
      ...port,
      appKey: client.appKey,
      counts: () => ({ ledger: (local.counts as Outbox).stats(), direct: local.direct }),
    });
    const storage = new LocalStorage(port.storage, port.clock, client.name, () => !local.takes, client.keepsEach);
    const told = (takes: boolean) => {
      local.takes = takes;
      if (!takes) storage.spill();
    };
    const sender = new RedisSender({
      commit: (groups) => member.commit(groups),
      groupOf: (request) => ({
        entries: request.entries.map((entry) => ({ producer: storage.producerOf(entry), entry })),
        request: storage.wasSealed(request) ? request : undefined,
      }),
      direct: (request) => directly(port, request, (count) => (local.direct += count)),
      told,
    });
    const own: Partial<OutboxOptions> = {
      delivery: 'auto',
      url: 'Redis',
      flushInterval: TICK_MS,
      maxParallelRequests: 1,
      inOrder: true,
    };
    super(Object.assign(Object.create(options) as OutboxOptions, own), {
      ...port,
      storage,
      sender,
      backoff: createBackoff({ initialMs: TICK_MS, maxMs: MOST_PAUSE_MS }),
    });
    local.counts = this;
    this.#member = member;
    this.#sends = sends;
    this.#testMode = client.testMode;
    this.#clock = port.clock;
    this.fleet = { status: () => member.status() };
    // Where each entry is on the disk before the call returns there is no time to ask what others know.
    this.#visitors = client.keepsEach
      ? undefined
      : new RedisVisitors({
          clock: port.clock,
          producer: client.name,
          cache: member.cache,
          visitorTtl: settings.visitorTtl,
          commit: (groups) => member.commit(groups),
          waitsHere: (deviceId) => this.has(deviceId),
          entryOf: (draft) => this.entryOf(draft),
          keep: (entry) => this.keep(entry),
          refused: () => told(false),
          passed: (entries) => this.passed(entries),
        });
    this.visitors = this.#visitors && sharedHouse(this.#visitors);
  }

  override open(): void {
    super.open();
    this.#member.open();
  }

  override setEnabled(enabled: boolean): void {
    super.setEnabled(!this.#testMode);
    this.#member.setEnabled(enabled);
  }

  override saveSync(): void {
    this.#visitors?.abandon();
    super.saveSync();
  }

  override pause(ms: number): void {
    this.#member.pause(ms);
  }

  override flush(timeout: number, since = this.stats()): Promise<FlushResult> {
    return this.#handOver(timeout, timeout, (ms) => super.flush(ms, since), false);
  }

  override flushAtEnd(timeout: number, since = this.stats()): Promise<FlushResult> {
    return this.#handOver(timeout, timeout, (ms) => super.flushAtEnd(ms, since), true);
  }

  override close(timeout: number, since = this.stats()): Promise<FlushResult> {
    this.#over ??= this.#close(timeout, since);
    return this.#over;
  }

  async #close(timeout: number, since: LedgerState): Promise<FlushResult> {
    const grace = Math.min(LEAVE_MS, timeout / 2);
    const until = this.#clock.monotonic() + timeout;
    // Who accepted nothing, such as a relay, has nobody who waits for what is in Redis; and there it is safe.
    const waits = this.#sends && this.stats().accepted > 0 ? timeout - grace : 0;
    const result = await this.#handOver(timeout - grace, waits, (ms) => super.close(ms, since), true);
    await withDeadline(this.#clock, Math.max(grace, until - this.#clock.monotonic()), ({ reached }) =>
      Promise.race([reached, this.#member.leave(grace)]),
    );
    this.#member.link.close();
    return result;
  }

  /** Hands over what is here, and waits until all that waited in Redis then has ended, too. */
  async #handOver(
    timeout: number,
    waits: number,
    work: (timeout: number) => Promise<FlushResult>,
    endsInVain: boolean,
  ): Promise<FlushResult> {
    const startedAt = this.#clock.monotonic();
    const result = await work(timeout);
    const left = waits - (this.#clock.monotonic() - startedAt);
    if (left <= 0) return result;
    let waiting = 0;
    const tell = (count: number) => {
      waiting = count;
    };
    // Nothing but the deadline holds the process: once it is over, no answer of Redis may come any more.
    await withDeadline(this.#clock, left, (deadline) =>
      Promise.race([deadline.reached, this.#member.passed(() => deadline.passed, endsInVain, tell)]),
    );
    return { ...result, delivered: Math.max(0, result.delivered - waiting), pending: result.pending + waiting };
  }
}

async function directly(
  { sender }: OutboxPort,
  request: SealedRequest,
  count: (weight: number) => void,
): Promise<Delivery> {
  const delivery = await sender.single(request);
  if (delivery.kind === 'delivered') count(request.entries.reduce((sum, { weight }) => sum + weight, 0));
  return delivery;
}
