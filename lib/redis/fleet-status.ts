import { CountlyError } from '../errors.js';
import type { FleetStatus, LaneStatus, PodStatus } from '../outbox/fleet.js';
import { DROP_REASONS } from '../outbox/ledger.js';
import type { Keys } from './keys.js';
import type { RedisLink } from './link.js';

/** Reads the state of a fleet, all of it at one moment. */
export async function readStatus(link: RedisLink, keys: Keys, lanes: number): Promise<FleetStatus> {
  const all = Array.from({ length: lanes }, (_, lane) => [keys.lane(lane), keys.lease(lane)]).flat();
  const names = [keys.ledger(), keys.pods(), ...all];
  const reply = await link.call({ script: 'STATUS', keys: names, args: [keys.pod('')] });
  if (!Array.isArray(reply))
    throw new CountlyError('STORAGE_FAILED', 'The state of the fleet cannot be read: Redis does not answer.');
  const [ledger, pods, found] = reply as [string[], [string, string[]][], [string, number, string][]];
  return statusOf(numbersOf(ledger), pods, found);
}

function statusOf(
  own: ReadonlyMap<string, string>,
  pods: readonly (readonly [string, readonly string[]])[],
  lanes: readonly (readonly [string, number, string])[],
): FleetStatus {
  const said = pods.map(([id, fields]) => [id, numbersOf(fields)] as const);
  const sum = (field: string) =>
    [own, ...said.map(([, numbers]) => numbers)].reduce((total, numbers) => total + numberIn(numbers, field), 0);
  const waiting = said.reduce((total, [, numbers]) => total + numberIn(numbers, 'waiting'), 0);
  const counts = DROP_REASONS.map((reason) => [reason, sum(`dropped:${reason}`)] as const);
  const dropped = counts.filter(([, count]) => count > 0);
  const ofPods = said.reduce((total, [, numbers]) => total + ownCount(numbers), 0);
  return {
    ledger: {
      accepted: numberIn(own, 'accepted') + waiting + ofPods,
      delivered: sum('delivered'),
      pending: numberIn(own, 'pending') + waiting,
      dropped: Object.fromEntries(dropped),
    },
    entries: numberIn(own, 'entries'),
    bytes: numberIn(own, 'bytes'),
    lanes: lanes.map(([lease, entries, meta], lane): LaneStatus => {
      const holder = lease === '' ? undefined : lease.slice(0, lease.lastIndexOf(':'));
      return { lane, holder, entries, oldest: meta === '' ? undefined : Number.parseInt(meta, 10) };
    }),
    pods: said.map(
      ([id, numbers]): PodStatus => ({
        id,
        host: numbers.get('host') ?? '',
        sends: numbers.get('sends') === '1',
        waiting: numberIn(numbers, 'waiting'),
      }),
    ),
  };
}

/** What ended in a process without coming to Redis. */
function ownCount(numbers: ReadonlyMap<string, string>): number {
  const fields = ['delivered', ...DROP_REASONS.map((reason) => `dropped:${reason}`)];
  return fields.reduce((total, field) => total + numberIn(numbers, field), 0);
}

function numbersOf(fields: readonly string[]): ReadonlyMap<string, string> {
  return new Map(fields.flatMap((field, i) => (i % 2 === 0 ? [[field, fields[i + 1] ?? ''] as const] : [])));
}

function numberIn(numbers: ReadonlyMap<string, string>, field: string): number {
  const number = Number(numbers.get(field) ?? 0);
  return Number.isFinite(number) ? number : 0;
}
