import type { ConnectionOptions } from 'node:tls';
import type { RequestOptions } from '../http/request-options.js';
import type { Transport } from '../http/transport.js';
import type { Storage } from '../journal/storage.js';
import type { Logger } from '../logger.js';
import type { Fleet } from '../outbox/fleet.js';
import type { Encoding } from '../protocol/encode.js';
import type { ConsentFeature, EntryFeature, EntryKind, Segmentation } from '../protocol/entry.js';
import type { UserDetails } from '../protocol/user-details.js';
import type { Limits } from './limits.js';

/** How entries survive the process; see `durability`. */
export type Durability = 'memory' | 'batched' | 'sync';

/** How requests leave; see `delivery`. */
export type DeliveryMode = 'auto' | 'single';

/** Told when remote config was fetched without being asked for; the error is set when it could not be. */
export type RemoteConfigCallback = (error: Error | undefined, values: Readonly<Record<string, unknown>>) => void;

/** How the dead-letter file hides what it must not show. */
export interface DeadLetterOptions {
  /**
   * Names whose values are masked, with all that is in them: texts, upper and lower case alike, or patterns.
   * @default []
   */
  readonly redact?: readonly (string | RegExp)[] | undefined;
}

/**
 * Where this process's own device is (docs/protocol.md §2.4). For the people behind requests, give it with their scope. Without
 * any of it the place stays unknown: a Countly server would otherwise place everyone in your data centre.
 */
export interface LocationOptions {
  /** ISO 3166-1 alpha-2, such as `DE`. */
  readonly countryCode?: string | undefined;
  /** Name of the city; give the country with it. */
  readonly city?: string | undefined;
  /** `latitude,longitude`. */
  readonly location?: string | undefined;
  /** The person's address, from which the server derives the place. */
  readonly ipAddress?: string | undefined;
}

type LimitOptions = { readonly [Name in keyof Limits]?: Limits[Name] | undefined };

/**
 * Configuration of a client. Everything is optional except `url` and `appKey`, and those may come from the environment
 * (`COUNTLY_URL`, `COUNTLY_APP_KEY`). All problems are reported at once in a `CountlyConfigError`. Delays are at most as
 * long as a timer of Node.js can be: 2147483647 ms, 24 days.
 */
export interface CountlyOptions extends LimitOptions, LocationOptions {
  /**
   * Address of the Countly server, with the sub-directory it lives in, if any: `https://countly.example.com/analytics`.
   * A trailing `/i` is left out with a warning; the address of a page (`/dashboard#…`) is refused.
   * @default environment variable `COUNTLY_URL`
   */
  readonly url?: string | undefined;
  /** Key of the application on that server. @default environment variable `COUNTLY_APP_KEY` */
  readonly appKey?: string | undefined;
  /** Salt of the application, when the server checks it; every request then carries a checksum. @default `COUNTLY_SALT` */
  readonly salt?: string | undefined;
  /** Id of this process as a device, used where no request's person is known. @default `COUNTLY_DEVICE_ID`, else stored */
  readonly deviceId?: string | undefined;
  /** Hold everything of the own device until `setId` or `changeId` names it. @default false */
  readonly temporaryDeviceId?: boolean | undefined;
  /** Name the client is registered under; decorators take it with their `client` option. @default 'default' */
  readonly name?: string | undefined;
  /** Version of your application, shown in Countly. */
  readonly appVersion?: string | undefined;
  /** Records and sends nothing, and needs neither URL nor key. @default `COUNTLY_DISABLED` */
  readonly disabled?: boolean | undefined;
  /**
   * Tells step by step what happens: the start, every record and the method that made it, every request and its answer,
   * every drop, the end. Without whole ids, values and secrets. @default `COUNTLY_DEBUG`
   */
  readonly debug?: boolean | undefined;
  /** Where messages of the library go. Nest's `Logger` fits. @default the console */
  readonly logger?: Logger | undefined;

  /** Record nothing of a feature before the person has agreed to it. @default false */
  readonly requireConsent?: boolean | undefined;
  /** Features this process's own device agrees to from the start. */
  readonly consent?: readonly ConsentFeature[] | undefined;
  /**
   * Names for several features at once, to be used wherever consent is given or withdrawn:
   * `{ activity: ['sessions', 'events', 'views'] }`.
   */
  readonly consentGroups?: Readonly<Record<string, readonly ConsentFeature[]>> | undefined;

  /**
   * Sessions of this process's own device: `automatic` begins one at the start, extends it while the process runs and
   * ends it with `close`; with `manual` you call `beginSession` yourself.
   * @default 'manual'
   */
  readonly session?: 'automatic' | 'manual' | undefined;
  /** Seconds after which a running session is extended. @default 60 */
  readonly sessionUpdate?: number | undefined;
  /**
   * Let the server derive the place from the address this process sends from, when nothing is known of the device's own
   * place. On a server that is the data centre, for everybody.
   * @default false
   */
  readonly locateSender?: boolean | undefined;

  /**
   * - `batched`: a journal on disk, written every 20 ms; `kill -9` loses at most that.
   * - `sync`: the journal is written before the call returns; nothing is lost, each call costs a system call.
   * - `memory`: nothing on disk.
   * @default 'batched'
   */
  readonly durability?: Durability | undefined;
  /** `file` is `durability: 'batched'`, `memory` is `durability: 'memory'`; as the official SDK spells it. */
  readonly storageType?: 'file' | 'memory' | undefined;
  /** Folder of the journals. Several processes may share it. @default the operating system's state folder */
  readonly storagePath?: string | undefined;
  /** Forget the device id that an earlier start stored here. @default false */
  readonly clearStoredDeviceId?: boolean | undefined;
  /** A storage of your own, in place of the journal. */
  readonly storage?: Storage | undefined;

  /**
   * The queue that this process shares with others, such as `redisFleet({ url })` of `countly-weave/redis`. What it accepts goes
   * there, and the journal here keeps only what cannot.
   * @default none: this process sends what it accepts
   */
  readonly fleet?: Fleet | undefined;

  /** A transport of your own, in place of HTTP. */
  readonly transport?: Transport | undefined;
  /** Address of a proxy to use always, or `false` for none. @default from `https_proxy`, `http_proxy`, `no_proxy` */
  readonly proxy?: string | false | undefined;
  /** Certificate authorities to trust instead of Node's own, in PEM. */
  readonly ca?: ConnectionOptions['ca'] | undefined;
  /** Further TLS settings, as for `tls.connect`. */
  readonly tls?: ConnectionOptions | undefined;
  /** Extra headers, or a function that changes each outgoing request. */
  readonly requestOptions?: RequestOptions | undefined;
  /** `requestOptions`, as the official SDK names it. */
  readonly httpOptions?: RequestOptions | undefined;
  /** Every request is a POST anyway; taken so that an official configuration can stay as it is. */
  readonly forcePost?: boolean | undefined;

  /**
   * - `auto`: few ready devices go to `/i`, each answered for itself; many go to `/i/bulk`.
   * - `single`: always `/i`. Used by itself when there is a salt (docs/protocol.md §2.6).
   * @default 'auto'
   */
  readonly delivery?: DeliveryMode | undefined;
  /** `json` is smaller and cheaper; `form` is for proxies that insist. @default 'json' */
  readonly encoding?: Encoding | undefined;
  /**
   * Milliseconds an entry may wait for company before it is sent. The longer, the fewer and larger the requests: less
   * work for this process and for the server. Nothing waits while a quarter of the queue's room is taken.
   * @default 2000
   */
  readonly flushInterval?: number | undefined;
  /** Milliseconds: `flushInterval`, as the official SDK names it. */
  readonly interval?: number | undefined;
  /** Events of one device that are sent without waiting for the interval. @default 100 */
  readonly eventQueueSize?: number | undefined;
  /** Events in one request. @default 500 */
  readonly maxEvents?: number | undefined;
  /** Entries that may wait; beyond it the oldest are dropped and counted. @default 100000 */
  readonly maxQueuedEntries?: number | undefined;
  /** Requests that may wait, as the official SDK counts: `maxQueuedEntries` divided by `eventQueueSize`. */
  readonly queueSize?: number | undefined;
  /** Bytes of entries that may wait. @default 67108864 (64 MB) */
  readonly maxQueuedBytes?: number | undefined;
  /** Devices that are sent for at the same time. @default 8 */
  readonly maxParallelRequests?: number | undefined;
  /** Milliseconds after which a request is given up and tried again. @default 30000 */
  readonly requestTimeout?: number | undefined;
  /** Seconds that delays between failing attempts grow to at most. @default 60 */
  readonly failTimeout?: number | undefined;
  /** Drop entries that could not be delivered for so many hours; 0 keeps them. @default 0 */
  readonly dropRequestsOlderThan?: number | undefined;
  /**
   * Milliseconds `close` and the natural end of the process may spend on delivery. Less than the five seconds that test
   * runners give a hook.
   * @default 3000
   */
  readonly shutdownTimeout?: number | undefined;
  /** Deliver on SIGTERM and SIGINT, then let the signal do what it does. Nest applications use shutdown hooks. @default false */
  readonly handleSignals?: boolean | undefined;
  /** Record and queue, but never send. @default false */
  readonly testMode?: boolean | undefined;

  /**
   * What the server refuses for good is kept in `dead-letter.jsonl` beside the journals, for a person to read: with a
   * digest in place of the device id, and with `***` in place of stacks, breadcrumbs and every value whose name suggests
   * personal data or a secret (`email`, `phone`, `token` …). `redact` adds names to these. `false` keeps no file.
   * @default { redact: [] }
   * @example
   * new Countly({ url, appKey, deadLetter: { redact: ['plan', /^customer/i] } });
   */
  readonly deadLetter?: false | DeadLetterOptions | undefined;
  /** Look at every entry before it is queued; may change or drop it. */
  readonly beforeSend?: BeforeSend | readonly BeforeSend[] | undefined;
  /** Merge equal events (same device, key and segmentation) of the same hour while they wait. @default false */
  readonly rollUp?: boolean | undefined;
  /**
   * Distinct values of a segment of one event after which a warning tells, once, that a server will soon ignore new ones: it
   * keeps 1000 of an event and 10 of a view by default (docs/protocol.md §4.2). Of keys 500 are kept, and told of as well.
   * Counted to about two in a hundred. 0 looks at nothing. @default 800
   */
  readonly cardinalityBudget?: number | undefined;
  /** Report uncaught exceptions as fatal crashes. Node's own exit, output and rejection mode stay as they are. @default false */
  readonly trackErrors?: boolean | undefined;
  /** Segments that every crash report of this client carries. */
  readonly crashSegments?: Readonly<Record<string, string | number | boolean>> | undefined;

  /** Fetch remote config of the own device at the start and when its id changes; a function is told the result. @default false */
  readonly remoteConfig?: boolean | RemoteConfigCallback | undefined;
  /** Seconds for which remote config that was fetched is not asked for again; 0 always asks. @default 300 */
  readonly remoteConfigMaxAge?: number | undefined;
  /**
   * Ask the server for its SDK behaviour settings (docs/protocol.md §10.5) and obey them. The last good answer is kept on disk.
   * @default true
   */
  readonly serverSettings?: boolean | undefined;
  /**
   * SDK behaviour settings (docs/protocol.md §10.5) that hold until the server says otherwise: its answer `{ v, t, c }` or what is
   * in `c`, as an object or as JSON text.
   */
  readonly sdkBehaviorSettings?: object | string | undefined;
  /** Pause for a minute when the server answers slowly, as its settings say; never while the queue fills up. @default true */
  readonly backoffMechanism?: boolean | undefined;
  /** Tell the server once, after the first delivery, how this client fares (docs/protocol.md §2.3). @default true */
  readonly healthCheck?: boolean | undefined;

  /** Device states (views on display, consent …) kept in memory; the least recently used go first. @default 10000 */
  readonly maxDevices?: number | undefined;
  /** Seconds without activity after which a device's state is forgotten, its view and its session ended. @default 1800 */
  readonly deviceIdleTimeout?: number | undefined;
  /** Time zone of the people, where a scope does not say: minutes east of UTC. @default the machine's */
  readonly timezoneOffset?: number | undefined;
  /** What is known of the person behind the process's own device; told at the start, or with the consent to `users`. */
  readonly userDetails?: UserDetails | undefined;
  /** Segments that every view carries. */
  readonly viewSegmentation?: Segmentation | undefined;
  /** Overrides of what is reported about this machine (docs/protocol.md §3.3). */
  readonly metrics?: Readonly<Record<string, string>> | undefined;
  /** Breadcrumbs kept for the next crash: `maxBreadcrumbCount`, as the official SDK named it before. */
  readonly maxLogs?: number | undefined;
}

/** An accepted entry as a `beforeSend` hook sees it. */
export interface OutgoingEntry {
  /** Whom it is recorded for. */
  readonly deviceId: string;
  /** What it becomes on the wire: an event, a crash, a trace … */
  readonly kind: EntryKind;
  /** What it is recorded under: `events`, `views`, `crashes`, `users` … */
  readonly feature: EntryFeature;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  /**
   * The content as it would leave: the event object for an event, the members of the request for anything else
   * (`{ crash: { … } }`, `{ user_details: { … } }`). A copy of its own for each hook: change it in place, or assign another.
   */
  content: Record<string, unknown>;
}

/**
 * Looks at every entry before it is queued. Return nothing to let it pass with the changes made to `entry.content`, or
 * `false` to drop it (it is counted as `filtered`). Synchronous. A hook that throws, returns a promise, or leaves nothing
 * a server could count behind is ignored for that entry: a broken hook never loses data.
 *
 * @example
 * ```ts
 * import { Countly, type BeforeSend } from 'countly-weave';
 *
 * const withoutMail: BeforeSend = (entry) => {
 *   const { segmentation } = entry.content as { segmentation?: Record<string, unknown> };
 *   if (segmentation) delete segmentation['email'];
 * };
 * Countly.init({ url: 'http://127.0.0.1:6010', appKey: 'shop', beforeSend: [withoutMail] });
 * ```
 */
// biome-ignore lint/suspicious/noConfusingVoidType: a hook that changes its argument in place returns nothing
export type BeforeSend = (entry: OutgoingEntry) => boolean | undefined | void;
