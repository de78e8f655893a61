import type { Redis as Client } from 'ioredis';
import type { StoredVisitor, VisitorGroup, VisitorOutcome, VisitorStore } from '../../lib/scope/visitor-store.js';

/**
 * The least that keeps the contract of a store: a hash a visitor, and one list of what was accepted. Versions are Redis's own
 * time, so that a state that was forgotten and made anew is not taken for the one before.
 *
 * KEYS the list, then a visitor each; ARGV number of visitors, then version, state and milliseconds to live of each, then bodies
 */
const COMMIT = `
local count = tonumber(ARGV[1])
local current, differs = {}, false
for i = 1, count do
  local known = redis.call('HMGET', KEYS[1 + i], 'v', 's')
  current[2 * i - 1] = known[1] or '0'
  current[2 * i] = known[2] or ''
  if current[2 * i - 1] ~= ARGV[3 * i - 1] then differs = true end
end
if differs then return { 'conflict', unpack(current) } end
local time = redis.call('TIME')
local versions = {}
for i = 1, count do
  local version = math.max(time[1] * 1000000 + time[2], tonumber(current[2 * i - 1]) + 1)
  versions[i] = string.format('%.0f', version)
  redis.call('HSET', KEYS[1 + i], 'v', versions[i], 's', ARGV[3 * i])
  redis.call('PEXPIRE', KEYS[1 + i], ARGV[3 * i + 1])
end
for i = 2 + 3 * count, #ARGV do redis.call('RPUSH', KEYS[1], ARGV[i]) end
return { 'stored', unpack(versions) }
`;

/** A store of visitors on a real Redis. */
export class RedisVisitorStore implements VisitorStore {
  constructor(
    private readonly client: Client,
    private readonly prefix: string,
  ) {}

  async commit(groups: readonly VisitorGroup[]): Promise<readonly VisitorOutcome[]> {
    return Promise.all(groups.map((group) => this.#commit(group)));
  }

  /** What was accepted, in order. */
  accepted(): Promise<string[]> {
    return this.client.lrange(`${this.prefix}accepted`, 0, -1);
  }

  async #commit({ changes, entries }: VisitorGroup): Promise<VisitorOutcome> {
    const keys = [`${this.prefix}accepted`, ...changes.map(({ deviceId }) => `${this.prefix}v:${deviceId}`)];
    const states = changes.flatMap(({ version, state, ttlMs }) => [version, state, ttlMs]);
    const bodies = entries.map(({ kind, body }) => (kind === 'event' ? body : `{${body}}`));
    const reply = await this.client.eval(COMMIT, keys.length, ...keys, changes.length, ...states, ...bodies);
    const [kind, ...rest] = reply as string[];
    if (kind === 'stored') return { kind, versions: rest.map(Number) };
    const current: StoredVisitor[] = [];
    for (let i = 0; i < rest.length; i += 2) current.push({ version: Number(rest[i]), state: rest[i + 1] ?? '' });
    return { kind: 'conflict', current };
  }
}
