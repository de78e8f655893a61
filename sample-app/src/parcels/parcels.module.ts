import { BullModule, InjectQueue } from '@nestjs/bullmq';
import { type DynamicModule, Injectable, Logger, Module } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { countlyCarrier } from 'countly-weave/nest';
import { PARCELS, type Parcel, ParcelDesk } from './parcel-desk.js';

/** Puts parcels on a queue, each with a carrier: the worker in another process knows whose they are. */
@Injectable()
class QueuedParcels extends ParcelDesk {
  readonly #logger = new Logger('Parcels');

  constructor(@InjectQueue(PARCELS) private readonly queue: Queue<Parcel>) {
    super();
  }

  override handOver(orderId: string, items: number): void {
    const countly = countlyCarrier();
    const parcel: Parcel = { orderId, items, ...(countly === undefined ? {} : { countly }) };
    this.queue.add('pack', parcel, { removeOnComplete: true }).catch((error: unknown) => this.#logger.error(error));
  }
}

/** For a shop without a Redis. */
class NoParcels extends ParcelDesk {
  override handOver(): void {}
}

@Module({})
// biome-ignore lint/complexity/noStaticOnlyClass: Nest takes classes for modules
export class ParcelsModule {
  static forRedis(url: string | undefined): DynamicModule {
    if (url === undefined) {
      return {
        module: ParcelsModule,
        providers: [{ provide: ParcelDesk, useClass: NoParcels }],
        exports: [ParcelDesk],
      };
    }
    return {
      module: ParcelsModule,
      imports: [BullModule.forRoot({ connection: { url } }), BullModule.registerQueue({ name: PARCELS })],
      providers: [{ provide: ParcelDesk, useClass: QueuedParcels }],
      exports: [ParcelDesk],
    };
  }
}
