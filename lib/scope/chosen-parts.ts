import { join, resolve } from 'node:path';
import { type Clock } from '../clock.js';
import type { ResolvedOptions } from '../config/resolve.js';
import { type Behaviour, ServerConfig } from '../features/server-config.js';
import { givenSettings } from '../features/server-settings.js';
import { containedTransport } from '../http/contained.js';
import { isHere } from '../http/endpoint.js';
import { createHttpTransport } from '../http/http-transport.js';
import type { QueryResult, Transport, WireRequest } from '../http/transport.js';
import { INSPECTOR_HEADER } from '../inspection/contract.js';
import { InspectorWatch } from '../inspection/watch.js';
import { containedStorage } from '../journal/contained.js';
import { JournalStorage } from '../journal/journal.js';
import { MemoryStorage } from '../journal/memory.js';
import { ADDRESS_FILE, tellOtherJournals } from '../journal/other-journals.js';
import { appStoragePath, defaultStoragePath, journalPath, serverAddress } from '../journal/path.js';
import type { Storage } from '../journal/storage.js';
import { Reporter } from '../logger.js';
import { DeadLetterFile, noDeadLetter } from '../outbox/dead-letter.js';
import type { FleetOutbox, FleetView } from '../outbox/fleet.js';
import type { LedgerState } from '../outbox/ledger.js';
import { Outbox } from '../outbox/outbox.js';
import type { OutboxOptions, OutboxPort } from '../outbox/port.js';
import { SDK_VERSION } from '../protocol/head.js';
import { SmallFile } from './device-id.js';
import type { MakeSharedHouse, SharingOutbox } from './shared-visitors.js';

// Which storage, transport and files the options of a client ask for.

/** Where this client may keep files; a storage of the user's own is no reason to write anywhere else. */
export function folderOf(options: ResolvedOptions, reporter: Reporter): string | undefined {
  if (options.disabled || options.durability === 'memory') return undefined;
  if (options.storage !== undefined && options.storagePath === undefined) return undefined;
  if (options.storagePath !== undefined) return absolutePath(options.storagePath);
  return defaultStoragePath(options.appKey, (message) => reporter.warn('storage-folder', message));
}

/** The process may have another working directory later. Without one there is nothing such a path could mean. */
function absolutePath(path: string): string {
  try {
    return resolve(path);
  } catch {
    return path;
  }
}

/** The settings the server gave last. A file that makes no sense costs itself, not the start. */
export function serverConfigOf(
  options: ResolvedOptions,
  folder: string | undefined,
  reporter: Reporter,
  applied: (behaviour: Behaviour) => void,
): ServerConfig {
  const kept = options.serverSettings && folder !== undefined;
  const file = new SmallFile(kept ? join(journalOf(options, folder), 'server-settings.json') : undefined);
  const given = givenSettings(options.sdkBehaviorSettings, reporter);
  try {
    return new ServerConfig(options, file, given, applied);
  } catch {
    file.remove();
    return new ServerConfig(options, file, given, applied);
  }
}

export function storageOf(
  options: ResolvedOptions,
  folder: string | undefined,
  clock: Clock,
  reporter: Reporter,
  /** What this process is called in its journal. */
  name: string | undefined,
): Storage {
  const { storage, disabled, url, durability } = options;
  if (storage !== undefined && !disabled) return containedStorage(storage, reporter);
  if (folder === undefined) return new MemoryStorage();
  const path = journalOf(options, folder);
  const address = serverAddress(url);
  void tellOtherJournals(path, address, (message) => reporter.warn('other-journals', message));
  const entered = () => new SmallFile(join(path, ADDRESS_FILE)).write(address);
  return new JournalStorage({
    path,
    clock,
    sync: durability === 'sync',
    entered,
    ...(name === undefined ? {} : { name }),
  });
}

/** The queue of this client: its own, or one that it shares. */
export function outboxOf(options: ResolvedOptions, tuned: OutboxOptions, port: OutboxPort, name: string): Outbox {
  const { fleet, disabled, testMode, durability } = options;
  if (fleet === undefined || disabled) return new Outbox(tuned, port);
  return fleet.outbox(tuned, port, { ...options, name, testMode, keepsEach: durability === 'sync' });
}

/** What is known of the fleet that an outbox belongs to, if it does. */
export function fleetOf(outbox: Outbox): FleetView | undefined {
  return 'fleet' in outbox ? (outbox as FleetOutbox).fleet : undefined;
}

/** What makes visitors known to all processes of that fleet, if it does. */
export function sharedHouseOf(outbox: Outbox): MakeSharedHouse | undefined {
  return 'visitors' in outbox ? (outbox as SharingOutbox).visitors : undefined;
}

/** What belongs to one app and one server. A folder of the user's may serve several apps, and their journals must not meet. */
function journalOf({ storagePath, appKey, url }: ResolvedOptions, folder: string): string {
  return journalPath(storagePath === undefined ? folder : appStoragePath(folder, appKey), url);
}

export function deadLetterOf({ deadLetter }: ResolvedOptions, folder: string | undefined, reporter: Reporter) {
  if (folder === undefined || deadLetter === false) return noDeadLetter;
  const warn = (message: string) => reporter.warn('dead-letter', message, 60_000);
  return new DeadLetterFile(join(folder, 'dead-letter.jsonl'), warn, deadLetter.redact);
}

export function transportOf(
  options: ResolvedOptions,
  clock: Clock,
  reporter: Reporter,
  watch: InspectorWatch | undefined,
): Transport {
  if (options.disabled) return NO_TRANSPORT;
  const { requestTimeout: requestTimeoutMs, maxParallelRequests: connections } = options;
  if (options.transport !== undefined) return containedTransport(options.transport, clock, requestTimeoutMs);
  const warn = (message: string) => reporter.warn(`transport:${message}`, message);
  const answered = watch && ((headers: AnswerHeaders) => watch.answered(runIdIn(headers)));
  return createHttpTransport({ ...options, requestTimeoutMs, connections, warn, answered });
}

type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>;

function runIdIn({ [INSPECTOR_HEADER]: value }: AnswerHeaders): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** What an inspector is told, and how it is reached. */
interface Watched {
  readonly clock: Clock;
  stats(): LedgerState;
  query(request: WireRequest): Promise<QueryResult>;
}

/** Only a server on this machine that is reached directly can be an inspector; no other client looks for one. */
export function watchOf(options: ResolvedOptions, { clock, stats, query }: Watched): InspectorWatch | undefined {
  const { disabled, testMode, transport, url, proxy, name, fleet, appKey: app } = options;
  if (disabled || testMode || transport !== undefined || !isHere(url, proxy)) return undefined;
  const post = async (body: string): Promise<boolean> => {
    const path = '/inspector/client';
    return (await query({ path, query: '', contentType: 'application/json', body })).ok;
  };
  // In a fleet others may do all the sending, and an answer is what tells whom this one is to tell.
  if (fleet !== undefined) void Promise.resolve().then(() => query(PING));
  return new InspectorWatch({ name, app, version: SDK_VERSION, now: () => clock.now(), stats, post });
}

/** Whether a server is there; about nobody. */
const PING: WireRequest = { path: '/o/ping', query: '', contentType: 'application/x-www-form-urlencoded', body: '' };

/** Of a disabled client. */
const NO_TRANSPORT: Transport = {
  send: async () => ({ kind: 'retry', reason: 'the client is disabled' }),
  query: async () => ({ ok: false, status: 0, message: 'the client is disabled' }),
  close: async () => {},
};
