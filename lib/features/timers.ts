/** One running measurement. */
export class RunningTimer {
  readonly key: string;
  /** On the monotonic clock, in milliseconds. */
  readonly startedAt: number;
  readonly #owner: Timers;

  constructor(key: string, startedAt: number, owner: Timers) {
    this.key = key;
    this.startedAt = startedAt;
    this.#owner = owner;
  }

  /** False when it was stopped before. */
  stop(): boolean {
    return this.#owner.remove(this);
  }
}

// Nobody starts so many on purpose: what is started and never ended must not fill the memory.
const MOST = 500;

/**
 * Measurements that run under a key, any number at once for each. By key the one started last stops first, as nested
 * work does; whoever needs another order keeps the timer itself.
 */
export class Timers {
  readonly #running = new Map<string, RunningTimer[]>();
  #count = 0;

  start(key: string, now: number): RunningTimer {
    if (this.#count >= MOST) this.#dropOldest();
    const timer = new RunningTimer(key, now, this);
    const list = this.#running.get(key);
    if (list === undefined) this.#running.set(key, [timer]);
    else list.push(timer);
    this.#count++;
    return timer;
  }

  /** Stops the timer of this key that was started last. */
  stopLast(key: string): RunningTimer | undefined {
    const timer = this.#running.get(key)?.at(-1);
    return timer?.stop() ? timer : undefined;
  }

  remove(timer: RunningTimer): boolean {
    const list = this.#running.get(timer.key);
    const at = list?.lastIndexOf(timer) ?? -1;
    if (list === undefined || at < 0) return false;
    list.splice(at, 1);
    if (list.length === 0) this.#running.delete(timer.key);
    this.#count--;
    return true;
  }

  clear(): void {
    this.#running.clear();
    this.#count = 0;
  }

  #dropOldest(): void {
    this.#running.values().next().value?.[0]?.stop();
  }
}
