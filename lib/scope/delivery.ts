import { join } from 'node:path';
import type { Clock } from '../clock.js';
import type { ResolvedOptions } from '../config/resolve.js';
import type { BackOffRule } from '../features/server-config.js';
import { createBackoff } from '../http/backoff.js';
import { createHttpTransport } from '../http/http-transport.js';
import type { Transport } from '../http/transport.js';
import { containedStorage } from '../journal/contained.js';
import { JournalStorage } from '../journal/journal.js';
import { MemoryStorage } from '../journal/memory.js';
import { appStoragePath, journalPath } from '../journal/path.js';
import type { Storage } from '../journal/storage.js';
import type { Reporter } from '../logger.js';
import { DeadLetterFile, noDeadLetter } from '../outbox/dead-letter.js';
import { Outbox } from '../outbox/outbox.js';
import { Sender } from '../outbox/sender.js';

/** Settings of the outbox that the server may change while it runs; the outbox reads them from here each time. */
export interface TunableOptions extends Omit<ResolvedOptions, 'eventQueueSize' | 'maxQueuedEntries'> {
  eventQueueSize: number;
  maxQueuedEntries: number;
  /** Milliseconds; 0 for never. */
  maxAge: number;
}

export interface DeliveryParts {
  readonly clock: Clock;
  readonly reporter: Reporter;
  readonly folder: string | undefined;
  readonly backOff: () => BackOffRule;
}

/** Whether things move. */
export interface Progress {
  /** Milliseconds since the epoch. */
  readonly lastDeliveryAt: number | undefined;
  /** Milliseconds; undefined while nothing waits. */
  oldestPendingAge(): number | undefined;
}

/** Wires what brings entries to the server. A disabled client gets the same in a form that costs nothing. */
export function delivery(
  options: ResolvedOptions,
  tuned: TunableOptions,
  { clock, reporter, folder, backOff }: DeliveryParts,
): { readonly outbox: Outbox; readonly transport: Transport; readonly progress: Progress } {
  const transport = transportOf(options, reporter);
  const warn = (message: string) => reporter.warn('dead-letter', message, 60_000);
  const sender = new Sender(options, {
    transport,
    clock,
    delivered(tookMs, ageMs) {
      progress.lastDeliveryAt = clock.now();
      const { enabled, slowMs, fill, maxAgeMs, pauseMs } = backOff();
      if (!enabled || tookMs < slowMs || ageMs > maxAgeMs) return;
      // A queue that fills up needs the server more than the server needs a rest.
      if (outbox.stats().pending <= fill * tuned.maxQueuedEntries) outbox.pause(pauseMs);
    },
  });
  const outbox = new Outbox(tuned, {
    clock,
    storage: storageOf(options, folder, clock, reporter),
    reporter,
    sender,
    deadLetter:
      folder === undefined || options.deadLetter === false
        ? noDeadLetter
        : new DeadLetterFile(join(folder, 'dead-letter.jsonl'), warn, options.deadLetter.redact),
    backoff: createBackoff({ maxMs: options.failTimeout * 1000 }),
  });
  const oldestPendingAge = () => outbox.oldestPendingAge();
  const progress = { lastDeliveryAt: undefined as number | undefined, oldestPendingAge };
  return { outbox, transport, progress };
}

function storageOf(options: ResolvedOptions, folder: string | undefined, clock: Clock, reporter: Reporter): Storage {
  const { storage, disabled, storagePath, appKey, url, durability } = options;
  if (storage !== undefined && !disabled) return containedStorage(storage, reporter);
  if (folder === undefined) return new MemoryStorage();
  // A folder of the user's may serve several apps, and their journals must not meet.
  const appFolder = storagePath === undefined ? folder : appStoragePath(folder, appKey);
  return new JournalStorage({ path: journalPath(appFolder, url), clock, sync: durability === 'sync' });
}

function transportOf(options: ResolvedOptions, reporter: Reporter): Transport {
  if (options.disabled) return NO_TRANSPORT;
  if (options.transport !== undefined) return options.transport;
  const { proxy, ca, tls, requestOptions } = options;
  return createHttpTransport({
    url: options.url,
    requestTimeoutMs: options.requestTimeout,
    connections: options.maxParallelRequests,
    warn: (message) => reporter.warn(`transport:${message}`, message),
    ...(proxy === undefined ? {} : { proxy }),
    ...(ca === undefined ? {} : { ca }),
    ...(tls === undefined ? {} : { tls }),
    ...(requestOptions === undefined ? {} : { requestOptions }),
  });
}

/** Of a disabled client. */
const NO_TRANSPORT: Transport = {
  send: async () => ({ kind: 'retry', reason: 'the client is disabled' }),
  query: async () => ({ ok: false, status: 0, message: 'the client is disabled' }),
  close: async () => {},
};
