import type { Entry } from '../protocol/entry.js';
import type { Admission } from './admission.js';
import type { CircuitBreaker } from './circuit-breaker.js';
import type { DeviceQueue, DeviceQueues } from './device-queues.js';
import type { MergeOrder } from './merge-order.js';
import type { OutboxPort } from './port.js';
import type { Requests } from './requests.js';
import type { Schedule } from './schedule.js';

/** What the parts of an outbox that move entries need of each other. */
export interface OutboxParts extends OutboxPort {
  readonly admission: Admission;
  readonly queues: DeviceQueues;
  readonly schedule: Schedule;
  readonly order: MergeOrder;
  readonly requests: Requests;
  readonly breaker: CircuitBreaker;
  /** Pumps when the host has had its turn. */
  pumpSoon(): void;
  /** A device has nothing more to send. */
  emptied(queue: DeviceQueue): void;
  /** Takes an entry that waited for the id of its device, if that is known now. */
  named(entry: Entry): boolean;
}
