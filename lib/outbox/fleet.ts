import type { LedgerState } from './ledger.js';
import type { Outbox } from './outbox.js';
import type { OutboxOptions, OutboxPort } from './port.js';

/** One lane of a fleet: the devices of one class, sent by one process at a time. */
export interface LaneStatus {
  /** Its number, from 0. */
  readonly lane: number;
  /** The process that sends for it; undefined while none does. */
  readonly holder: string | undefined;
  /** Entries that wait, calls that were rolled up counted as one. */
  readonly entries: number;
  /** When the oldest of them was recorded: milliseconds since the epoch. */
  readonly oldest: number | undefined;
}

/** One process of a fleet, as it said itself within the last seconds. */
export interface PodStatus {
  /** Made anew with each start. */
  readonly id: string;
  /** Name of its machine or container. */
  readonly host: string;
  /** Whether it sends; else it hands over only. */
  readonly sends: boolean;
  /** Entries that it has not handed over. */
  readonly waiting: number;
}

/** Where every entry of all processes is. `ledger.accepted = delivered + pending + the sum of dropped`. */
export interface FleetStatus {
  /** Of all processes together. */
  readonly ledger: LedgerState;
  /** Entries in the lanes. */
  readonly entries: number;
  /** Bytes that they take. */
  readonly bytes: number;
  /** Each with its holder. */
  readonly lanes: readonly LaneStatus[];
  /** Processes that gave a sign of life lately. */
  readonly pods: readonly PodStatus[];
}

/** What a client knows of its fleet. */
export interface FleetView {
  /**
   * The state of all processes together. What a process keeps for itself (dropped before it was handed over, or still
   * waiting there) is as old as its last sign of life, a second or two.
   * @throws CountlyError when it cannot be read now
   */
  status(): Promise<FleetStatus>;
}

/** Of whom the entries are. */
export interface FleetClient {
  readonly url: string;
  readonly appKey: string;
  /** Sixteen hexadecimal digits that this process's journal carries in its name. */
  readonly name: string;
  /** Nothing leaves this process. */
  readonly testMode: boolean;
  /** Each entry is on this machine's disk before the call returns. */
  readonly keepsEach: boolean;
}

/** An outbox that hands over to a fleet, and may send for it. */
export interface FleetOutbox extends Outbox {
  readonly fleet: FleetView;
}

/**
 * Many processes with one queue: the option `fleet`. `countly-weave/redis` has one on Redis.
 *
 * A fleet takes the place of the outbox. It keeps what it took over until a process of it has delivered or dropped it,
 * counts it once, and sends what belongs to one device in the order of acceptance.
 */
export interface Fleet {
  /** What it runs on, for people: `redis`. */
  readonly engine: string;
  /** @internal */
  outbox(options: OutboxOptions, port: OutboxPort, client: FleetClient): FleetOutbox;
}
