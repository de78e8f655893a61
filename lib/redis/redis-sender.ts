import type { RequestSender } from '../outbox/port.js';
import type { Delivery } from '../protocol/answer.js';
import type { SealedRequest } from '../protocol/entry.js';
import type { EntryGroup, GroupResult } from './commit.js';

/** What a sender needs of the process it works in. */
export interface RedisSenderPort {
  commit(groups: readonly EntryGroup[]): Promise<readonly GroupResult[]>;
  groupOf(request: SealedRequest): EntryGroup;
  /** Sends to the Countly server itself, and counts it. */
  direct(request: SealedRequest): Promise<Delivery>;
  /** Whether Redis took what it was given last. */
  told(takes: boolean): void;
}

const DELIVERED: Delivery = { kind: 'delivered' };

/** Hands requests over to the fleet in place of the Countly server: their entries, for the bytes are fixed by who sends them. */
export class RedisSender implements RequestSender {
  constructor(private readonly port: RedisSenderPort) {}

  single(request: SealedRequest): Promise<Delivery> {
    // Its file is on this machine.
    if (request.entries[0]?.kind === 'picture') return this.port.direct(request);
    return this.bulk([request]);
  }

  async bulk(requests: readonly SealedRequest[]): Promise<Delivery> {
    const results = await this.port.commit(requests.map((request) => this.port.groupOf(request)));
    const failed = results.find(({ kind }) => kind !== 'added' && kind !== 'known');
    this.port.told(failed === undefined);
    if (failed === undefined) return DELIVERED;
    // What was added is known next time.
    const reason = failed.kind === 'failed' ? failed.reason : 'the fleet holds as much as it may';
    return { kind: 'retry', reason, unreachable: true };
  }
}
