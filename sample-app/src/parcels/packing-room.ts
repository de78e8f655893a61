import { setTimeout as wait } from 'node:timers/promises';
import { Processor, WorkerHost } from '@nestjs/bullmq';
import { Logger } from '@nestjs/common';
import type { Job } from 'bullmq';
import { ReportErrors, Trace, TrackEvent } from 'countly-weave';
import { PARCELS, type Parcel } from './parcel-desk.js';

const PACK_MS = 5;

/** Packs what is on the queue. CountlyModule reads the carrier of each job, so all of this belongs to who ordered. */
@Processor(PARCELS, { concurrency: 5 })
export class PackingRoom extends WorkerHost {
  readonly #logger = new Logger('Packing');

  @TrackEvent('parcel_sent', { segmentation: ({ args: [{ data }] }) => ({ items: data.items }) })
  @Trace('pack_parcel')
  @ReportErrors()
  override async process(job: Job<Parcel>): Promise<void> {
    await wait(PACK_MS * job.data.items);
    this.#logger.log(`Packed ${job.data.orderId}`);
  }
}
