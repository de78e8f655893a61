import type { OutgoingOptions } from '../http/request-options.js';
import type { ConsentFeature } from '../protocol/entry.js';
import type { Segmentation } from '../scope/scope-api.js';

// What the official calls take, under the official names.

/** Where the SDK keeps what waits: `storage_type`. */
export const StorageTypes = Object.freeze({ FILE: 'file', MEMORY: 'memory' } as const);
/** A value of {@link StorageTypes}. */
export type StorageType = (typeof StorageTypes)[keyof typeof StorageTypes];

/** What kind of device id is in use, as `get_device_id_type` tells. */
export const DeviceIdType = Object.freeze({ DEVELOPER_SUPPLIED: 0, SDK_GENERATED: 1 } as const);
/** A value of {@link DeviceIdType}. */
export type DeviceIdTypeValue = (typeof DeviceIdType)[keyof typeof DeviceIdType];

/** Storage of your own, given as `custom_storage_method`: values by key, synchronous. */
export interface CustomStorageMethod {
  /** Keeps a value under a key. */
  storeSet(key: string, value: unknown, callback?: (error: unknown) => void): void;
  /** The value of a key, or the fallback where there is none. */
  storeGet(key: string, fallback: unknown): unknown;
  /** Forgets a key. */
  storeRemove(key: string): void;
}

/** Told about fetched remote config: an error or `false`, and all values known. */
export type FetchCallback = (error: Error | false, values: Record<string, unknown>) => void;

type Setting<T> = T | null | undefined;
type LimitName =
  | 'max_key_length'
  | 'max_value_size'
  | 'max_segmentation_values'
  | 'max_breadcrumb_count'
  | 'max_stack_trace_lines_per_thread'
  | 'max_stack_trace_line_length';

/** Settings that a client and a bulk server have in common. Whatever is falsy counts as not given. */
export interface SharedConf extends Partial<Record<LimitName, Setting<number>>> {
  /** Key of the application. */
  app_key?: Setting<string>;
  /** Address of the server. */
  url?: Setting<string>;
  /** Writes informational messages to the console. */
  debug?: Setting<boolean>;
  /** Milliseconds between two looks at the queue. @default 500, bulk 5000 */
  interval?: Setting<number>;
  /** Seconds that delays between failing attempts grow to. @default 60 */
  fail_timeout?: Setting<number>;
  /** Seconds after which a session is extended. @default 60 */
  session_update?: Setting<number>;
  /** Events in one request. @default 100 */
  max_events?: Setting<number>;
  /** Every request is a POST here. */
  force_post?: Setting<boolean>;
  /** Salt of the application; requests then carry a checksum. */
  salt?: Setting<string>;
  /** Folder of the queue. */
  storage_path?: Setting<string>;
  /** Changes each outgoing request. */
  http_options?: Setting<(options: OutgoingOptions) => void>;
  /** `file`, or `memory`, with which nothing survives the process. @default 'file' */
  storage_type?: Setting<StorageType>;
  /** A storage of your own, in place of files. */
  custom_storage_method?: Setting<CustomStorageMethod>;
}

/** What `Countly.init` takes; each member may be set as a property of `Countly` before instead. */
export interface CountlyConf extends SharedConf {
  /** Id of this device. An id stored by an earlier start goes first, unless `clear_stored_device_id` is set. */
  device_id?: Setting<string>;
  /** Version of your application. @default '0.0' */
  app_version?: Setting<string>;
  /** ISO 3166-1 alpha-2, such as `DE`. */
  country_code?: Setting<string>;
  /** Name of the city; give the country with it. */
  city?: Setting<string>;
  /** The person's address, from which the server derives the place. */
  ip_address?: Setting<string>;
  /** Requests that may wait. */
  queue_size?: Setting<number>;
  /** Forget the device id of earlier starts. */
  clear_stored_device_id?: Setting<boolean>;
  /** Queue, but never send. */
  test_mode?: Setting<boolean>;
  /** Record nothing of a feature before the person has agreed to it. */
  require_consent?: Setting<boolean>;
  /** Fetch remote config at the start; a function is told the result. */
  remote_config?: Setting<boolean | FetchCallback>;
  /** Breadcrumbs kept for the next crash. @deprecated `max_breadcrumb_count` */
  max_logs?: Setting<number>;
  /** What is reported about this machine. */
  metrics?: Setting<Readonly<Record<string, string | number | boolean>>>;
}

/** What `new CountlyBulk` takes. */
export interface BulkConf extends SharedConf {
  /** Requests in one bulk request. @default 50 */
  bulk_size?: Setting<number>;
  /** @deprecated `storage_type` */
  persist_queue?: Setting<boolean>;
}

/** What `add_user` takes. */
export interface BulkUserConf
  extends Pick<CountlyConf, 'country_code' | 'city' | 'ip_address' | 'debug' | 'require_consent' | LimitName> {
  /** Id of the user as a device. */
  device_id: string;
}

/** Features by the names of groups, as `group_features` takes them. */
export type FeatureGroups = Readonly<Record<string, ConsentFeature | readonly ConsentFeature[]>>;

/** An event as `add_event` takes it. */
export interface CompatEvent {
  /** Key of the event; dots in it stay. */
  key: string;
  /** How often it happened. @default 1 */
  count?: number | undefined;
  /** A number to add up, such as a price. */
  sum?: number | undefined;
  /** Seconds. */
  dur?: number | undefined;
  /** What it is broken down by. */
  segmentation?: Segmentation | undefined;
  /** When it happened: seconds or milliseconds since the epoch. @default now */
  timestamp?: number | undefined;
}

/** What `user_details` takes. */
export interface CompatUserDetails {
  /** Full name. */
  name?: string | undefined;
  /** Name the person logs in with. */
  username?: string | undefined;
  /** Address of a mailbox. */
  email?: string | undefined;
  /** Name of a company. */
  organization?: string | undefined;
  /** Telephone number. */
  phone?: string | undefined;
  /** Address of a picture. */
  picture?: string | undefined;
  /** A picture on this machine; uploaded when there is no `picture`. */
  picturePath?: string | undefined;
  /** `M` or `F`. */
  gender?: string | undefined;
  /** Year of birth. */
  byear?: number | undefined;
  /** Properties of your own. */
  custom?: Readonly<Record<string, unknown>> | undefined;
}

/** What `report_feedback` takes. */
export interface CompatFeedback {
  /** Id of the widget in Countly. */
  widget_id: string;
  /** 1 to 5. */
  rating: number;
  /** Whether the person wants to be contacted. */
  contactMe?: boolean | undefined;
  /** Where it was given. */
  platform?: string | undefined;
  /** Version of your application. */
  app_version?: string | undefined;
  /** Address to answer to. */
  email?: string | undefined;
  /** What the person wrote. */
  comment?: string | undefined;
}

/** What `report_trace` takes. Times are milliseconds since the epoch. */
export interface CompatTrace {
  /** `device` for work in this process, `network` for a request. */
  type: 'device' | 'network';
  /** One of few names, such as a route template. */
  name: string;
  /** Start. */
  stz: number;
  /** End. */
  etz: number;
  /** Numbers such as `duration`, or `response_time` and its companions. */
  apm_metrics?: Readonly<Record<string, number>> | undefined;
  /** The name the official documentation uses for `apm_metrics`. */
  app_metrics?: Readonly<Record<string, number>> | undefined;
  /** Attributes of the trace. */
  apm_attr?: Readonly<Record<string, string>> | undefined;
}

/** Values a user property may have. */
export type PropertyValue = string | number | boolean;

/** Changes user properties; nothing is sent before `save`. */
export interface CompatUserData {
  /** Sets the value, in place of any before. */
  set(key: string, value: PropertyValue): void;
  /** Sets the value if the server has none yet. */
  set_once(key: string, value: PropertyValue): void;
  /** Removes the property. */
  unset(key: string): void;
  /** Adds one. */
  increment(key: string): void;
  /** Adds a number. */
  increment_by(key: string, value: number): void;
  /** Multiplies a number. */
  multiply(key: string, value: number): void;
  /** Keeps the larger of both numbers. */
  max(key: string, value: number): void;
  /** Keeps the smaller of both numbers. */
  min(key: string, value: number): void;
  /** Adds to a list. */
  push(key: string, value: PropertyValue): void;
  /** Adds to a list what it does not have yet. */
  push_unique(key: string, value: PropertyValue): void;
  /** Removes from a list. */
  pull(key: string, value: PropertyValue): void;
  /** Sends the changes. */
  save(): void;
}
