import { Global, Module } from '@nestjs/common';
import { readShopSettings, SETTINGS } from './settings.js';

@Global()
@Module({
  providers: [{ provide: SETTINGS, useFactory: () => readShopSettings(process.env) }],
  exports: [SETTINGS],
})
export class SettingsModule {}
