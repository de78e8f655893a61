import { Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { CartModule } from './cart/cart.module.js';
import { CatalogueModule } from './catalogue/catalogue.module.js';
import { CheckoutModule } from './checkout/checkout.module.js';
import { JobsModule } from './jobs/jobs.module.js';
import { ErrorPageFilter } from './pages/error-page.filter.js';
import { PagesModule } from './pages/pages.module.js';
import { SettingsModule } from './settings.module.js';
import { TelemetryModule } from './telemetry/telemetry.module.js';
import { VisitorsModule } from './visitors/visitors.module.js';

@Module({
  imports: [
    SettingsModule,
    TelemetryModule,
    PagesModule,
    VisitorsModule,
    CatalogueModule,
    CartModule,
    CheckoutModule,
    JobsModule,
  ],
  providers: [{ provide: APP_FILTER, useClass: ErrorPageFilter }],
})
export class ShopModule {}
