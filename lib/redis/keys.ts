/** Names of everything a fleet keeps in Redis. All share a hash tag: scripts change several of them at once, also in a cluster. */
export class Keys {
  readonly #prefix: string;

  constructor(prefix: string) {
    this.#prefix = `{${prefix}}:`;
  }

  /** Number of the last entry: microseconds since the epoch by the clock of Redis, or more. */
  readonly seq = () => this.#of('seq');
  /** What is counted, of all processes together. */
  readonly ledger = () => this.#of('ledger');
  /** The number of lanes, whose entries they are, the last withdrawal, who wants everything sent. */
  readonly meta = () => this.#of('meta');
  /** A stream of entries. */
  readonly lane = (lane: number) => this.#of(`lane:${lane}`);
  /** Who sends a lane. */
  readonly lease = (lane: number) => this.#of(`lease:${lane}`);
  /** Heads of requests whose bytes are fixed, by the id of their first entry. */
  readonly seals = (lane: number) => this.#of(`seals:${lane}`);
  /** The last entry of a device that was added, by the process that accepted it. */
  readonly added = (deviceId: string) => this.#of(`added:${deviceId}`);
  /** What people took back, by device; and the same devices by the number up to which it holds. */
  readonly withdrawn = () => this.#of('withdrawn');
  readonly withdrawals = () => this.#of('withdrawals');
  /** Processes that send, by their last sign of life; numbers of leases. */
  readonly senders = () => this.#of('senders');
  readonly tokens = () => this.#of('tokens');
  /** Processes by their last sign of life, what each counts, and what of the dead was added to the ledger. */
  readonly pods = () => this.#of('pods');
  readonly pod = (id: string) => this.#of(`pod:${id}`);
  readonly folded = (id: string) => this.#of(`folded:${id}`);
  /** State of a visitor. */
  readonly visitor = (deviceId: string) => this.#of(`v:${deviceId}`);

  /** A text that all processes see. */
  readonly cached = (key: string) => this.#of(`cached:${key}`);

  #of(name: string): string {
    return this.#prefix + name;
  }
}

/** The lane of a device: FNV-1a over its characters, the same in every process and version. */
export function laneOf(deviceId: string, lanes: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < deviceId.length; i++) hash = Math.imul(hash ^ deviceId.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % lanes;
}
