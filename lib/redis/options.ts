import type { Redis } from 'ioredis';
import { described, isObject, member } from '../check.js';
import * as is from '../config/schema.js';
import { type ConfigProblem, CountlyConfigError } from '../errors.js';

/** Options of `redisFleet`. One of `client` and `url` is needed. */
export interface RedisFleetOptions {
  /** A client of ioredis (no Cluster), whose settings are taken; the fleet opens a connection of its own. */
  readonly client?: Redis | undefined;
  /** Address of Redis, such as `redis://:password@redis.internal:6379/2`. */
  readonly url?: string | undefined;
  /**
   * Beginning of all names in Redis. Whoever shares it must report to the same app and server.
   * @default made of the server's address and the app key, so that two apps never meet
   */
  readonly prefix?: string | undefined;
  /**
   * Parts that the devices are divided into; one process at a time sends a part, so this is how many may send. The number that
   * the first process gave holds for all.
   * @default 16
   */
  readonly lanes?: number | undefined;
  /** Whether this process sends; else it hands over only, and others or relays send. @default true */
  readonly send?: boolean | undefined;
  /** Entries that may wait in Redis; what is beyond waits in the processes. @default 1000000 */
  readonly maxEntries?: number | undefined;
  /** Bytes that may wait in Redis, about. @default 1073741824 (1 GB) */
  readonly maxBytes?: number | undefined;
  /** Milliseconds after which another process takes over what one sent that gives no sign of life. @default 5000 */
  readonly leaseTime?: number | undefined;
  /**
   * Seconds beyond `deviceIdleTimeout` that Redis keeps what is known of a visitor: open view, session, consent.
   * @default 86400
   */
  readonly visitorTtl?: number | undefined;
}

/** The options with their defaults. */
export interface FleetSettings {
  readonly address: Redis | string;
  readonly prefix: string | undefined;
  readonly lanes: number;
  readonly send: boolean;
  readonly maxEntries: number;
  readonly maxBytes: number;
  readonly leaseTime: number;
  /** What is usual says the store of visitors, whatever it runs on. */
  readonly visitorTtl: number | undefined;
}

const MOST_LANES = 1024;

const redis = is.instanceOf("ioredis' Redis", 'duplicate', 'pipeline', 'connect');
const client: is.Rule = { ...redis, expected: `${redis.expected} (no Cluster)`, test: isSingle };
const MEMBERS: is.Members = {
  client,
  url: { expected: 'a redis:// or rediss:// URL', test: isAddress, shows: 'address' },
  prefix: is.pattern('a text without blanks and braces', /^[^\s{}]{1,100}$/, 'plain'),
  lanes: is.whole(1, MOST_LANES),
  send: is.flag,
  maxEntries: is.whole(1),
  maxBytes: is.whole(1024, Number.MAX_SAFE_INTEGER, 'bytes'),
  leaseTime: is.milliseconds(500),
  visitorTtl: is.seconds(1),
};

/** @throws CountlyConfigError with every problem of the options */
export function fleetSettings(options: RedisFleetOptions): FleetSettings {
  const given: unknown = options;
  if (!isObject(given)) throw problem({ option: 'redisFleet', expected: 'an object', actual: described(given) });
  const problems = is.problemsIn(given, MEMBERS, 'redisFleet.');
  const both = { option: 'redisFleet.client', expected: 'either a client or a url', actual: 'both' };
  if (options.client !== undefined && options.url !== undefined) problems.push(both);
  const address = options.client ?? options.url;
  if (address === undefined) {
    problems.push({ option: 'redisFleet.url', expected: 'the address of Redis, or a client', actual: 'nothing' });
  }
  if (address === undefined || problems.length > 0) throw problem(...problems);
  const { prefix, lanes = 16, send = true, maxEntries = 1_000_000, maxBytes = 1024 ** 3, leaseTime = 5000 } = options;
  return { address, prefix, lanes, send, maxEntries, maxBytes, leaseTime, visitorTtl: options.visitorTtl };
}

/** A number of lanes that stands in Redis; undefined for none that an option could have given. */
export function lanesFrom(stored: unknown): number | undefined {
  const lanes = typeof stored === 'string' ? Number(stored) : undefined;
  return Number.isSafeInteger(lanes) && (lanes as number) >= 1 && (lanes as number) <= MOST_LANES ? lanes : undefined;
}

function problem(...problems: readonly ConfigProblem[]): CountlyConfigError {
  return new CountlyConfigError(problems);
}

/** Copies of a Cluster are made in another way, and its connections would hold the process. */
function isSingle(value: unknown): boolean {
  return redis.test(value) && member(value, 'isCluster') !== true;
}

function isAddress(value: unknown): boolean {
  if (typeof value !== 'string' || !/^rediss?:\/\//i.test(value) || !URL.canParse(value)) return false;
  const { username, password, pathname } = new URL(value);
  try {
    decodeURIComponent(username + password);
  } catch {
    return false;
  }
  return /^\/?\d*$/.test(pathname);
}
