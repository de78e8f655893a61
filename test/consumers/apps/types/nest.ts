import { Controller, Module } from '@nestjs/common';
import {
  CountlyDeviceId,
  CountlyModule,
  type CountlyModuleOptions,
  fromCookie,
  fromHeader,
  RemoteConfig,
  RequireRemoteConfig,
} from 'countly-weave/nest';

const options: CountlyModuleOptions = { deviceId: [fromCookie('visitor'), fromHeader('x-visitor-id')] };

@Controller()
export class Home {
  greet(@CountlyDeviceId() visitor: string): string {
    return visitor;
  }

  @RequireRemoteConfig('beta', true, { maxAge: 60 })
  beta(@RemoteConfig('label', 'Buy', { timeout: 100 }) label: string, @RemoteConfig('size') size: unknown): string {
    return `${label} ${String(size)}`;
  }
}

@RequireRemoteConfig('beta')
export class Beta {
  // @ts-expect-error a key is a text
  show(@RemoteConfig(17) label: string): string {
    return label;
  }

  // @ts-expect-error there is no such option
  @RequireRemoteConfig('beta', true, { patience: 100 })
  wait(): void {}
}

@Module({
  imports: [
    CountlyModule.forRoot(options),
    CountlyModule.forRootAsync({ name: 'billing', useFactory: async () => ({ appKey: 'billing' }) }),
  ],
  controllers: [Home],
})
export class AppModule {}

// @ts-expect-error a resolver is a function: the declarations were found and are strict
export const wrong: CountlyModuleOptions = { deviceId: 17 };
