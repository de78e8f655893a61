import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type ContextScope, contextScope, type RegisteredClient, registeredClient } from '../../lib/internal.js';
import { scopeOf } from '../scope/unit-of-execution.js';
import { carriersOf } from './carriers.js';

/** Header that takes a carrier to another service. */
export const CARRIER_HEADER = 'x-countly-carrier';

/**
 * A signed text that says whose work this is, to be put into a job, a message or a header: a worker's events then belong
 * to the person who caused them. It holds the device id and what the person agreed to, readable but not changeable by
 * others. `undefined` where there is nothing to carry: outside of every scope, for the process's own device, or without
 * the option `carrier`.
 *
 * @param scope - default: the scope of the running code
 * @example
 * ```ts
 * import { countlyCarrier } from 'countly-weave/nest';
 *
 * interface Queue { add(name: string, data: object): Promise<unknown> }
 * async function sendReceipt(queue: Queue, order: string): Promise<void> {
 *   // The field `countly` is recognised by BullMQ processors, RPC handlers and event handlers by themselves.
 *   await queue.add('receipt', { order, countly: countlyCarrier() });
 * }
 * ```
 */
export function countlyCarrier(scope: ContextScope | undefined = contextScope()): string | undefined {
  return scope === undefined ? undefined : carriersOf(scope.client)?.issue(scope);
}

/**
 * Gives a handler the carrier of its request; see {@link countlyCarrier}.
 *
 * @example
 * ```ts
 * import { Controller, Inject, Post } from '@nestjs/common';
 * import { CountlyCarrier } from 'countly-weave/nest';
 *
 * interface Queue { add(name: string, data: object): Promise<unknown> }
 *
 * @Controller('orders')
 * class Orders {
 *   constructor(@Inject('MAILS') private readonly mails: Queue) {}
 *
 *   @Post()
 *   async order(@CountlyCarrier() countly: string | undefined): Promise<void> {
 *     await this.mails.add('receipt', { countly });
 *   }
 * }
 * ```
 */
export const CountlyCarrier: (...dataOrPipes: unknown[]) => ParameterDecorator = createParamDecorator(
  (_data: unknown, execution: ExecutionContext) => {
    const scope = scopeOf(execution);
    return scope === undefined ? undefined : countlyCarrier(scope);
  },
);

/**
 * Headers for a request to a service of your own; empty when there is nothing to carry. Never send them to a host you do
 * not trust with your visitors' ids.
 *
 * @param scope - default: the scope of the running code
 * @example
 * ```ts
 * import { carrierHeaders } from 'countly-weave/nest';
 *
 * const stockOf = (item: number) =>
 *   fetch(`http://stock.internal/items/${item}`, { headers: { ...carrierHeaders() } });
 * ```
 */
export function carrierHeaders(scope?: ContextScope): Record<string, string> {
  const carrier = countlyCarrier(scope);
  return carrier === undefined ? {} : { [CARRIER_HEADER]: carrier };
}

/**
 * Runs `fn` in the scope a carrier names, for consumers that Nest does not call. With a carrier that is missing, forged
 * or too old, `fn` runs where it stands.
 *
 * @param client - who reads the carrier. Default: the client of the running scope, else the unnamed one
 * @example
 * ```ts
 * import { withCarrier } from 'countly-weave/nest';
 *
 * function onKafkaMessage(message: { countly?: string; order: string }, handle: (order: string) => void): void {
 *   withCarrier(message.countly, () => handle(message.order));
 * }
 * ```
 */
export function withCarrier<T>(carrier: string | null | undefined, fn: () => T, client?: RegisteredClient): T {
  const from = client ?? contextScope()?.client ?? registeredClient();
  const carriers = carriersOf(from);
  const scope = carriers?.scopeOf(carrier);
  return scope === undefined || carriers === undefined ? fn() : carriers.run(scope, fn);
}
