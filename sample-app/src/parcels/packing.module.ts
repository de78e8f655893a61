import { BullModule } from '@nestjs/bullmq';
import { type DynamicModule, Module } from '@nestjs/common';
import { CountlyModule } from 'countly-weave/nest';
import { workerOptions } from '../telemetry/countly-options.js';
import { DeliveryReport } from '../telemetry/delivery-report.js';
import { PackingRoom } from './packing-room.js';
import { PARCELS } from './parcel-desk.js';

@Module({})
// biome-ignore lint/complexity/noStaticOnlyClass: Nest takes classes for modules
export class PackingModule {
  static forRedis(url: string): DynamicModule {
    return {
      module: PackingModule,
      imports: [
        CountlyModule.forRootAsync({ useFactory: () => workerOptions(process.env) }),
        BullModule.forRoot({ connection: { url } }),
        BullModule.registerQueue({ name: PARCELS }),
      ],
      providers: [PackingRoom, DeliveryReport],
    };
  }
}
