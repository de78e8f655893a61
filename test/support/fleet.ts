import type { Clock } from '../../lib/clock.js';
import type { CountlyOptions } from '../../lib/config/options.js';
import { sharedHouse } from '../../lib/fleet/shared-house.js';
import { silentLogger } from '../../lib/logger.js';
import type { VisitorStore } from '../../lib/outbox/visitor-store.js';
import type { EntryDraft } from '../../lib/protocol/entry.js';
import { ClientWith, type Countly } from '../../lib/scope/countly.js';
import { RecordingTransport } from '../../lib/testing/test-client.js';

/** A process of a fleet: its own client, and what it queued by itself. */
export interface Pod {
  readonly client: Countly;
  readonly transport: RecordingTransport;
}

/** Processes that share a store, on one clock. */
export function pods(
  count: number,
  clock: Clock,
  store: VisitorStore | undefined,
  options: CountlyOptions = {},
): Pod[] {
  return Array.from({ length: count }, (_, i) => {
    const transport = new RecordingTransport();
    const given: CountlyOptions = {
      ...{ appKey: 'TEST', deviceId: `pod-${i}`, durability: 'memory', healthCheck: false, serverSettings: false },
      ...{ logger: silentLogger, transport, timezoneOffset: 0, ...options },
    };
    return { client: new ClientWith(given, clock, undefined, store && sharedHouse(store)), transport };
  });
}

type Counted = Pick<EntryDraft, 'kind' | 'body'>;

/** What a process sent by itself, in the shape of entries. */
export function sentBy({ transport }: Pod): Counted[] {
  return transport.delivered.flatMap(({ events, parameters }): Counted[] =>
    events.length > 0
      ? events.map((event) => ({ kind: 'event', body: JSON.stringify(event) }))
      : [{ kind: 'request', body: JSON.stringify(parameters).slice(1, -1) }],
  );
}

/** What Countly would count of these entries, as docs/protocol.md says (§3, §4.4, §9). */
export function counted(entries: readonly Counted[]) {
  const numbers = { sessions: 0, ended: 0, seconds: 0, visits: 0, landings: 0, viewSeconds: 0, merges: 0, events: 0 };
  let consent: Record<string, boolean> = {};
  for (const { kind, body } of entries) {
    const read = JSON.parse(kind === 'event' ? body : `{${body}}`);
    if (kind === 'event' && read.key === '[CLY]_view') {
      numbers.visits += read.segmentation.visit ?? 0;
      numbers.landings += read.segmentation.start ?? 0;
      numbers.viewSeconds += read.dur ?? 0;
    } else if (kind === 'event') numbers.events += read.count;
    numbers.sessions += read.begin_session ?? 0;
    numbers.ended += read.end_session ?? 0;
    numbers.seconds += read.session_duration ?? 0;
    if (read.old_device_id !== undefined) numbers.merges++;
    if (read.consent !== undefined) consent = { ...consent, ...read.consent };
  }
  return { ...numbers, consent: Object.keys(consent).filter((name) => consent[name]) };
}
