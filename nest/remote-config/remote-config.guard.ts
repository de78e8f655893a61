import { isDeepStrictEqual } from 'node:util';
import {
  applyDecorators,
  type CanActivate,
  type ExecutionContext,
  ForbiddenException,
  UseGuards,
} from '@nestjs/common';
import { checkRemoteConfig, type RemoteConfigOptions, remoteValue } from './remote-value.js';

class RemoteConfigGuard implements CanActivate {
  readonly #key: string;
  readonly #wanted: unknown;
  readonly #options: RemoteConfigOptions;

  constructor(key: string, wanted: unknown, options: RemoteConfigOptions) {
    this.#key = key;
    this.#wanted = wanted;
    this.#options = options;
  }

  async canActivate(execution: ExecutionContext): Promise<boolean> {
    const value = await remoteValue(execution, this.#key, this.#options);
    const isOn = this.#wanted === undefined ? Boolean(value) : isDeepStrictEqual(value, this.#wanted);
    if (isOn) return true;
    throw new ForbiddenException(`Not switched on for you: ${this.#key}`);
  }
}

/**
 * Lets only visitors in for whom a remote config value is set (docs/protocol.md §10.1), and answers 403 to everybody else: for
 * handlers that an operator switches on, for all or for some. What the server does not say is off.
 *
 * Guards run before a user is known that a guard leaves on the request: with `fromUser`, the value is that of whom the other
 * resolvers name.
 *
 * @param value - what it has to be. Default: anything but `false`, 0, an empty text and nothing
 * @throws CountlyDecoratorError where it stands, for a key or options that are none
 * @example
 * ```ts
 * import { Controller, Get } from '@nestjs/common';
 * import { RequireRemoteConfig } from 'countly-weave/nest';
 *
 * @Controller('express-checkout')
 * @RequireRemoteConfig('checkout', 'express')
 * class ExpressCheckout {
 *   @Get()
 *   @RequireRemoteConfig('express_open')
 *   show(): string {
 *     return 'one click';
 *   }
 * }
 * ```
 */
export function RequireRemoteConfig(
  key: string,
  value?: unknown,
  options: RemoteConfigOptions = {},
): ClassDecorator & MethodDecorator {
  checkRemoteConfig('@RequireRemoteConfig', key, options);
  return applyDecorators(UseGuards(new RemoteConfigGuard(key, value, options)));
}
