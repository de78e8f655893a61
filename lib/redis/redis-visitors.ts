import type { Clock } from '../clock.js';
import type { SharedCache, VisitorGroup, VisitorOutcome, VisitorStore } from '../outbox/visitor-store.js';
import type { Entry, EntryDraft } from '../protocol/entry.js';
import type { EntryGroup, GroupResult } from './commit.js';

/** Longest wait for Redis before what was recorded goes the way of what it does not take: nothing of it is on a disk until then. */
const ANSWER_MS = 100;

/** What the visitors of a fleet need of the process they are served in. */
export interface RedisVisitorsPort {
  readonly clock: Clock;
  /** Whose count the ids of entries are of. */
  readonly producer: string;
  readonly cache: SharedCache;
  readonly visitorTtl: number | undefined;
  commit(groups: readonly EntryGroup[]): Promise<readonly GroupResult[]>;
  /** Whether something of a device waits here: what comes later must not leave earlier. */
  waitsHere(deviceId: string): boolean;
  entryOf(draft: EntryDraft): Entry;
  /** Takes entries that Redis has not taken, or perhaps not. */
  keep(entry: Entry): void;
  /** Redis has not answered, or takes nothing: what is kept is to be safe at once. */
  refused(): void;
  /** Counts entries that are in Redis. */
  passed(entries: readonly Entry[]): void;
}

/** A group that Redis was asked to take. */
interface Asked {
  readonly group: VisitorGroup;
  readonly entries: readonly Entry[];
}

/** What the processes of a fleet know of visitors, in Redis beside the lanes. */
export class RedisVisitors implements VisitorStore {
  readonly remoteConfig: SharedCache;
  readonly visitorTtl: number | undefined;
  /** On their way to Redis. */
  #underWay: readonly Asked[] = [];

  constructor(private readonly port: RedisVisitorsPort) {
    this.remoteConfig = port.cache;
    this.visitorTtl = port.visitorTtl;
  }

  async commit(groups: readonly VisitorGroup[]): Promise<readonly VisitorOutcome[]> {
    const { port } = this;
    const apart = new Set(groups.filter(({ changes }) => changes.some(({ deviceId }) => port.waitsHere(deviceId))));
    for (const { entries } of apart) for (const draft of entries) port.keep(port.entryOf(draft));
    const asked = groups
      .filter((group) => !apart.has(group))
      .map((group): Asked => ({ group, entries: group.entries.map((draft) => port.entryOf(draft)) }));
    this.#underWay = asked;
    const results = await this.#inTime(port.commit(asked.map((one) => this.#asGroup(one))));
    const outcomes = new Map<VisitorGroup, VisitorOutcome>();
    // What was abandoned meanwhile is kept.
    if (this.#underWay === asked) {
      for (const [i, one] of asked.entries()) outcomes.set(one.group, this.#outcomeOf(one, results?.[i]));
      this.#underWay = [];
    }
    return groups.map((group) => outcomes.get(group) ?? { kind: 'apart' });
  }

  /** What is under way is kept here. What Redis takes all the same is known by its id. */
  abandon(): void {
    const asked = this.#underWay;
    this.#underWay = [];
    for (const { entries } of asked) for (const entry of entries) this.port.keep(entry);
  }

  #asGroup({ group, entries }: Asked): EntryGroup {
    const { producer } = this.port;
    return {
      entries: entries.map((entry) => ({ producer, entry })),
      states: group.changes.map(({ deviceId, version, state, ttlMs }) => ({
        ...{ deviceId, version, newState: state, ttlMs },
      })),
    };
  }

  #outcomeOf({ entries }: Asked, result: GroupResult | undefined): VisitorOutcome {
    switch (result?.kind) {
      case 'added':
        this.port.passed(entries);
        return { kind: 'stored', versions: result.versions };
      case 'conflict':
        return { kind: 'conflict', current: result.states };
      case 'known':
        this.port.passed(entries);
        return { kind: 'apart' };
      default:
        this.port.refused();
        for (const entry of entries) this.port.keep(entry);
        return { kind: 'apart' };
    }
  }

  async #inTime<T>(work: Promise<T>): Promise<T | undefined> {
    let cancel = (): void => {};
    const late = new Promise<undefined>((resolve) => {
      cancel = this.port.clock.after(ANSWER_MS, () => resolve(undefined));
    });
    try {
      return await Promise.race([work, late]);
    } finally {
      cancel();
    }
  }
}
