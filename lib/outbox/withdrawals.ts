import type { Entry } from '../protocol/entry.js';
import type { Admission } from './admission.js';
import type { DeviceQueue } from './device-queues.js';

interface Withdrawal {
  readonly features: ReadonlySet<string>;
  /** Entries up to this id are meant; what was recorded later was agreed to again. */
  readonly upTo: number;
}

/** What people took back while entries of theirs stood unread in the storage. */
export class Withdrawals {
  readonly #noted = new Map<string, Withdrawal[]>();

  note(deviceId: string, features: ReadonlySet<string>, upTo: number): void {
    this.#noted.set(deviceId, [...(this.#noted.get(deviceId) ?? []), { features, upTo }]);
  }

  /** Drops what was recovered meanwhile. Requests that were sealed lose those entries when they are sealed anew. */
  apply(queue: DeviceQueue, admission: Admission): void {
    const noted = this.#noted.get(queue.deviceId);
    if (noted === undefined) return;
    const withdrawn = ({ id, feature }: Entry): boolean =>
      noted.some(({ features, upTo }) => id <= upTo && features.has(feature));
    admission.dropped(
      queue.waiting.reject((entry) => !withdrawn(entry)),
      'consent',
    );
  }

  clear(): void {
    this.#noted.clear();
  }
}
