import type { DeviceQueue } from '../outbox/device-queues.js';
import { Outbox } from '../outbox/outbox.js';
import type { Entry } from '../protocol/entry.js';

/** Longest time for which nothing waits for company. */
const SEND_ALL_MS = 10_000;

/** Sends what is in the lanes. It takes no calls, and what it has may become somebody else's at any time. */
export class LaneOutbox extends Outbox {
  /** Forgets devices, uncounted: somebody else sends for them. Resolves when nothing of them is under way either. */
  async forget(isGone: (deviceId: string) => boolean): Promise<void> {
    const leaving: Promise<void>[] = [];
    for (const queue of [...this.parts.queues.values()]) {
      if (!isGone(queue.deviceId)) continue;
      if (queue.busy) leaving.push(this.#left(queue));
      else this.#drop(queue);
    }
    await Promise.all(leaving);
  }

  /** Takes back what waits of devices that have a certain entry in front of them, unless it was tried before. */
  takeBack(has: (entry: Entry) => boolean): Entry[] {
    const taken: Entry[] = [];
    for (const queue of [...this.parts.queues.values()]) {
      if (queue.busy || queue.sealed.length > 0 || !entriesOf(queue).some(has)) continue;
      taken.push(...this.#drop(queue));
    }
    return taken;
  }

  /** What is here need not wait for company. */
  sendAll(): void {
    const { admission, clock } = this.parts;
    const late = new Promise<void>((resolve) => clock.after(SEND_ALL_MS, resolve));
    this.dispatcher.beginFlush();
    void Promise.race([admission.settled(0), late]).then(() => this.dispatcher.endFlush());
  }

  /** Resolves when the server takes nothing. */
  hopeless(): Promise<void> {
    return this.dispatcher.hopeless();
  }

  /** Sends nothing more. */
  stop(): void {
    this.dispatcher.stop();
  }

  #left(queue: DeviceQueue): Promise<void> {
    const before = queue.leave;
    return new Promise((resolve) => {
      queue.leave = () => {
        queue.leave = undefined;
        this.#drop(queue);
        before?.();
        resolve();
      };
    });
  }

  #drop(queue: DeviceQueue): Entry[] {
    const entries = entriesOf(queue);
    if (entries.length === 0) return entries;
    queue.sealed = [];
    queue.waiting.take(queue.waiting.length);
    this.parts.admission.forgotten(entries);
    this.parts.emptied(queue);
    return entries;
  }
}

function entriesOf({ sealed, waiting }: DeviceQueue): Entry[] {
  const entries = sealed.flatMap((request) => request.entries);
  for (let i = 0; i < waiting.length; i++) entries.push(waiting.at(i) as Entry);
  return entries;
}
