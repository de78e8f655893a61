import { Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { CartModule } from '../cart/cart.module.js';
import { AbandonedCartJob } from './abandoned-cart.job.js';

@Module({ imports: [ScheduleModule.forRoot(), CartModule], providers: [AbandonedCartJob] })
export class JobsModule {}
