import { createParamDecorator, type ExecutionContext, Inject } from '@nestjs/common';
import { getCountlyToken } from './countly.constants.js';
import { scopeOf } from './scope/unit-of-execution.js';

/**
 * Injects a client. The unnamed one can be injected by its class as well.
 *
 * @param name - name given to `CountlyModule.forRoot`. Default: the unnamed client
 * @example
 * ```ts
 * import { Injectable } from '@nestjs/common';
 * import { Countly } from 'countly-weave';
 * import { InjectCountly } from 'countly-weave/nest';
 *
 * @Injectable()
 * class Invoices {
 *   constructor(@InjectCountly('billing') private readonly billing: Countly) {}
 *   paid(customer: string): void {
 *     this.billing.device(customer).addEvent('invoice_paid');
 *   }
 * }
 * ```
 */
export function InjectCountly(name?: string): ParameterDecorator & PropertyDecorator {
  return Inject(getCountlyToken(name));
}

/**
 * Gives a handler the device id the request is recorded under; `undefined` when it has no scope, or belongs to nobody.
 *
 * @example
 * ```ts
 * import { Controller, Get } from '@nestjs/common';
 * import { CountlyDeviceId } from 'countly-weave/nest';
 *
 * @Controller('me')
 * class Me {
 *   @Get()
 *   show(@CountlyDeviceId() deviceId: string | undefined): { deviceId: string | undefined } {
 *     return { deviceId };
 *   }
 * }
 * ```
 */
export const CountlyDeviceId: (...dataOrPipes: unknown[]) => ParameterDecorator = createParamDecorator(
  (_data: unknown, execution: ExecutionContext): string | undefined => scopeOf(execution)?.deviceId || undefined,
);

/**
 * Gives a handler the scope of the request (`DeviceScope`), to record by hand; `undefined` when there is none.
 *
 * @example
 * ```ts
 * import { Controller, Post } from '@nestjs/common';
 * import type { DeviceScope } from 'countly-weave';
 * import { CurrentScope } from 'countly-weave/nest';
 *
 * @Controller('wishes')
 * class Wishes {
 *   @Post()
 *   add(@CurrentScope() scope: DeviceScope | undefined): void {
 *     scope?.addEvent('wish_added');
 *   }
 * }
 * ```
 */
export const CurrentScope: (...dataOrPipes: unknown[]) => ParameterDecorator = createParamDecorator(
  (_data: unknown, execution: ExecutionContext) => scopeOf(execution),
);
