import { inspected, type ObservedCall } from './contract.js';

/** Durations that are told of one method at a time; of more a fair choice. */
const MOST_DURATIONS = 200;

interface Counts {
  calls: number;
  failures: number;
  last: number;
  durations: number[];
}

export interface ToldCalls extends Readonly<Counts> {
  readonly ref: number;
}

/** How often woven methods are called, how long they take and how often they fail, since it was told last. */
export class CallCounts {
  /** Names of classes that are known since a method of theirs was called. */
  readonly classNames = new Map<object, string>();
  #counts = new Map<object, Counts>();
  /** Under way; back among the others when the inspector did not take it. */
  #telling: Map<object, Counts> | undefined;
  #stop: (() => void) | undefined;

  start(): void {
    this.#stop ??= inspected.weaving?.observe((call) => this.#add(call));
  }

  stop(): void {
    this.#stop?.();
    this.#stop = undefined;
    this.#counts.clear();
    this.#telling = undefined;
  }

  untold(refOf: (method: object) => number): ToldCalls[] {
    for (const [method, counts] of this.#telling ?? []) {
      const now = this.#counts.get(method);
      this.#counts.set(method, now === undefined ? counts : sumOf(counts, now));
    }
    this.#telling = this.#counts;
    this.#counts = new Map();
    return [...this.#telling].map(([method, counts]) => ({ ref: refOf(method), ...counts }));
  }

  /** What was asked for last has arrived. */
  told(): void {
    this.#telling = undefined;
  }

  #add({ method, className, failed, durationMs }: ObservedCall): void {
    let counts = this.#counts.get(method);
    if (counts === undefined) {
      counts = { calls: 0, failures: 0, last: 0, durations: [] };
      this.#counts.set(method, counts);
      if (className !== '') this.classNames.set(method, className);
    }
    counts.calls += 1;
    if (failed) counts.failures += 1;
    counts.last = Date.now();
    if (counts.durations.length < MOST_DURATIONS) counts.durations.push(durationMs);
    else if (Math.random() * counts.calls < MOST_DURATIONS) {
      counts.durations[Math.floor(Math.random() * MOST_DURATIONS)] = durationMs;
    }
  }
}

function sumOf(one: Counts, other: Counts): Counts {
  return {
    calls: one.calls + other.calls,
    failures: one.failures + other.failures,
    last: Math.max(one.last, other.last),
    durations: [...one.durations, ...other.durations].slice(-MOST_DURATIONS),
  };
}
