import type { Fleet } from '../outbox/fleet.js';
import { fleetSettings, type RedisFleetOptions } from './options.js';
import { prefixOf } from './prefix.js';
import { RedisOutbox } from './redis-outbox.js';

/**
 * A fleet on Redis: all processes of an application share one durable queue, and one of them at a time sends what belongs to a
 * device. Entries are in Redis within 20 ms of the call; while it is away or full they stay in the process and its journal.
 *
 * @throws CountlyConfigError with every problem of the options
 * @example
 * ```ts
 * import { Countly } from 'countly-weave';
 * import { redisFleet } from 'countly-weave/redis';
 *
 * const countly = Countly.init({
 *   url: 'http://127.0.0.1:6010',
 *   appKey: 'shop',
 *   fleet: redisFleet({ url: 'redis://127.0.0.1:6379' }),
 * });
 * void countly.close();
 * ```
 */
export function redisFleet(options: RedisFleetOptions): Fleet {
  const settings = fleetSettings(options);
  return {
    engine: 'redis',
    outbox(outboxOptions, port, client) {
      return new RedisOutbox({ ...settings, prefix: settings.prefix ?? prefixOf(client) }, outboxOptions, port, client);
    },
  };
}
