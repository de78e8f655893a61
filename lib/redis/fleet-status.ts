import { isList } from '../check.js';
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
  if (!Array.isArray(reply)) throw unreadable(link, 'Redis does not answer');
  const [ledger, pods, found] = reply as unknown[];
  return statusFrom(ledger, pods, found);
}

/** The reason is the one that Redis or the network gave last, if there was any. */
export function unreadable({ reason }: RedisLink, problem: string): CountlyError {
  const why = reason === undefined ? '' : ` (${reason})`;
  return new CountlyError('STORAGE_FAILED', `The state of the fleet cannot be read: ${problem}${why}.`);
}

/** Of what Redis answers, which may be anything. */
export function statusFrom(ledger: unknown, pods: unknown, lanes: unknown): FleetStatus {
  const own = numbersOf(ledger);
  const said = listOf(pods).map((pod) => [textOf(listOf(pod)[0]), numbersOf(listOf(pod)[1])] as const);
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
    lanes: listOf(lanes).map((one, lane): LaneStatus => {
      const [lease, count, meta] = listOf(one).map(textOf);
      const holder = !lease ? undefined : lease.slice(0, lease.lastIndexOf(':'));
      const oldest = Number.parseInt(meta ?? '', 10);
      return { lane, holder, entries: finite(count), oldest: Number.isFinite(oldest) ? oldest : undefined };
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

function numbersOf(fields: unknown): ReadonlyMap<string, string> {
  const texts = listOf(fields).map(textOf);
  return new Map(texts.flatMap((field, i) => (i % 2 === 0 ? [[field, texts[i + 1] ?? ''] as const] : [])));
}

function numberIn(numbers: ReadonlyMap<string, string>, field: string): number {
  return finite(numbers.get(field));
}

function finite(text: string | undefined): number {
  const number = Number(text ?? 0);
  return Number.isFinite(number) ? number : 0;
}

function listOf(value: unknown): readonly unknown[] {
  return isList(value) ? value : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? `${value}` : '';
}
