import { Countly } from 'countly-weave';
import { type RedisFleetOptions, redisFleet } from 'countly-weave/redis';

const options: RedisFleetOptions = { url: 'redis://127.0.0.1:6379', lanes: 8, send: false };

export function start(): Countly {
  return Countly.init({ url: 'https://countly.example.com', appKey: 'key', fleet: redisFleet(options) });
}

export async function waiting(client: Countly): Promise<number | undefined> {
  return (await client.fleet?.status())?.ledger.pending;
}

// @ts-expect-error lanes are a number: the declarations were found and are strict
export const wrong: RedisFleetOptions = { lanes: 'many' };
