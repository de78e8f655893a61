import { createParamDecorator, type ExecutionContext, type PipeTransform, type Type } from '@nestjs/common';
import { checkRemoteConfig, type RemoteConfigOptions, remoteValue } from './remote-value.js';

interface Wanted {
  readonly key: string;
  readonly fallback: unknown;
  readonly options: RemoteConfigOptions;
}

type Pipe = Type<PipeTransform> | PipeTransform;

const remoteConfigParameter = createParamDecorator(
  async ({ key, fallback, options }: Wanted, execution: ExecutionContext): Promise<unknown> => {
    const value = await remoteValue(execution, key, options);
    return fits(value, fallback) ? value : fallback;
  },
);

/**
 * Gives a handler a remote config value of the visitor who is served (docs/protocol.md §10.1). The first request of a visitor
 * asks the server, the others take what it said, for five minutes. The fallback takes the place of a value that is missing, late,
 * not agreed to, or of another type than the fallback: what an operator mistypes is no reason for a handler to break.
 *
 * @param fallback - also says what type the value has to have; `undefined` takes any
 * @throws CountlyDecoratorError where it stands, for a key or options that are none
 * @example
 * ```ts
 * import { Controller, Get } from '@nestjs/common';
 * import { RemoteConfig } from 'countly-weave/nest';
 *
 * @Controller('checkout')
 * class Checkout {
 *   @Get()
 *   show(@RemoteConfig('checkout_button', 'Buy now') label: string): { label: string } {
 *     return { label };
 *   }
 * }
 * ```
 */
export function RemoteConfig(
  key: string,
  fallback?: unknown,
  options: RemoteConfigOptions = {},
  ...pipes: readonly Pipe[]
): ParameterDecorator {
  checkRemoteConfig('@RemoteConfig', key, options);
  return remoteConfigParameter({ key, fallback, options }, ...pipes);
}

function fits(value: unknown, fallback: unknown): boolean {
  if (value === undefined || value === null) return false;
  if (fallback === undefined || fallback === null) return true;
  return typeof value === typeof fallback && Array.isArray(value) === Array.isArray(fallback);
}
