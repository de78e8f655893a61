import { Inject, Injectable } from '@nestjs/common';
import type { Countly } from '../lib/index.js';
import { counted } from '../lib/internal.js';
import { CountlyRuntime } from './countly.runtime.js';

/** When the queue counts as unhealthy. */
export interface CountlyHealthOptions {
  /** Entries that may wait before the result is `down`. @default no limit: telemetry must not take an application down */
  readonly maxPending?: number;
  /** Milliseconds the oldest entry may wait before the result is `down`. @default no limit */
  readonly maxPendingAge?: number;
}

/** What is known of a client's queue, in the shape `@nestjs/terminus` expects of a health indicator. */
export interface CountlyHealth {
  /** `down` only beyond a limit that was given. */
  readonly status: 'up' | 'down';
  /** Entries accepted since the start, and where they are now. */
  readonly accepted: number;
  /** Entries the server took. */
  readonly delivered: number;
  /** Entries that wait. */
  readonly pending: number;
  /** Entries given up. */
  readonly dropped: number;
  /** Dropped entries by reason. */
  readonly droppedBy: Readonly<Record<string, number>>;
  /** When the server last took something, as an ISO 8601 date; `null` before. */
  readonly lastDelivery: string | null;
  /** Milliseconds the entry has waited that waits longest; `null` while nothing waits, or while it is not known. */
  readonly oldestPendingAge: number | null;
  /** Which limit is exceeded. */
  readonly message?: string;
}

/**
 * Health of the delivery to Countly, for `@nestjs/terminus` 11 and later or any other endpoint. Needs no import of terminus.
 *
 * @example
 * ```ts
 * import { Controller, Get } from '@nestjs/common';
 * import { CountlyHealthIndicator } from 'countly-weave/nest';
 *
 * @Controller('health')
 * class HealthController {
 *   constructor(private readonly countly: CountlyHealthIndicator) {}
 *
 *   // With terminus: return this.health.check([() => this.countly.isHealthy()]);
 *   @Get()
 *   check() {
 *     return this.countly.isHealthy('countly', { maxPending: 50_000 });
 *   }
 * }
 * ```
 */
@Injectable()
export class CountlyHealthIndicator {
  readonly #client: Countly;

  /** @internal made by Nest */
  constructor(@Inject(CountlyRuntime) runtime: CountlyRuntime) {
    this.#client = runtime.client;
  }

  /** @param key - under which terminus shows the result. Default `countly` */
  isHealthy<Key extends string = 'countly'>(
    key: Key = 'countly' as Key,
    options: CountlyHealthOptions = {},
  ): Record<Key, CountlyHealth> {
    const { accepted, delivered, pending, dropped, lastDeliveryAt, oldestPendingAge = null } = this.#client.stats();
    const counts = {
      accepted,
      delivered,
      pending,
      dropped: Object.values(dropped).reduce((sum, count) => sum + count, 0),
      droppedBy: dropped as Readonly<Record<string, number>>,
      lastDelivery: lastDeliveryAt === undefined ? null : new Date(lastDeliveryAt).toISOString(),
      oldestPendingAge,
    };
    const message = problemOf(pending, oldestPendingAge, options);
    const health: CountlyHealth =
      message === undefined ? { status: 'up', ...counts } : { status: 'down', ...counts, message };
    return { [key]: health } as Record<Key, CountlyHealth>;
  }
}

function problemOf(pending: number, age: number | null, options: CountlyHealthOptions): string | undefined {
  const { maxPending = Number.POSITIVE_INFINITY, maxPendingAge = Number.POSITIVE_INFINITY } = options;
  if (pending > maxPending)
    return `${counted(pending, 'entry')} ${pending === 1 ? 'waits' : 'wait'}; ${maxPending} may`;
  if (age !== null && age > maxPendingAge) return `an entry has waited for ${age} ms; ${maxPendingAge} ms it may`;
  return undefined;
}
