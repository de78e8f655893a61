import { Controller, Module } from '@nestjs/common';
import { CountlyDeviceId, CountlyModule, type CountlyModuleOptions, fromCookie, fromHeader } from 'countly-weave/nest';

const options: CountlyModuleOptions = { deviceId: [fromCookie('visitor'), fromHeader('x-visitor-id')] };

@Controller()
export class Home {
  greet(@CountlyDeviceId() visitor: string): string {
    return visitor;
  }
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
