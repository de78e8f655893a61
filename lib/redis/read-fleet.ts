import { systemClock } from '../clock.js';
import { CountlyError } from '../errors.js';
import { Reporter, silentLogger } from '../logger.js';
import type { FleetStatus } from '../outbox/fleet.js';
import { readStatus, unreadable } from './fleet-status.js';
import { Keys } from './keys.js';
import { RedisLink } from './link.js';
import { fleetSettings, lanesFrom, type RedisFleetOptions } from './options.js';
import { prefixOf } from './prefix.js';

/** Longest time for one answer, and until there is a connection: by then it is known why there is none. */
const ANSWER_MS = 4000;
const CONNECT_MS = 5000;

/** Which fleet is meant: by its prefix, or by the server and the app that it reports to. */
export type FleetStatusOptions = Pick<RedisFleetOptions, 'client' | 'url' | 'prefix'> & {
  readonly server?: { readonly url: string; readonly appKey: string } | undefined;
};

/**
 * The state of a fleet, for whoever does not belong to it.
 *
 * @throws CountlyConfigError for wrong options, CountlyError when Redis does not answer or there is no such fleet
 * @example
 * ```ts
 * import { fleetStatus } from 'countly-weave/redis';
 *
 * const { ledger } = await fleetStatus({ url: 'redis://127.0.0.1:6379', prefix: 'shop' });
 * console.log(ledger.pending);
 * ```
 */
export async function fleetStatus({ server, ...options }: FleetStatusOptions): Promise<FleetStatus> {
  const settings = fleetSettings(options);
  const keys = new Keys(settings.prefix ?? prefixOf(server ?? { url: '', appKey: '' }));
  const link = new RedisLink(settings.address, systemClock, new Reporter(silentLogger, Date.now), ANSWER_MS, true);
  try {
    await opened(link);
    const lanes = lanesFrom(await link.call(['hget', keys.meta(), 'lanes']));
    if (lanes === undefined) {
      if (link.reason !== undefined) throw unreadable(link, 'Redis does not answer');
      throw new CountlyError(
        'STORAGE_FAILED',
        'There is no such fleet in this Redis; check the prefix, or url and app key.',
      );
    }
    return await readStatus(link, keys, lanes);
  } finally {
    link.close();
  }
}

function opened(link: RedisLink): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = systemClock.after(CONNECT_MS, () => reject(unreadable(link, 'Redis cannot be reached')), true);
    link.onReady(() => {
      cancel();
      resolve();
    });
    link.open();
  });
}
