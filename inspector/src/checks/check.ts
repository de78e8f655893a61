import type { Decoded } from '../http/decode.js';
import type { RawRequest } from '../http/raw-request.js';
import type { Entry } from '../ingest/entry.js';
import type { ServerSettings } from '../options.js';
import type { JsonObject } from '../protocol/json.js';
import type { DeviceRow } from '../store/device-row.js';
import type { Repetition } from './request-memory.js';
import type { ServerMemory } from './server-memory.js';

/** `E` = data is lost or wrong, `W` = data is altered or at risk, `N` = depends on the server's edition or settings. */
export type Level = 'E' | 'W' | 'N';

/** Nothing found, one finding, or several. A message says what came and, where it helps, what was expected. */
export type Found = string | readonly string[] | undefined;

/** One row of docs/protocol.md §13, looking at one kind of subject. Checks only look: they must not change anything. */
export interface Check<Subject> {
  /** Row of the table in docs/protocol.md §13, see `catalogue.ts`. */
  readonly row: number;
  find(subject: Subject): Found;
}

export type Endpoint = 'i' | 'bulk' | 'fetch' | 'feedback';

/** The HTTP request as a whole. */
export interface RequestSubject {
  readonly request: RawRequest;
  readonly decoded: Decoded;
  readonly endpoint: Endpoint;
  readonly settings: Readonly<ServerSettings>;
}

/** One element of `requests` before it is taken for an entry. */
export interface BulkElementSubject {
  readonly element: unknown;
  readonly fallbackAppKey: string | undefined;
}

/** One logical request of a device, before it changes anything. */
export interface EntrySubject {
  readonly entry: Entry;
  readonly device: DeviceRow | undefined;
  /** Custom properties the user already has. */
  customProperties(): JsonObject;
  /** Whether a device of this app has said anything about consent. */
  knowsConsent(deviceId: string): boolean;
  /** Whether this device has had a view, or seconds of one, before this request. */
  hadViews(): boolean;
  /** Whether a view with this id has come in. */
  knowsView(viewId: string): boolean;
}

/** One logical request after it was taken in. */
export interface OutcomeSubject {
  readonly entry: Entry;
  /** Whether the server remembers this request, so that it recognises the same one when it comes next. */
  readonly isNoted: boolean;
  /** Whether the same request of this device came before, unrecognised. */
  readonly repetition: Repetition;
}

/** One element of `events`, before it is stored. */
export interface EventSubject {
  readonly entry: Entry;
  readonly event: JsonObject;
  /** Key as the server files it. */
  readonly key: string;
  readonly segmentation: JsonObject | undefined;
  readonly memory: ServerMemory;
  /** Whether this device has a running view of that name and, when given, that view id. */
  hasRunningView(name: string, viewId: string | undefined): boolean;
}
