import { Module } from '@nestjs/common';
import { CountlyModule } from 'countly-weave/nest';
import { countlyOptions } from './countly-options.js';
import { DeliveryReport } from './delivery-report.js';
import { HealthController } from './health.controller.js';

/** All of the shop's wiring of Countly. The decorators on its services need nothing else. */
@Module({
  imports: [CountlyModule.forRootAsync({ useFactory: () => countlyOptions(process.env) })],
  controllers: [HealthController],
  providers: [DeliveryReport],
})
export class TelemetryModule {}
