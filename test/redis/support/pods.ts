import type { CountlyOptions } from '../../../lib/config/options.js';
import { silentLogger } from '../../../lib/logger.js';
import { redisFleet } from '../../../lib/redis/index.js';
import type { RedisFleetOptions } from '../../../lib/redis/options.js';
import { Countly } from '../../../lib/scope/countly.js';
import { CountlyServer, type LogicalRequest } from '../../support/countly-server.js';
import { Redis } from '../../support/redis.js';

/** A Redis, a server, and processes of a fleet – as far as one process can be several. */
export class Fleet {
  readonly redis: Redis;
  readonly server = new CountlyServer();
  /** Every request that the server took, in order. */
  readonly seen: LogicalRequest[] = [];
  readonly warnings: string[] = [];
  readonly #pods: Countly[] = [];

  constructor(folder?: string) {
    this.redis = new Redis(folder);
  }

  async start(): Promise<void> {
    await this.redis.start();
    await this.server.start();
    this.server.script = ({ entries }) => {
      this.seen.push(...entries);
      return undefined;
    };
  }

  async stop(): Promise<void> {
    await Promise.all(this.#pods.map((pod) => pod.close({ timeout: 0 })));
    await this.redis.stop();
    await this.server.stop();
  }

  pod(fleet: Partial<RedisFleetOptions> = {}, options: CountlyOptions = {}): Countly {
    const pod = new Countly({
      url: this.server.url,
      appKey: 'APP',
      deviceId: 'host',
      durability: 'memory',
      logger: { ...silentLogger, warn: (text) => this.warnings.push(text), error: (text) => this.warnings.push(text) },
      flushInterval: 50,
      serverSettings: false,
      healthCheck: false,
      fleet: redisFleet({ url: this.redis.url, leaseTime: 500, ...fleet }),
      ...options,
    });
    this.#pods.push(pod);
    return pod;
  }

  /** Keys of the events of a device in the order the server took them. */
  keysOf(deviceId: string): string[] {
    const own = this.seen.filter((request) => request.device_id === deviceId);
    return own.flatMap(({ events }) => (events ?? []).map(({ key }) => key));
  }
}
